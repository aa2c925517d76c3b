// A prompt template of the user's own, from a TOML file:
//
//   name = "mine/1"
//   system = "You are an examiner's dream."
//   user = "{text}\n\nThink first."
//   shot = "{solution}\nAnswer: {answer}"
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "interview/prompt.h"

namespace ooe::cli {

// Errors: with "name:line:" for unknown keys, wrong types, and a template without a name.
[[nodiscard]] Result<interview::PromptTemplate> parse_prompt_template(std::string_view toml,
                                                                      std::string_view name);
[[nodiscard]] Result<interview::PromptTemplate> load_prompt_template(const std::string& path);

}  // namespace ooe::cli

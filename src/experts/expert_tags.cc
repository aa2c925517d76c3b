#include "experts/expert_tags.h"

#include <fmt/format.h>

#include "base/check.h"

namespace ooe::experts {

std::string expert_tag(std::size_t expert) {
  OOE_CHECK(expert < kTaggedExpertsMax, "every tagged expert has a letter");
  return std::string(1, static_cast<char>('A' + static_cast<int>(expert)));
}

ChatPrompt tag_prompt(std::span<const std::string> names, std::string_view query) {
  std::string system =
      "You decide who answers a question. Say the letter of the expert that will answer it best, "
      "and nothing else.";
  for (std::size_t i = 0; i < names.size(); ++i) {
    system += fmt::format("\n{}: {}", expert_tag(i), names[i]);
  }
  return {.messages = {{"system", std::move(system)}, {"user", std::string(query)}},
          .max_tokens = 1,
          .temperature = 0.0};
}

}  // namespace ooe::experts

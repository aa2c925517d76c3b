// Whom --experts names, of the configuration's experts. In: a list of names. Out: experts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/config.h"
#include "core/expert.h"

namespace ooe::cli {

// Of `config`, read from the file `config_name`: those of `list` ("A,B" or "@file"), in its order;
// all where it is empty. Errors: those of parse_expert_list(); invalid_argument for a name that the
// configuration does not have.
[[nodiscard]] Result<std::vector<Expert>> chosen_experts(const std::string& list,
                                                         const Config& config,
                                                         const std::string& config_name);

}  // namespace ooe::cli

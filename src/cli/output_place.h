// Whether results can be written where options say, asked before the work whose results they are:
// minutes of training are not to end at a folder that is not there.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/command.h"

namespace ooe::cli {

// For an option that may be left out: an empty text is what a script's variable holds that is not
// set.
[[nodiscard]] CLI::Validator not_empty();

// Of a file. An empty path is no file and fine. Errors, naming the option: not_found when its
// folder is not there; invalid_argument when it is a folder itself; permission_denied.
[[nodiscard]] Result<void> check_file_place(std::string_view option, const std::string& path);
[[nodiscard]] Result<void> check_json_place(const JsonOption& json);

// JSON goes to standard output, where nothing else may then.
[[nodiscard]] bool prints_json(const JsonOption& json);

// Of a folder that is made with all above it. Errors: as above, of what is there already.
[[nodiscard]] Result<void> check_folder_place(std::string_view option, const std::string& path);

// Errors: invalid_argument when `path` is one of the files that are read.
[[nodiscard]] Result<void> check_no_input(std::string_view option, const std::string& path,
                                          std::initializer_list<std::string> inputs);

}  // namespace ooe::cli

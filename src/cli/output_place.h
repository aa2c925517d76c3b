// Whether results can be written where options say, asked before the work whose results they are:
// minutes of training are not to end at a folder that is not there. And what a command reads it does
// not write over: every check takes the files that are inputs; those that are not there count not.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace ooe::cli {

// For an option that may be left out: an empty text is what a script's variable holds that is not
// set.
[[nodiscard]] CLI::Validator not_empty();

using Inputs = std::vector<std::string>;

// Of a file. An empty path is no file and fine. Errors, naming the option: not_found when its
// folder is not there; invalid_argument when it is a folder itself, or an input; permission_denied.
[[nodiscard]] Result<void> check_file_place(std::string_view option, const std::string& path,
                                            const Inputs& inputs = {});
[[nodiscard]] Result<void> check_json_place(const JsonOption& json, const Inputs& inputs = {});

// JSON goes to standard output, where nothing else may then.
[[nodiscard]] bool prints_json(const JsonOption& json);

// Of a folder that is made with all above it, and of the files of these names in it. Errors: as
// above, of what is there already.
[[nodiscard]] Result<void> check_folder_place(std::string_view option, const std::string& path,
                                              std::initializer_list<std::string_view> names = {},
                                              const Inputs& inputs = {});

// The file of "@file", where a list of names is read from one: an input; else nothing.
[[nodiscard]] std::string list_file(std::string_view list);

}  // namespace ooe::cli

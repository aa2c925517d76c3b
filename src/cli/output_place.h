// Whether results can be written where options say, asked before the work whose results they are:
// minutes of training are not to end at a folder that is not there. And what a command reads it does
// not write over, nor a database, a configuration or a model, whoever reads it: every check takes the
// files that are inputs; those that are not there count not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/kept_file.h"
#include "cli/output.h"

namespace ooe::cli {

using Inputs = std::vector<std::string>;

// Where one option says that results go. An empty path is no place and fine.
struct Output {
  std::string_view option;
  std::string path;
  Holds holds = Holds::text;
  std::vector<std::string_view> names = {};  // of files in the folder `path`; none: it is a file
};
[[nodiscard]] Output json_output(const JsonOption& json);

// Of all that one command writes. A folder is made with all above it. Errors, naming the option:
// not_found when a file's folder is not there; invalid_argument when a file is a folder or the other
// way round, an input, what no result may replace (kept_there()), or another option's output too;
// permission_denied.
[[nodiscard]] Result<void> check_outputs(const std::vector<Output>& outputs,
                                         const Inputs& inputs = {});
[[nodiscard]] Result<void> check_json_place(const JsonOption& json, const Inputs& inputs = {});

// JSON goes to standard output, where nothing else may then.
[[nodiscard]] bool prints_json(const JsonOption& json);

// The file of "@file", where a list of names is read from one: an input; else nothing.
[[nodiscard]] std::string list_file(std::string_view list);

}  // namespace ooe::cli

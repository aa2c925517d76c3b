#include "cli/output_place.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include <unistd.h>

#include "base/system_words.h"
#include "cli/output.h"

namespace ooe::cli {
namespace {

namespace fs = std::filesystem;

// By a file that is made and removed: asked in other ways, root may write into /proc.
Result<void> check_writable(std::string_view option, const std::string& path,
                            const fs::path& folder) {
  std::string probe = (folder / ".ooe-XXXXXX").string();
  const int descriptor = ::mkstemp(probe.data());
  if (descriptor < 0) {
    return fail(ErrorCode::permission_denied, "{} {}: '{}' may not be written: {}", option, path,
                folder.string(), system_words(errno));
  }
  ::close(descriptor);
  ::unlink(probe.c_str());
  return {};
}

Result<void> check_replaceable(std::string_view option, const std::string& path, Holds holds,
                               const Inputs& inputs) {
  std::optional<std::string> there = kept_there(path, holds);
  for (const std::string& input : inputs) {
    std::error_code error;
    if (input.empty() || !fs::equivalent(path, input, error) || error) continue;
    there = "what is read";
  }
  if (!there) return {};
  return fail(ErrorCode::invalid_argument,
              "{} {}: that is {}, and would be written over; name another file", option, path,
              *there);
}

// What is no file, a pipe or /dev/stdout, is written to; a file is replaced, behind links to it.
bool is_written_to(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_regular_file(path, error);
}

Result<void> check_file(const Output& output, const Inputs& inputs) {
  const auto& [option, path, holds, names] = output;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ErrorCode::invalid_argument, "{} {}: it is a folder; name a file in it", option,
                path);
  }
  if (is_written_to(path)) return {};
  const bool is_file = fs::is_regular_file(path, error);
  fs::path folder = (is_file ? fs::canonical(path, error) : fs::path(path)).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, error)) {
    return fail(ErrorCode::not_found, "{} {}: there is no folder '{}'; make it first", option, path,
                folder.string());
  }
  if (auto ok = check_replaceable(option, path, holds, inputs); !ok) return ok;
  return check_writable(option, path, folder);
}

Result<void> check_folder(const Output& output, const Inputs& inputs) {
  const auto& [option, path, holds, names] = output;
  std::error_code error;
  fs::path there = fs::absolute(path, error);
  while (!fs::exists(there, error) && there.has_parent_path() && there != there.parent_path()) {
    there = there.parent_path();
  }
  if (!fs::is_directory(there, error)) {
    return fail(ErrorCode::invalid_argument, "{} {}: '{}' is no folder; name another", option, path,
                there.string());
  }
  for (const std::string_view name : names) {
    const std::string file = (fs::path(path) / name).string();
    if (auto ok = check_replaceable(option, file, holds, inputs); !ok) return ok;
  }
  return check_writable(option, path, there);
}

// The one that is written last would be all that is left.
Result<void> check_no_two_are_one(const std::vector<Output>& outputs) {
  std::map<std::string, std::string_view> options;
  for (const Output& output : outputs) {
    std::vector<std::string> files;
    if (output.names.empty()) files.push_back(output.path);
    for (const std::string_view name : output.names) {
      files.push_back((fs::path(output.path) / name).string());
    }
    for (const std::string& file : files) {
      if (output.path.empty() || is_written_to(file)) continue;
      std::error_code error;
      const std::string real = fs::weakly_canonical(fs::absolute(file), error).string();
      const auto [other, is_new] = options.emplace(error ? file : real, output.option);
      if (is_new) continue;
      return fail(ErrorCode::invalid_argument,
                  "{} and {} both name '{}', and one would be lost; name another file",
                  other->second, output.option, file);
    }
  }
  return {};
}

}  // namespace

Output json_output(const JsonOption& json) { return {.option = "--json", .path = json.file}; }

Result<void> check_outputs(const std::vector<Output>& outputs, const Inputs& inputs) {
  for (const Output& output : outputs) {
    if (output.path.empty()) continue;
    auto ok = output.names.empty() ? check_file(output, inputs) : check_folder(output, inputs);
    if (!ok) return ok;
  }
  return check_no_two_are_one(outputs);
}

Result<void> check_json_place(const JsonOption& json, const Inputs& inputs) {
  return check_outputs({json_output(json)}, inputs);
}

bool prints_json(const JsonOption& json) { return json.asked && json.file.empty(); }

std::string list_file(std::string_view list) {
  return list.starts_with('@') ? std::string(list.substr(1)) : std::string();
}

}  // namespace ooe::cli

#include "cli/output_place.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include "base/system_words.h"

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

Result<void> check_no_input(std::string_view option, const std::string& path,
                            const Inputs& inputs) {
  for (const std::string& input : inputs) {
    std::error_code error;
    if (input.empty() || !fs::equivalent(path, input, error) || error) continue;
    return fail(ErrorCode::invalid_argument,
                "{} {}: that is what is read, and would be written over; name another file", option,
                path);
  }
  return {};
}

}  // namespace

CLI::Validator not_empty() {
  return CLI::Validator(
      [](const std::string& text) {
        return text.empty() ? std::string("it is empty") : std::string();
      },
      "");
}

Result<void> check_file_place(std::string_view option, const std::string& path,
                              const Inputs& inputs) {
  if (path.empty()) return {};
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ErrorCode::invalid_argument, "{} {}: it is a folder; name a file in it", option,
                path);
  }
  // What is no file, a pipe or /dev/stdout, is written to; a file is replaced, behind links to it.
  const bool is_file = fs::is_regular_file(path, error);
  if (!is_file && fs::exists(path, error)) return {};
  fs::path folder = (is_file ? fs::canonical(path, error) : fs::path(path)).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, error)) {
    return fail(ErrorCode::not_found, "{} {}: there is no folder '{}'; make it first", option, path,
                folder.string());
  }
  if (auto ok = check_no_input(option, path, inputs); !ok) return ok;
  return check_writable(option, path, folder);
}

Result<void> check_json_place(const JsonOption& json, const Inputs& inputs) {
  return check_file_place("--json", json.file, inputs);
}

bool prints_json(const JsonOption& json) { return json.asked && json.file.empty(); }

Result<void> check_folder_place(std::string_view option, const std::string& path,
                                std::initializer_list<std::string_view> names,
                                const Inputs& inputs) {
  if (path.empty()) return {};
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
    if (auto ok = check_no_input(option, (fs::path(path) / name).string(), inputs); !ok) return ok;
  }
  return check_writable(option, path, there);
}

std::string list_file(std::string_view list) {
  return list.starts_with('@') ? std::string(list.substr(1)) : std::string();
}

}  // namespace ooe::cli

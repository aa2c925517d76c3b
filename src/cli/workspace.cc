#include "cli/workspace.h"

#include <filesystem>
#include <system_error>

#include "cli/config.h"
#include "cli/kept_file.h"
#include "cli/options.h"

namespace ooe::cli {

void add_workspace_options(CLI::App& command, WorkspaceOptions& options) {
  command
      .add_option("--db", options.db, "the database (default: the one of --config, else ooe.db)")
      ->type_name("FILE");
  command.add_option("--config", options.config, "the configuration, read when it is there")
      ->capture_default_str()
      ->type_name("FILE");
}

Result<std::string> workspace_url(const WorkspaceOptions& options) {
  std::string url = options.db;
  if (url.empty() && std::filesystem::exists(options.config)) {
    const auto config = load_config(options.config);
    if (!config) return fail(config.error());
    url = config->store_url;
  }
  return url.empty() ? std::string(kStoreDefault) : url;
}

std::vector<std::string> files_of(const WorkspaceOptions& options) {
  std::vector<std::string> files{options.config};
  std::error_code unknown;
  if (std::filesystem::exists(options.config, unknown)) {
    const auto config = load_config(options.config);
    if (config) files = files_named_by(*config);  // what is wrong with it says whoever reads it
    files.push_back(options.config);
  }
  const auto url = workspace_url(options);
  if (!url) return files;
  if (const auto path = store::sqlite_path(*url)) {
    files.push_back(*path);
    for (const char* ending : kBesideDatabase) files.push_back(*path + ending);
  }
  return files;
}

Result<std::unique_ptr<store::Store>> open_workspace(const WorkspaceOptions& options,
                                                     bool must_exist) {
  const auto url = workspace_url(options);
  if (!url) return fail(url.error());
  const auto path = store::sqlite_path(*url);
  if (!path) return fail(path.error());
  if (must_exist && !std::filesystem::exists(*path)) {
    return fail(ErrorCode::not_found,
                "{}: there is no such database; run `ooe interview` or `ooe import` first", *path);
  }
  return must_exist ? store::open_store_to_read(*url) : store::open_store(*url);
}

Result<void> check_interviewed(const WorkspaceOptions& options, std::span<const Outcome> outcomes) {
  if (!outcomes.empty()) return {};
  const auto url = workspace_url(options);
  const auto path = url ? store::sqlite_path(*url) : Result<std::string>(options.db);
  return fail(ErrorCode::not_found,
              "nothing has been interviewed into {}: run `ooe interview` or `ooe import` first",
              path ? *path : options.db);
}

}  // namespace ooe::cli

// The database a command works on: --db, else the one of ooe.toml, else ooe.db.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "store/store.h"

namespace ooe::cli {

struct WorkspaceOptions {
  std::string db;
  std::string config = "ooe.toml";  // read when it is there
};

void add_workspace_options(CLI::App& command, WorkspaceOptions& options);

// The database's URL. Errors: those of load_config.
[[nodiscard]] Result<std::string> workspace_url(const WorkspaceOptions& options);

// Its configuration, the secrets and other files that this names, and its database with what belongs
// to it, whether they are there or not: no file to write a result into.
[[nodiscard]] std::vector<std::string> files_of(const WorkspaceOptions& options);

// To be read only with `must_exist`. Errors: those of workspace_url and of open_store or
// open_store_to_read; with `must_exist`, not_found when there is none yet.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_workspace(const WorkspaceOptions& options,
                                                                   bool must_exist = false);

// Errors: not_found when nobody has been asked yet, which is not the fault of any option.
[[nodiscard]] Result<void> check_interviewed(const WorkspaceOptions& options,
                                             std::span<const Outcome> outcomes);

}  // namespace ooe::cli

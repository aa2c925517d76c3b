// DATA: where a command takes its questions and outcomes from. Files, or a workspace's database.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "core/outcome.h"

namespace ooe::cli {

struct DataOptions {
  std::string questions;
  std::string outcomes;
  std::string usage;
  std::string db;
  std::string config = "ooe.toml";  // read for a database's place and prices, when it is there
  std::string prices;
  std::vector<std::string> price_options;
  std::string experts;
  bool text_last_block = false;
};

void add_data_options(CLI::App& command, DataOptions& options);

// The files that are read, and that no result is to be written over.
[[nodiscard]] std::vector<std::string> files_of(const DataOptions& options);

// Loads the data and says on standard error what was left out.
// Errors: those of dataset/ and store/.
[[nodiscard]] Result<Dataset> load_data(const DataOptions& options);

// As load_data(), to learn from: of a workspace's database without the exam of self-play, by which
// models that learned from it could not be compared. Errors: also those of its journal.
[[nodiscard]] Result<Dataset> load_training_data(const DataOptions& options);

// "mmlu.questions.jsonl.gz", or the database: for titles.
[[nodiscard]] std::string data_name(const DataOptions& options);

}  // namespace ooe::cli

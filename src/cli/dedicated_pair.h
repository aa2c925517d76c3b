// What every `ooe dedicated` command begins with: the options that name a pair, and out-of-fold
// predictions of it (dedicated/pair_method.h).
#pragma once

#include <cstddef>
#include <string>

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/dedicated_text.h"
#include "dedicated/pair.h"
#include "dedicated/pair_method.h"
#include "predictor/train.h"

namespace ooe::cli {

struct PairOptions {
  DataOptions data;
  std::string own;
  std::string generic;
  std::size_t folds = 5;
  predictor::TrainOptions train = {.rivals = false};
};

void add_pair_options(CLI::App& command, PairOptions& options);

// Errors: invalid_argument for one expert in both places.
[[nodiscard]] Result<void> check_pair_options(const PairOptions& options);

// dedicated::cross(), with a progress line. Errors: its own.
[[nodiscard]] Result<dedicated::Crossed> cross_pair(const Dataset& data,
                                                    const dedicated::Pair& pair,
                                                    const PairOptions& options,
                                                    const dedicated::Wanted& wanted);

// What it came to, for people and for machines; without a learning curve.
[[nodiscard]] PairReport report_of(const PairOptions& options, const dedicated::Pair& pair,
                                   const dedicated::Crossed& crossed);

}  // namespace ooe::cli

// What every `ooe dedicated` command begins with: the options that name a pair, and out-of-fold
// predictions of it by the better of the predictor and text length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/dedicated_text.h"
#include "core/prediction.h"
#include "dedicated/pair.h"
#include "evaluate/two_sides.h"
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

// What the pair is for: the figure by which one way to decide is better than another.
struct Wanted {
  std::optional<double> quality = std::nullopt;    // as much of one's own as this allows
  std::optional<double> ownership = std::nullopt;  // as good as can be with this much; neither:
                                                   // over all ownerships
};

// Out-of-fold predictions, and what they are worth.
struct Crossed {
  std::vector<Prediction> prediction;
  evaluate::TwoSides sides;
  PairReport report;
  std::string only;  // as TrainOptions::only
};

// Text length alone goes beside the predictor, and is kept unless the predictor beats it.
[[nodiscard]] Result<Crossed> cross(const Dataset& data, const dedicated::Pair& pair,
                                    const PairOptions& options, const Wanted& wanted);

}  // namespace ooe::cli

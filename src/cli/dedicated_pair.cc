#include "cli/dedicated_pair.h"

#include <array>
#include <cmath>

#include "cli/options.h"
#include "cli/output.h"

namespace ooe::cli {
namespace {

constexpr const char* kLength = "length";  // the candidate that reads nothing but the length

double figure_of(const dedicated::PairCurve& curve, const Wanted& wanted) {
  if (wanted.ownership) return dedicated::quality_at(curve, *wanted.ownership);
  return std::isnan(curve.ownership_at.mean) ? -1.0 : curve.ownership_at.mean;
}

// Whether the first way to decide is better than the second, over which it leads by that much at
// all ownerships. (By the gap recovered there is nothing to compare where the own expert is the
// better of the pair.)
bool is_better(const PairReport& report, const Wanted& wanted) {
  if (!wanted.quality && !wanted.ownership) return report.lead.mean > 0.0;
  return figure_of(report.methods[0].curve, wanted) > figure_of(report.methods[1].curve, wanted);
}

}  // namespace

void add_pair_options(CLI::App& command, PairOptions& options) {
  add_data_options(command, options.data);
  command.add_option("--own", options.own, "your own expert")->required()->type_name("NAME");
  command.add_option("--generic", options.generic, "the one it hands over to")
      ->required()
      ->type_name("NAME");
  command.add_option("--folds", options.folds, "of cross-validation")
      ->capture_default_str()
      ->check(CLI::Range(2, 100));
  command.add_option("--seed", options.train.seed, "of folds and samples")
      ->capture_default_str()
      ->check(whole_number());
  add_threads_option(command, options.train.threads);
}

Result<void> check_pair_options(const PairOptions& options) {
  if (options.own.empty() || options.own != options.generic) return {};
  return fail(ErrorCode::invalid_argument,
              "--own and --generic are both '{}', which cannot hand over to itself; name another",
              options.own);
}

Result<Crossed> cross(const Dataset& data, const dedicated::Pair& pair, const PairOptions& options,
                      const Wanted& wanted) {
  const evaluate::BootstrapOptions bootstrap{.seed = options.train.seed};
  ProgressLine progress;
  std::array<Crossed, 2> methods;  // the predictor, text length
  methods[1].only = kLength;
  PairReport report{.title = fmt::format("{}, {} folds, seed {}", data_name(options.data),
                                         options.folds, options.train.seed),
                    .own = options.own,
                    .generic = options.generic,
                    .pair = pair,
                    .curve = {},
                    .methods = {},
                    .kept = 0,
                    .lead = {},
                    .learning = std::nullopt};
  for (Crossed& method : methods) {
    predictor::TrainOptions train = options.train;
    train.only = method.only;
    auto predictions =
        predictor::cross_predict(data, options.folds, train,
                                 [&](std::string_view phase, std::size_t done, std::size_t total) {
                                   progress.show(phase, done, total, method.only);
                                 });
    if (!predictions) return fail(predictions.error());
    method.prediction = std::move(predictions->prediction);
    method.sides = dedicated::pair_sides(data, pair, method.prediction, predictions->fold);
    report.methods.push_back({method.only.empty() ? "the predictor" : "text length",
                              dedicated::pair_curve(method.sides, wanted.quality, bootstrap)});
  }
  progress.clear();
  report.lead = dedicated::lead_over(methods[0].sides, methods[1].sides, bootstrap);
  report.kept = is_better(report, wanted) ? 0 : 1;
  report.curve = report.methods[report.kept].curve;
  Crossed& kept = methods[report.kept];
  kept.report = std::move(report);
  return std::move(kept);
}

}  // namespace ooe::cli

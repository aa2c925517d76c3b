#include "cli/dedicated_pair.h"

#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/output.h"

namespace ooe::cli {
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

Result<dedicated::Crossed> cross_pair(const Dataset& data, const dedicated::Pair& pair,
                                      const PairOptions& options, const dedicated::Wanted& wanted) {
  ProgressLine progress;
  return dedicated::cross(data, pair, wanted, options.folds, options.train,
                          [&](std::string_view phase, std::size_t done, std::size_t total,
                              std::string_view only) { progress.show(phase, done, total, only); });
}

PairReport report_of(const PairOptions& options, const dedicated::Pair& pair,
                     const dedicated::Crossed& crossed) {
  return {.title = fmt::format("{}, {} folds, seed {}", data_name(options.data), options.folds,
                               options.train.seed),
          .own = options.own,
          .generic = options.generic,
          .pair = pair,
          .curve = crossed.methods[crossed.kept].curve,
          .methods = crossed.methods,
          .kept = crossed.kept,
          .lead = crossed.lead,
          .learning = std::nullopt};
}

}  // namespace ooe::cli

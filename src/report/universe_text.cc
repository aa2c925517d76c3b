#include "report/universe_text.h"

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/table.h"

namespace ooe::report {
namespace {

std::string headline(const Selection& selection) {
  const bool oracle = selection.options.objective == universe::Objective::oracle;
  const std::string utility = selection.quality_per_usd > 0.0
                                  ? fmt::format("score - {:g} x USD", selection.quality_per_usd)
                                  : std::string("score");
  return fmt::format("{} questions, {} experts to choose from. Utility: {}. Value of a set: {}.",
                     count_text(selection.n_queries), selection.experts.size(), utility,
                     oracle ? "its best answer to each question, with hindsight"
                            : "the answer of the expert predicted to be its best");
}

// How far from the best possible the set is, in hindsight's terms, which the bound is in.
std::string bound_text(const Selection& selection) {
  const double room = selection.universe.utility_bound - selection.oracle_utility;
  return fmt::format(
      "With hindsight this set is worth {}, and no set of {} more than {}: {}.",
      percent_text(selection.oracle_utility), selection.options.size_max,
      percent_text(selection.universe.utility_bound),
      room < 5e-5
          ? std::string("it is the best there is by that measure")
          : fmt::format("within {:.1f} points of the best possible by that measure", 100.0 * room));
}

}  // namespace

std::string universe_text(const Selection& selection, const Terminal& terminal) {
  const auto& members = selection.universe.members;
  Table table{{{"expert"}, {"adds", Align::right}, {"utility %", Align::right}, {""}}, {}};
  double utility = selection.floor;
  const std::size_t bar_width = terminal.width >= 100 ? 40 : 20;
  for (std::size_t i = 0; i < members.size(); ++i) {
    utility += members[i].marginal_gain;
    const bool included = i < selection.options.include.size();
    table.rows.push_back(
        {fmt::format("{}  {}{}", i + 1, selection.experts[members[i].expert.index()],
                     included ? " (asked for)" : ""),
         fmt::format("{:+.2f}", 100.0 * members[i].marginal_gain),
         fmt::format("{:.2f}", 100.0 * utility),
         paint(bar(utility, bar_width), Style::green, terminal)});
  }
  std::string text = paint(fmt::format("Universe of {}, objective {}", members.size(),
                                       universe::to_string(selection.options.objective)),
                           Style::bold, terminal) +
                     "\n" + wrap(headline(selection), "", terminal) + "\n" +
                     to_text(table, terminal) + "\n" + wrap(bound_text(selection), "", terminal);
  if (members.size() < selection.options.size_max) {
    text += wrap(fmt::format("Size {} was asked for; no further expert adds anything.",
                             selection.options.size_max),
                 "", terminal);
  }
  return text;
}

}  // namespace ooe::report

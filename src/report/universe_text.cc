#include "report/universe_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/plot.h"
#include "report/section.h"
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

// Of the experts, how many may be chosen.
std::size_t choices_of(const Selection& selection) {
  return static_cast<std::size_t>(
      std::ranges::count_if(selection.experts, [&](const std::string& name) {
        return std::ranges::find(selection.options.exclude, name) ==
               selection.options.exclude.end();
      }));
}

// How far from the best possible the set is, in hindsight's terms, which the bound is in. One
// expert alone leaves hindsight no choice, and all of them leave none to us.
std::string bound_text(const Selection& selection) {
  const std::size_t choices = choices_of(selection);
  const std::size_t members = selection.universe.members.size();
  const std::size_t size = std::min(selection.options.size_max, choices);
  const std::string bound = percent_text(selection.universe.utility_bound);
  const double room = selection.universe.utility_bound - selection.figures.oracle.mean;
  const bool best = room < 5e-4;  // as printed
  // The bound is on sets that keep them.
  const universe::SelectOptions& options = selection.options;
  if (!options.include.empty() || !options.zone_limits.empty() || options.fixed_per_month_max) {
    return fmt::format("With hindsight it would be worth {}, and no set within these limits {}.",
                       percent_text(selection.figures.oracle.mean),
                       best ? "would be worth more" : "more than " + bound);
  }
  if (size == 1) {
    return best ? "No expert alone is worth more."
                : fmt::format("The best expert alone is worth {}.", bound);
  }
  const std::string with_hindsight =
      fmt::format("With hindsight {} worth {}", members == 1 ? "it would still be" : "it would be",
                  percent_text(selection.figures.oracle.mean));
  if (members == choices) return with_hindsight + ": everybody is in it.";
  if (best) {
    return fmt::format("{}, and no {} experts would be worth more.", with_hindsight, size);
  }
  return size == choices
             ? fmt::format("{}, and all {} experts together {}.", with_hindsight, choices, bound)
             : fmt::format("{}, and no {} experts more than {}.", with_hindsight, size, bound);
}

// Why there are fewer members than were asked for.
std::string smaller_text(const Selection& selection) {
  const auto& members = selection.universe.members;
  const std::size_t choices = choices_of(selection);
  std::string why;
  if (members.size() == choices) {
    why = choices == 1 ? std::string("there is only one expert to choose from")
                       : fmt::format("there are only {} experts to choose from", choices);
  } else {
    std::size_t fitting = 0;
    for (std::size_t i = 0; i < selection.experts.size(); ++i) {
      const ExpertId expert{static_cast<std::int32_t>(i)};
      if (std::ranges::find(members, expert, &UniverseMember::expert) != members.end()) continue;
      if (universe::fits_beside(expert, members, selection.experts, selection.options)) ++fitting;
    }
    const std::string_view who = fitting + members.size() < choices
                                     ? "no further expert that the limits allow"
                                     : "no further expert";
    why = fitting == 0 ? std::string("the limits allow no further expert")
                       : fmt::format("{} {}", who,
                                     selection.quality_per_usd > 0.0 ? "is worth what it costs"
                                                                     : "adds anything");
  }
  return fmt::format("Up to {} may be chosen; {}.", selection.options.size_max, why);
}

constexpr std::string_view kChosenOnTheseNote =
    "The experts are chosen on these very questions, which favours them and their gains; the "
    "intervals, 95% by bootstrap over questions, do not count that.";

const std::string& name_of(const Selection& selection, ExpertId expert) {
  return selection.experts[expert.index()];
}

constexpr std::size_t kWideEnoughForShares = 100;

std::string member_table(const Selection& selection, const Terminal& terminal) {
  const bool shares = terminal.width >= kWideEnoughForShares;
  Table table{{{"expert"}, {"adds"}, {"together %", Align::right}, {"left out, it costs"}}, {}};
  if (shares) table.columns.push_back({"answers %", Align::right});
  double utility = 0.0;
  for (std::size_t i = 0; i < selection.figures.members.size(); ++i) {
    const evaluate::MemberFigures& member = selection.figures.members[i];
    utility += member.gain.mean;
    const bool included = i < selection.options.include.size();
    table.rows.push_back({fmt::format("{}  {}{}", i + 1, name_of(selection, member.expert),
                                      included ? " (asked for)" : ""),
                          difference_text(member.gain), fmt::format("{:.2f}", 100.0 * utility),
                          difference_text(member.left_out)});
    if (shares) table.rows.back().push_back(percent_text(member.share));
  }
  return to_text(table, terminal);
}

std::string overlap_table(const Selection& selection, const Terminal& terminal) {
  if (selection.figures.members.size() < 2) return "";
  Table table{{{"expert"}, {"most like"}, {"same right answers %", Align::right}}, {}};
  for (std::size_t i = 0; i < selection.figures.members.size(); ++i) {
    const evaluate::MemberFigures& member = selection.figures.members[i];
    const auto like = std::ranges::find(selection.figures.members, member.most_like,
                                        &evaluate::MemberFigures::expert);
    table.rows.push_back({fmt::format("{}  {}", i + 1, name_of(selection, member.expert)),
                          std::to_string(like - selection.figures.members.begin() + 1),
                          percent_text(member.overlap)});
  }
  return heading("Who does the same work", terminal) + to_text(table, terminal);
}

constexpr std::size_t kOutsidersShown = 10;
constexpr double kCostsNothingMore = 5e-4;  // USD per 1,000 queries; a gain over less says nothing

std::string outsider_table(const Selection& selection, const Terminal& terminal) {
  const auto& outsiders = selection.figures.outsiders;
  if (outsiders.empty()) return "";
  const bool costs = std::ranges::any_of(
      outsiders, [](const auto& outsider) { return !std::isnan(outsider.usd_per_1k); });
  Table table{{{"expert"}, {"would add"}}, {}};
  if (costs) {
    table.columns.push_back({"USD per 1k", Align::right});
    table.columns.push_back({"points per USD", Align::right});
  }
  for (std::size_t i = 0; i < std::min(kOutsidersShown, outsiders.size()); ++i) {
    std::vector<std::string> row{name_of(selection, outsiders[i].expert),
                                 difference_text(outsiders[i].gain)};
    if (costs) {
      row.push_back(std::isnan(outsiders[i].usd_per_1k)
                        ? "-"
                        : fmt::format("{:+.3f}", outsiders[i].usd_per_1k));
      row.push_back(outsiders[i].usd_per_1k < kCostsNothingMore ||
                            std::isnan(outsiders[i].gain_per_usd)
                        ? "-"
                        : fmt::format("{:+.2f}", 100.0 * outsiders[i].gain_per_usd));
    }
    table.rows.push_back(std::move(row));
  }
  return heading("Who stayed outside", terminal) + to_text(table, terminal);
}

std::string size_plot(const Selection& selection, const Terminal& terminal) {
  if (selection.figures.sizes.size() < 3) return "";
  Plot plot{"experts", "utility %", {}, false, 10, 100.0};
  for (std::size_t i = 0; i < selection.figures.sizes.size(); ++i) {
    const auto size = static_cast<double>(i + 1);
    plot.points.push_back({size, 100.0 * selection.figures.sizes[i].oracle, "o", Style::faint});
    const bool chosen = i < selection.figures.members.size();
    plot.points.push_back(
        {size, 100.0 * selection.figures.sizes[i].predictable, chosen ? "●" : "·", Style::green});
  }
  return heading("Utility and size: ● chosen, · beyond, o with hindsight", terminal) +
         to_text(plot, terminal);
}

}  // namespace

std::string blanks_text(const Selection& selection) {
  if (selection.blank_cells == 0) return "";
  return fmt::format("{} of {} cells were not measured: {}.", count_text(selection.blank_cells),
                     count_text(selection.cells),
                     selection.only_common
                         ? "only questions count that every expert was asked"
                         : "such a cell counts as the expert's mean on the benchmark");
}

std::string universe_text(const Selection& selection, const Terminal& terminal) {
  const auto& members = selection.universe.members;
  std::string blanks = blanks_text(selection);
  if (!blanks.empty()) blanks = wrap(blanks, "", terminal);
  std::string text =
      paint(fmt::format("Universe of {}, objective {}", members.size(),
                        universe::to_string(selection.options.objective)),
            Style::bold, terminal) +
      "\n" + wrap(headline(selection), "", terminal) + blanks + "\n" +
      member_table(selection, terminal) + "\n" +
      wrap(
          fmt::format("Worth {}{}{}. {}", percent_text(selection.figures.utility),
                      selection.quality_per_usd > 0.0
                          ? fmt::format(", of a score of {}", percent_text(selection.figures.score))
                          : std::string(),
                      std::isnan(selection.figures.usd_per_1k)
                          ? std::string()
                          : fmt::format(", at {} USD per 1,000 queries",
                                        usd_text(selection.figures.usd_per_1k)),
                      bound_text(selection)),
          "", terminal);
  if (members.size() < selection.options.size_max) {
    text += wrap(smaller_text(selection), "", terminal);
  }
  text += "\n" + paint(wrap(kChosenOnTheseNote, "", terminal), Style::faint, terminal);
  return text + overlap_table(selection, terminal) + outsider_table(selection, terminal) +
         size_plot(selection, terminal);
}

}  // namespace ooe::report

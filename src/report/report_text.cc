#include <algorithm>

#include <fmt/format.h>

#include "report/evaluation_text.h"
#include "report/numbers.h"
#include "report/ranking.h"
#include "report/report.h"
#include "report/section.h"
#include "report/table.h"

namespace ooe::report {
namespace {

using evaluate::DomainFigures;
using evaluate::DomainTable;

constexpr std::size_t kDomainsMax = 24;  // longer tables are for the page and the CSV
constexpr std::size_t kGapsShown = 10;

std::string domain_table_text(const DomainTable& domains, const Ranking& ranking,
                              const Terminal& terminal) {
  const bool bars = terminal.width >= kWideEnoughForBars;
  Table table{{{domains.title},
               {"questions", Align::right},
               {"specialist"},
               {"routed %"},
               {"oracle %", Align::right}},
              {}};
  if (bars) table.columns.push_back({""});
  for (const DomainFigures& domain : domains.domains) {
    const bool leads = domain.specialist_leads;
    const std::string letter =
        domain.specialist.value < 0 ? "-" : ranking.letters[domain.specialist.index()];
    table.rows.push_back(
        {domain.name, count_text(domain.n),
         paint(fmt::format("{} {}{}", letter, percent_text(domain.specialist_accuracy.mean),
                           leads ? " *" : ""),
               leads ? Style::green : Style::plain, terminal),
         percent_text(domain.routed), percent_text(domain.oracle.mean)});
    if (bars) {
      table.rows.back().push_back(paint(bar(domain.routed.mean, kBarWidth), Style::blue, terminal));
    }
  }
  return to_text(table, terminal);
}

// "interview more: X alone has +5.2", "add X, +5.2" or "fine-tune an expert"
std::string help_text(const DomainFigures& domain, const Report& report, const Terminal& terminal) {
  constexpr std::size_t kOtherColumns = 62;  // of the table, and the gain's own
  if (domain.routing_misses) {
    return fmt::format("interview more: {} alone has {:+.1f}",
                       rank(report.evaluation).letters[domain.specialist.index()],
                       100.0 * (domain.specialist_accuracy.mean - domain.routed.mean));
  }
  if (domain.outsider_helps) {
    const std::size_t room = std::max<std::size_t>(terminal.width, kOtherColumns + 12);
    return fmt::format("add {}, {:+.1f}",
                       fit(report.outsiders[*domain.outsider], room - kOtherColumns),
                       100.0 * domain.outsider_gain.mean);
  }
  return "fine-tune an expert";
}

std::string gap_table_text(const DomainTable& domains, const Report& report,
                           const Terminal& terminal) {
  Table table{{{domains.title},
               {"traffic %", Align::right},
               {"headroom %", Align::right},
               {"lost of 100", Align::right},
               {"what would help"}},
              {}};
  const auto gaps = evaluate::worst_gaps(domains);
  for (std::size_t i = 0; i < std::min(kGapsShown, gaps.size()); ++i) {
    const DomainFigures& domain = domains.domains[gaps[i]];
    table.rows.push_back({domain.name, percent_text(domain.traffic), percent_text(domain.headroom),
                          fmt::format("{:.1f}", 100.0 * domain.traffic * domain.headroom),
                          help_text(domain, report, terminal)});
  }
  return to_text(table, terminal);
}

}  // namespace

std::string report_text(const Report& report, const Terminal& terminal) {
  const Ranking ranking = rank(report.evaluation);
  std::string text = evaluation_text(report.evaluation, report.title + ", " + report.how, terminal);
  if (report.domains.empty()) return text;
  for (const DomainTable& domains : report.domains) {
    if (&domains != &report.domains.front() && domains.domains.size() > kDomainsMax) continue;
    text += heading("Strengths, by " + domains.title, terminal) +
            domain_table_text(domains, ranking, terminal);
  }
  text += note(
      "The specialist is the most accurate expert there; * when it surely beats the best "
      "single expert of all domains there.",
      terminal);
  // The finest grouping that is still a list to read.
  const DomainTable* finest = &report.domains.front();
  for (const DomainTable& domains : report.domains) {
    if (domains.domains.size() <= kDomainsMax) finest = &domains;
  }
  text += heading("Gaps: where no expert is good enough", terminal) +
          gap_table_text(*finest, report, terminal) +
          note(
              "Headroom: what the better of routing and the specialist gets wrong. Lost of 100: "
              "traffic "
              "times headroom, so many of 100 queries. Listed: domains with the headroom of all "
              "questions together, or more.",
              terminal);
  if (report.selection) text += "\n" + universe_text(*report.selection, terminal);
  return text;
}

}  // namespace ooe::report

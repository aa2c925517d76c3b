#include "report/selfplay_html.h"

#include <cmath>

#include "report/numbers.h"
#include "report/svg_chart.h"

namespace ooe::report {
namespace {

std::string chart(std::span<const SelfplayRound> rounds) {
  ChartSeries quality{"routed", true, true, {}};
  ChartSeries ownership{"ideal", true, true, {}};
  for (const SelfplayRound& round : rounds) {
    if (std::isnan(round.quality)) continue;
    const double x = static_cast<double>(round.number);
    quality.points.push_back({x, 100.0 * round.quality, round.promoted ? "promoted" : "",
                              fmt::format("Round {}: exam score {}%\n{}", round.number,
                                          percent_text(round.quality), round.reason)});
    ownership.points.push_back({x, 100.0 * round.ownership, "",
                                fmt::format("Round {}: {}% answered by own experts", round.number,
                                            percent_text(round.ownership))});
  }
  return to_svg({.title = "Exam score and ownership by round of self-play",
                 .x_title = "round",
                 .y_title = "exam score and (dashed) ownership, %",
                 .x_logarithmic = false,
                 .from_zero_to_hundred = false,
                 .series = {ownership, quality}});
}

std::string row(const SelfplayRound& round) {
  return fmt::format(
      "<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
      "<td>{}</td><td class=left>{}</td></tr>\n",
      round.number, round.asked, round.exam_asked, usd_text(round.usd), round.contaminated,
      percent_text(round.quality), difference_text(round.gain), percent_text(round.ownership),
      escape_html(round.reason));
}

}  // namespace

std::string selfplay_html(std::span<const SelfplayRound> rounds) {
  if (rounds.empty()) return "";
  std::string html = "<figure>" + chart(rounds) + "</figure>\n";
  html +=
      "<div class=scroll tabindex=0><table><thead><tr><th>round</th><th>asked</th><th>for the "
      "exam</th><th>USD</th><th>contaminated</th><th>exam score, %</th><th>gain, points</th>"
      "<th>own, %</th><th class=left>what came of it</th></tr></thead><tbody>\n";
  for (const SelfplayRound& round : rounds) html += row(round);
  return html + "</tbody></table></div>\n";
}

}  // namespace ooe::report

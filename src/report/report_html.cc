#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/nan.h"
#include "report/evaluation_text.h"
#include "report/methods_text.h"
#include "report/numbers.h"
#include "report/page_style.h"
#include "report/ranking.h"
#include "report/report.h"
#include "report/svg_chart.h"

namespace ooe::report {
namespace {

using evaluate::DomainFigures;
using evaluate::DomainTable;
using evaluate::Evaluation;
using evaluate::Interval;
using evaluate::Routed;

constexpr std::size_t kGapsOnPage = 12;
constexpr std::size_t kCurvePoints = 101;  // of the deferral curve; more than a screen shows

std::string section(std::string_view title, std::string_view lead, std::string_view body) {
  return fmt::format("<section><h2>{}</h2>\n<p class=lead>{}</p>\n{}</section>\n",
                     escape_html(title), lead, body);
}

std::string scroll(std::string_view table) {
  return fmt::format("<div class=scroll tabindex=0>{}</div>\n", table);
}

// "81.2 <small>80.1 to 82.3</small>"
std::string percent_html(const Interval& interval) {
  if (std::isnan(interval.mean)) return "-";
  return fmt::format("{} <small>{} to {}</small>", percent_text(interval.mean),
                     percent_text(interval.low), percent_text(interval.high));
}

std::string difference_cell(const Interval& interval) {
  if (std::isnan(interval.mean)) return "<td>-</td>";
  const char* kind = interval.low > 0.0 ? " class=good" : interval.high < 0.0 ? " class=bad" : "";
  return fmt::format("<td{}>{:+.1f} <small>{:+.1f} to {:+.1f}</small></td>", kind,
                     100.0 * interval.mean, 100.0 * interval.low, 100.0 * interval.high);
}

std::string bar_html(double fraction) {
  return fmt::format("<span class=bar><i style='width:{:.0f}%'></i></span>",
                     100.0 * std::clamp(fraction, 0.0, 1.0));
}

const std::string& name_of(const Evaluation& evaluation, ExpertId expert) {
  return evaluation.experts[expert.index()].name;
}

// The coarsest grouping that tells more than a handful apart: MMLU's 17 rather than its 4 or 57.
const DomainTable* main_table(const Report& report) {
  constexpr std::size_t kFew = 6;
  constexpr std::size_t kMany = 24;
  for (const DomainTable& table : report.domains) {
    if (table.domains.size() >= kFew && table.domains.size() <= kMany) return &table;
  }
  return report.domains.empty() ? nullptr : &report.domains.back();
}

std::string card(std::string_view figure, std::string_view what, std::string_view kind = "") {
  return fmt::format("<div class='card {}'><b>{}</b><span>{}</span></div>\n", kind, figure,
                     escape_html(what));
}

// The cheapest point of the frontier that is as good as the best single expert.
const Routed* cheapest_as_good(const Evaluation& evaluation) {
  for (const Routed& routed : evaluation.frontier) {
    if (routed.gain.mean >= 0.0) return &routed;
  }
  return nullptr;
}

std::string cards_html(const Report& report) {
  const Evaluation& evaluation = report.evaluation;
  const Routed& best = evaluation.at_best_quality;
  const std::string& single = name_of(evaluation, evaluation.best_single);
  std::string cards = card(
      percent_text(best.accuracy.mean) + "%",
      fmt::format("of answers are right when routed for quality; the best single expert, {}: {}%",
                  single, percent_text(evaluation.best_single_accuracy.mean)));
  cards += card(fmt::format("{:+.1f}", 100.0 * best.gain.mean),
                fmt::format("points of accuracy against the best single expert, which is known "
                            "only afterwards; 95% interval {:+.1f} to {:+.1f}",
                            100.0 * best.gain.low, 100.0 * best.gain.high),
                best.gain.low > 0.0 ? "good" : "");
  const double reference = evaluation.best_single_usd_per_1k.mean;
  if (const Routed* routed = cheapest_as_good(evaluation); routed != nullptr && reference > 0.0) {
    const double saved = 1.0 - routed->usd_per_1k.mean / reference;
    if (saved > 0.0) {
      cards +=
          card(fmt::format("{:.0f}%", 100.0 * saved),
               fmt::format("cheaper than the best single expert, with {}% right: {} USD per "
                           "1,000 queries, not {}; how cheap it may be is known only afterwards",
                           percent_text(routed->accuracy.mean), usd_text(routed->usd_per_1k.mean),
                           usd_text(reference)),
               "good");
    }
  }
  if (const DomainTable* table = main_table(report); table != nullptr) {
    const auto gaps = evaluate::worst_gaps(*table);
    if (!gaps.empty()) {
      const DomainFigures& worst = table->domains[gaps.front()];
      cards += card(escape_html(worst.name),
                    fmt::format("is the largest gap: {:.1f} of 100 queries of all kinds are of "
                                "this one and lost, even to the better of routing and its "
                                "specialist",
                                100.0 * worst.traffic * worst.headroom),
                    "warn");
    }
  }
  return "<div class=cards>\n" + cards + "</div>\n";
}

std::string routed_tip(const Routed& routed, const Ranking& ranking) {
  const std::string goal =
      routed.quality_per_usd == 0.0
          ? std::string("Goal: the best quality")
          : fmt::format("Goal: at most {} USD per 1,000 queries", usd_text(routed.usd_per_1k.mean));
  return fmt::format("{}\n{}% right at {} USD per 1,000\nMix: {}", goal,
                     percent_text(routed.accuracy), usd_text(routed.usd_per_1k.mean),
                     mix_text(routed, ranking));
}

std::string frontier_svg(const Evaluation& evaluation, const Ranking& ranking) {
  ChartSeries hull{"hull", true, false, {}};
  for (const auto& corner : evaluation.methods.zero_router) {
    hull.points.push_back({corner.cost, 100.0 * corner.quality, "", ""});
  }
  ChartSeries routed{"routed", true, true, {}};
  for (const Routed& point : evaluation.frontier) {
    routed.points.push_back(
        {point.usd_per_1k.mean, 100.0 * point.accuracy.mean, "", routed_tip(point, ranking)});
  }
  ChartSeries experts{"expert", false, true, {}};
  for (const std::size_t i : ranking.order) {
    const auto& expert = evaluation.experts[i];
    experts.points.push_back(
        {expert.usd_per_1k, 100.0 * expert.accuracy, ranking.letters[i],
         fmt::format("{}\n{}% right at {} USD per 1,000", expert.name,
                     percent_text(expert.accuracy), usd_text(expert.usd_per_1k))});
  }
  return to_svg({.title = "Accuracy against cost: single experts and routing",
                 .x_title = "USD per 1,000 queries, logarithmic",
                 .y_title = "accuracy, %",
                 .x_logarithmic = true,
                 .from_zero_to_hundred = false,
                 .series = {hull, routed, experts}});
}

std::string experts_table(const Evaluation& evaluation, const Ranking& ranking) {
  std::string html =
      "<table><thead><tr><th>expert</th><th class=wide>questions</th><th>accuracy %</th><th "
      "class=wide></th>"
      "<th>USD per 1k</th><th>AUC</th></tr></thead><tbody>\n";
  for (const std::size_t i : ranking.order) {
    const auto& expert = evaluation.experts[i];
    html += fmt::format(
        "<tr><td><span class=letter>{}</span> {}</td><td class=wide>{}</td><td>{}</td>"
        "<td class=wide>{}</td><td>{}</td>"
        "<td>{}</td></tr>\n",
        ranking.letters[i], escape_html(expert.name), count_text(expert.n_measured),
        fine_percent_text(expert.accuracy), bar_html(expert.accuracy), usd_text(expert.usd_per_1k),
        figure_text(expert.prediction.auc));
  }
  return html + "</tbody></table>";
}

std::string routing_table(const Evaluation& evaluation) {
  std::string html =
      "<table><thead><tr><th>answered by</th><th>accuracy %</th><th>USD per 1k</th>"
      "<th>over best single</th><th>lost: no expert right %</th>"
      "<th>lost: wrong one predicted %</th><th>lost: money saved %</th></tr></thead><tbody>\n";
  const auto plain = [&](std::string_view name, const Interval& accuracy, double usd) {
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td></td><td></td><td></td><td></td>"
        "</tr>\n",
        escape_html(name), percent_html(accuracy), usd_text(usd));
  };
  const auto routed = [&](std::string_view name, const Routed& figures) {
    html += fmt::format(
        "<tr class=own><td>{}</td><td>{}</td><td>{}</td>{}<td>{}</td><td>{}</td>"
        "<td>{}</td></tr>\n",
        name, percent_html(figures.accuracy), usd_text(figures.usd_per_1k.mean),
        difference_cell(figures.gain), percent_text(figures.recall_failure.mean),
        percent_text(figures.prediction_loss.mean), percent_text(figures.policy_loss.mean));
  };
  plain("a random expert", evaluation.random_mix, kNaN);
  plain("best single: " + name_of(evaluation, evaluation.best_single),
        evaluation.best_single_accuracy, evaluation.best_single_usd_per_1k.mean);
  if (evaluation.at_best_single_cost) routed("routed, same cost", *evaluation.at_best_single_cost);
  routed("routed, best quality", evaluation.at_best_quality);
  plain("oracle: hindsight, lucky guesses included", evaluation.oracle, kNaN);
  return html + "</tbody></table>";
}

std::string frontier_section(const Report& report, const Ranking& ranking) {
  const Evaluation& evaluation = report.evaluation;
  std::string body;
  if (evaluation.unpriced.empty()) {
    body = "<figure>" + frontier_svg(evaluation, ranking) +
           "</figure><ul class=key><li><i class=routed></i>routing</li><li><i class=expert></i>"
           "single experts</li><li><i></i>their best random mix</li></ul>\n";
  } else {
    body = "<p class=note>No cost axis: some experts have neither price nor recorded cost.</p>\n";
  }
  body += "<h3>Routing</h3>" + scroll(routing_table(evaluation)) + "<h3>Experts</h3>" +
          scroll(experts_table(evaluation, ranking)) +
          "<p class=note>Small figures are 95% intervals by bootstrap over questions, those of "
          "differences are paired. The best single expert is chosen with hindsight on these "
          "questions; routing never sees a score." +
          escape_html(not_counted_text(evaluation)) + "</p>";
  return section("Quality and cost",
                 "What every expert gets alone, and what routing makes of them. Point at a mark to "
                 "see its goal and who answers.",
                 body);
}

std::string heat_table(const DomainTable& table, const Evaluation& evaluation,
                       const Ranking& ranking) {
  double low = 1.0;
  double high = 0.0;
  for (const DomainFigures& domain : table.domains) {
    for (const double accuracy : domain.accuracy) {
      if (std::isnan(accuracy)) continue;
      low = std::min(low, accuracy);
      high = std::max(high, accuracy);
    }
  }
  const auto heat = [&](double accuracy) {
    return high > low ? std::clamp(100.0 * (accuracy - low) / (high - low), 0.0, 100.0) : 50.0;
  };
  std::string html =
      fmt::format("<table><thead><tr><th>{}</th><th>n</th>", escape_html(table.title));
  for (const std::size_t i : ranking.order) {
    html += fmt::format("<th title='{}'>{}</th>", escape_html(evaluation.experts[i].name),
                        ranking.letters[i]);
  }
  html += "<th class=sep>routed</th><th>oracle</th></tr></thead><tbody>\n";
  for (const DomainFigures& domain : table.domains) {
    html +=
        fmt::format("<tr><td title='{0}'>{0}</td><td>{1}</td>", escape_html(domain.name), domain.n);
    for (const std::size_t i : ranking.order) {
      const double accuracy = domain.accuracy[i];
      if (std::isnan(accuracy)) {
        html += "<td>-</td>";
        continue;
      }
      const bool best = domain.specialist.value >= 0 && domain.specialist.index() == i;
      html += fmt::format("<td{} style='--v:{:.0f}' data-tip='{}'>{:.0f}</td>",
                          best ? " class=best" : "", heat(accuracy),
                          escape_html(fmt::format("{}\n{}: {}% of {}", evaluation.experts[i].name,
                                                  domain.name, percent_text(accuracy), domain.n)),
                          100.0 * accuracy);
    }
    html += fmt::format(
        "<td class=sep style='--v:{:.0f}' data-tip='{}'>{:.0f}</td><td>{:.0f}</td>"
        "</tr>\n",
        heat(domain.routed.mean),
        escape_html("Routed\n" + domain.name + ": " + percent_text(domain.routed)),
        100.0 * domain.routed.mean, 100.0 * domain.oracle.mean);
  }
  return "<div class=heat>" + scroll(html + "</tbody></table>") + "</div>";
}

std::string domains_section(const Report& report, const Ranking& ranking) {
  const DomainTable* shown = main_table(report);
  if (shown == nullptr) return "";
  std::string body = heat_table(*shown, report.evaluation, ranking);
  for (const DomainTable& table : report.domains) {
    if (&table == shown) continue;
    body += fmt::format("<details><summary>By {} ({})</summary>{}</details>\n",
                        escape_html(table.title), table.domains.size(),
                        heat_table(table, report.evaluation, ranking));
  }
  body +=
      "<p class=note>Accuracy in percent, one column an expert (letters as above, best first); the "
      "framed cell is the specialist, the most accurate there. The oracle counts lucky "
      "guesses.</p>";
  return section("Strengths, domain by domain",
                 "Who knows what. A row without a strong cell is a field this pool lacks.", body);
}

std::string help_html(const DomainFigures& domain, const Report& report) {
  if (domain.routing_misses) {
    return fmt::format(
        "<span class='tag tune'>interview more</span> {} alone has <small>{:+.1f}</small>",
        escape_html(report.evaluation.experts[domain.specialist.index()].name),
        100.0 * (domain.specialist_accuracy.mean - domain.routed.mean));
  }
  if (domain.outsider_helps) {
    return fmt::format("<span class='tag add'>add</span> {} <small>{}</small>",
                       escape_html(report.outsiders[*domain.outsider]),
                       difference_text(domain.outsider_gain));
  }
  return "<span class='tag tune'>fine-tune</span> an expert of your own";
}

std::string gaps_section(const Report& report) {
  const DomainTable* table = main_table(report);
  if (table == nullptr) return "";
  const auto gaps = evaluate::worst_gaps(*table);
  if (gaps.empty()) return "";
  std::string html = fmt::format(
      "<table><thead><tr><th>{}</th><th>traffic %</th><th>routed %</th><th>specialist %</th>"
      "<th>headroom %</th><th>lost of 100</th><th class=left>what would help</th></tr></thead>"
      "<tbody>\n",
      escape_html(table->title));
  for (std::size_t i = 0; i < std::min(kGapsOnPage, gaps.size()); ++i) {
    const DomainFigures& domain = table->domains[gaps[i]];
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.1f}</td>"
        "<td class=left>{}</td></tr>\n",
        escape_html(domain.name), percent_text(domain.traffic), percent_html(domain.routed),
        percent_text(domain.specialist_accuracy.mean), percent_text(domain.headroom),
        100.0 * domain.traffic * domain.headroom, help_html(domain, report));
  }
  return section(
      "Gaps: where no expert is good enough",
      "Fields with the headroom of all questions together, or more: what the better of routing and "
      "the specialist gets wrong. Ranked by how many of 100 queries are lost there: traffic times "
      "headroom.",
      scroll(html + "</tbody></table>"));
}

std::string sizes_svg(const Selection& selection) {
  ChartSeries oracle{"oracle", true, false, {}};
  ChartSeries line{"routed", true, false, {}};
  ChartSeries chosen{"routed", false, true, {}};
  ChartSeries beyond{"beyond", false, true, {}};
  for (std::size_t i = 0; i < selection.figures.sizes.size(); ++i) {
    const auto& size = selection.figures.sizes[i];
    const auto x = static_cast<double>(i + 1);
    const std::string tip = fmt::format("{} with {}\n{}% as routed, {}% with hindsight", i + 1,
                                        selection.experts[size.added.index()],
                                        percent_text(size.predictable), percent_text(size.oracle));
    oracle.points.push_back({x, 100.0 * size.oracle, "", ""});
    line.points.push_back({x, 100.0 * size.predictable, "", ""});
    (i < selection.figures.members.size() ? chosen : beyond)
        .points.push_back({x, 100.0 * size.predictable, "", tip});
  }
  return to_svg({.title = "Value of the universe against its size",
                 .x_title = "experts",
                 .y_title = "utility, %",
                 .x_logarithmic = false,
                 .from_zero_to_hundred = false,
                 .series = {oracle, line, beyond, chosen}});
}

std::string selection_section(const Report& report) {
  if (!report.selection) return "";
  const Selection& selection = *report.selection;
  std::string html =
      "<table><thead><tr><th>expert</th><th>adds</th><th>left out, it costs</th>"
      "<th>answers %</th><th class=left>most like</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < selection.figures.members.size(); ++i) {
    const auto& member = selection.figures.members[i];
    const std::string like =
        member.most_like.value < 0
            ? std::string("-")
            : fmt::format("{} <small>{}% the same</small>",
                          escape_html(selection.experts[member.most_like.index()]),
                          percent_text(member.overlap));
    html += fmt::format(
        "<tr><td><span class=letter>{}</span> {}</td>{}{}<td>{}</td>"
        "<td class=left>{}</td></tr>\n",
        i + 1, escape_html(selection.experts[member.expert.index()]), difference_cell(member.gain),
        difference_cell(member.left_out), percent_text(member.share), like);
  }
  html += "</tbody></table>";
  std::string body = "<figure>" + sizes_svg(selection) +
                     "</figure><ul class=key><li><i class=routed></i>as routed; filled: "
                     "chosen</li><li><i></i>with hindsight</li></ul>\n" +
                     scroll(html);
  body += fmt::format(
      "<p class=note>Chosen one by one from all {} measured experts, by the {} objective. With "
      "hindsight this set is worth {}%, "
      "and no set of {} more than {}%. Right answers that two experts share are counted over those "
      "that either gives. They are chosen on these very questions, which favours them and their "
      "gains. {}</p>",
      selection.experts.size(), universe::to_string(selection.options.objective),
      percent_text(selection.figures.oracle.mean), selection.options.size_max,
      percent_text(selection.universe.utility_bound), blanks_text(selection));
  return section("Which experts earn their place",
                 "Value against the number of experts: hindsight always wants more, routing knows "
                 "when to stop.",
                 body);
}

std::string reliability_svg(const Evaluation& evaluation) {
  const ChartSeries ideal{"ideal", true, false, {{0.0, 0.0, "", ""}, {100.0, 100.0, "", ""}}};
  ChartSeries bins{"routed", true, true, {}};
  for (const auto& bin : evaluation.reliability) {
    bins.points.push_back(
        {100.0 * bin.quality, 100.0 * bin.score, "",
         fmt::format("Predicted {}%, happened {}%\n{} answers", percent_text(bin.quality),
                     percent_text(bin.score), count_text(bin.n))});
  }
  return to_svg({.title = "Reliability: what was predicted and what happened",
                 .x_title = "predicted, %",
                 .y_title = "happened, %",
                 .x_logarithmic = false,
                 .from_zero_to_hundred = true,
                 .series = {ideal, bins}});
}

std::string deferral_svg(const evaluate::Deferral& deferral) {
  ChartSeries curve{"routed", true, false, {}};
  for (std::size_t i = 0; i < kCurvePoints; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(kCurvePoints - 1);
    curve.points.push_back(
        {100.0 * share, 100.0 * evaluate::accuracy_at(deferral.curve, share), "", ""});
  }
  const double strong = 100.0 * deferral.strong_accuracy.mean;
  const ChartSeries level{"ideal", true, false, {{0.0, strong, "", ""}, {100.0, strong, "", ""}}};
  return to_svg({.title = "Accuracy against the share the others answer",
                 .x_title = "answered by the others, %",
                 .y_title = "accuracy, %",
                 .x_logarithmic = false,
                 .from_zero_to_hundred = false,
                 .series = {level, curve}});
}

std::string methods_table(const Evaluation& evaluation) {
  const bool costs = !evaluation.methods.zero_router.empty();
  std::string html = fmt::format(
      "<table><thead><tr><th>predictor</th><th>accuracy %</th><th>over best single</th>"
      "<th>kept one leads by</th>{}<th>log loss</th><th>ECE</th><th>AUC</th></tr></thead><tbody>\n",
      costs ? "<th>AIQ</th><th>over zero router</th>" : "");
  for (const auto& method : evaluation.methods.methods) {
    const bool kept = &method == &evaluation.methods.methods.front();
    html += fmt::format("<tr{}><td>{}</td><td>{}</td>{}{}", kept ? " class=own" : "",
                        escape_html(method.name), percent_html(method.accuracy),
                        difference_cell(method.gain),
                        kept ? "<td></td>" : difference_cell(method.lead));
    if (costs) {
      html +=
          fmt::format("<td>{:.4f}</td>{}", method.aiq.mean, difference_cell(method.aiq_over_zero));
    }
    html += fmt::format(
        "<td>{}</td><td>{}</td><td>{}</td></tr>\n", figure_text(method.prediction.log_loss),
        figure_text(method.prediction.calibration_error), figure_text(method.prediction.auc));
  }
  return html + "</tbody></table>";
}

std::string deferral_html(const Evaluation& evaluation) {
  if (!evaluation.deferral || evaluation.deferral->methods.empty()) return "";
  const evaluate::Deferral& deferral = *evaluation.deferral;
  const auto& kept = deferral.methods.front();
  const std::string strong = escape_html(name_of(evaluation, deferral.strong));
  return fmt::format(
      "<figure><h3>Whom is {} needed for?</h3>{}<figcaption>Dashed: it alone. The others can "
      "answer "
      "{}% at its accuracy and {}% a point below it, read off the graded answers. APGR {}, CPT50 "
      "{}, CPT80 {}.</figcaption></figure>",
      strong, deferral_svg(deferral), percent_text(kept.share_at_parity),
      percent_text(kept.share_at_minus_point), figure_text(kept.apgr.mean),
      figure_text(kept.cpt50.mean), figure_text(kept.cpt80.mean));
}

std::string predictor_section(const Report& report) {
  const Evaluation& evaluation = report.evaluation;
  std::string body = scroll(methods_table(evaluation));
  if (const std::string better = better_methods_text(evaluation); !better.empty()) {
    body += fmt::format("<p class=note><b>{}</b></p>\n", escape_html(better));
  }
  body += "<div class=two>" + deferral_html(evaluation) +
          fmt::format(
              "<figure><h3>Can its numbers be believed?</h3>{}<figcaption>Calibration error "
              "{} over 15 bins; dashed: as promised.</figcaption></figure></div>\n",
              reliability_svg(evaluation), figure_text(evaluation.prediction.calibration_error));
  body +=
      "<p class=note>AIQ: mean accuracy of the best mixes over the range of cost; the zero router "
      "mixes single experts at random (RouterBench). APGR, CPT: gap recovered on average, and "
      "share "
      "of strong calls for 50% and 80% of it (RouteLLM). The true subject is a label no live query "
      "has.</p>";
  return section("Does the predictor earn its place?",
                 "Other ways to predict, on the same folds and through the same decision.", body);
}

std::string selfplay_section(const Report& report) {
  const std::string body = selfplay_html(report.selfplay);
  if (body.empty()) return "";
  return section("Self-play, round by round",
                 "New questions, asked where an answer would change decisions. Each round's model "
                 "sits an exam it did not learn from beside the one before; only a surely better "
                 "one is promoted.",
                 body);
}

}  // namespace

std::string report_html(const Report& report) {
  const Ranking ranking = rank(report.evaluation);
  const Evaluation& evaluation = report.evaluation;
  const std::string head = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta name=viewport content='width=device-width,initial-scale=1'>\n"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n<link rel=icon "
      "href='data:,'>\n"
      "<title>{0} - report</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<header>"
      "<h1>{0}</h1><p>{2} questions, {3} experts, routing evaluated on {4} questions the predictor "
      "had not seen ({5}).</p></header>\n",
      escape_html(report.title), kPageStyle, count_text(evaluation.n_questions),
      evaluation.experts.size(), count_text(evaluation.n_evaluated), escape_html(report.how));
  return head + cards_html(report) + frontier_section(report, ranking) +
         domains_section(report, ranking) + gaps_section(report) + selection_section(report) +
         predictor_section(report) + selfplay_section(report) +
         fmt::format(
             "<footer>Made by ooe.</footer>\n</main>\n<div id=tip role=status></div>"
             "\n<script>{}</script>\n</body>\n</html>\n",
             kPageScript);
}

}  // namespace ooe::report

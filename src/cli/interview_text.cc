#include "cli/interview_text.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/interview_progress.h"
#include "report/table.h"

namespace ooe::cli {
namespace {

// Calls whose cost nobody knows, by reason: what the reservations say they may have cost.
std::string unsettled_text(std::span<const store::OpenCall> calls) {
  std::map<std::string, std::pair<int, Usd>> reasons;
  for (const store::OpenCall& call : calls) {
    auto& [count, reserved] = reasons[call.ended];
    ++count;
    reserved += call.reserved;
  }
  std::string text;
  for (const auto& [reason, sum] : reasons) {
    text += fmt::format("{}{} {} ({} USD)", text.empty() ? "" : ", ", sum.first, reason,
                        to_string(sum.second));
  }
  return text;
}

std::string placed_text(std::span<const interview::PlacedExpert> placed,
                        const report::Terminal& terminal) {
  report::Table table;
  table.columns = {{"expert", report::Align::left},        {"mean score", report::Align::right},
                   {"95% interval", report::Align::right}, {"answers", report::Align::right},
                   {"of", report::Align::right},           {"placed among", report::Align::right},
                   {"precision", report::Align::left}};
  for (const interview::PlacedExpert& one : placed) {
    table.rows.push_back({one.expert, fmt::format("{:.3f}", one.quality),
                          fmt::format("+-{:.3f}", one.half_width), std::to_string(one.answered),
                          std::to_string(one.questions), std::to_string(one.others),
                          one.reached ? "reached" : "not reached"});
  }
  return report::to_text(table, terminal);
}

std::string score_text(double sum, std::size_t count) {
  return count == 0 ? std::string("-") : fmt::format("{:.3f}", sum / static_cast<double>(count));
}

// Of the answers that were graded in this run: where a program or a judge grades, those of earlier
// runs too that had no grade.
std::string score_now_text(const interview::InterviewSummary& summary, std::size_t expert) {
  const auto of = [&](std::span<const interview::GradedNow> experts) {
    if (expert >= experts.size()) return std::string("-");  // stopped before its turn came
    return score_text(experts[expert].score_sum, static_cast<std::size_t>(experts[expert].graded));
  };
  if (summary.programs) return of(summary.programs->experts);
  if (summary.judged) return of(summary.judged->experts);
  const interview::ExpertProgress& asked = summary.asked.experts[expert];
  return score_text(asked.score_sum, static_cast<std::size_t>(asked.done));
}

std::string asked_table(const InterviewResult& result, const report::Terminal& terminal) {
  report::Table table;
  table.columns = {{"expert", report::Align::left},     {"asked now", report::Align::right},
                   {"score now", report::Align::right}, {"in all", report::Align::right},
                   {"score", report::Align::right},     {"failed", report::Align::right},
                   {"unread", report::Align::right},    {"USD", report::Align::right}};
  std::string troubles;
  for (std::size_t i = 0; i < result.summary.asked.experts.size(); ++i) {
    const interview::ExpertProgress& expert = result.summary.asked.experts[i];
    const KnownScores& known = result.known[i];
    table.rows.push_back({expert.expert, std::to_string(expert.done),
                          score_now_text(result.summary, i), std::to_string(known.questions),
                          score_text(known.score_sum, known.questions),
                          std::to_string(expert.failed), std::to_string(expert.unread),
                          fmt::format("{:.4f}", to_double(expert.spent))});
    if (!expert.given_up && expert.trouble.empty()) continue;
    troubles += report::wrap(
        fmt::format("{}: {}{}", expert.expert, expert.given_up ? "given up: " : "", expert.trouble),
        "", terminal);
  }
  return report::to_text(table, terminal) + troubles;
}

// Something is missing that the same command asks for again.
bool lacks_answers(const interview::InterviewSummary& summary) {
  if (summary.judged && summary.judged->failed > 0) return true;
  if (summary.programs && summary.programs->ungraded > 0) return true;
  if (!summary.placed.empty()) {
    return !std::ranges::all_of(summary.placed, &interview::PlacedExpert::reached);
  }
  return std::ranges::any_of(summary.asked.experts, [](const interview::ExpertProgress& expert) {
    return expert.on_record + expert.done < expert.total;
  });
}

bool out_of_budget(const interview::InterviewSummary& summary) {
  return summary.asked.out_of_budget || (summary.judged && summary.judged->out_of_budget);
}

bool was_stopped(const interview::InterviewSummary& summary) {
  return summary.asked.stopped || (summary.judged && summary.judged->stopped) ||
         (summary.programs && summary.programs->ungraded > 0);
}

// By the experts and by their judge.
Usd spent_of(const interview::InterviewSummary& summary) {
  Usd spent = summary.asked.spent;
  if (summary.judged) spent += summary.judged->spent;
  return spent;
}

// What happened beside the asking, and how it goes on.
std::string notes_text(const InterviewResult& result) {
  const interview::InterviewSummary& summary = result.summary;
  std::string text;
  if (!result.killed.calls.empty()) {
    text += fmt::format(
        "{} calls were in flight when an earlier run was killed: they may have cost up to {} USD, "
        "which counts as spent, and were asked again\n",
        result.killed.calls.size(), to_string(result.killed.reserved));
  }
  if (!result.unsettled.empty()) {
    text +=
        fmt::format("on record in all, calls whose cost is not known, counted at their most: {}\n",
                    unsettled_text(result.unsettled));
  }
  if (summary.regraded.graded > 0) {
    text +=
        fmt::format("{} answers on record were graded anew, for free\n", summary.regraded.graded);
  }
  if (summary.regraded.not_kept > 0) {
    text += fmt::format(
        "{} answers cannot be graded anew: they were stored without their text (--no-answers)\n",
        summary.regraded.not_kept);
  }
  if (summary.shared > 0) {
    text += fmt::format(
        "{} answers count for questions of the same text under another id as well; nobody was "
        "asked again\n",
        summary.shared);
  }
  if (summary.without_outcome > 0) {
    text += fmt::format(
        "{} answers are no outcomes of these questions: the same text was asked under another id "
        "and with another right answer, and what was answered was not stored (--no-answers); "
        "interview into another database\n",
        summary.without_outcome);
  }
  if (summary.programs) {
    text +=
        fmt::format("{} programs were run: {} right, {} out of time\n", summary.programs->graded,
                    summary.programs->right, summary.programs->timed_out);
    if (summary.programs->ungraded > 0) {
      text += fmt::format("{} programs are on record and were not run yet\n",
                          summary.programs->ungraded);
    }
  }
  if (summary.judged) {
    const interview::JudgeSummary& judged = *summary.judged;
    text += fmt::format(
        "{} answers were judged for {} USD; the verdicts of the two orders differ for {} "
        "({:.1f}%); "
        "{} verdicts could not be read, {} are missing\n",
        judged.judged, to_string(judged.spent), judged.disagreed,
        judged.judged == 0
            ? 0.0
            : 100.0 * static_cast<double>(judged.disagreed) / static_cast<double>(judged.judged),
        judged.unread, judged.failed);
  }
  if (summary.judged && summary.judged->unread > 0) {
    text += fmt::format(
        "{} answers have no grade, since a verdict on them cannot be read; verdicts are on record "
        "and not asked for again: another --judge or --judge-mode judges these answers anew\n",
        summary.judged->unread);
  }
  text += left_out_text(summary.ungradable, summary.ungradable_why, summary.contradicting);
  if (out_of_budget(summary)) {
    text +=
        "stopped at the budget: the next call might have overrun it; the same command with a "
        "higher --budget-usd goes on\n";
  } else if (was_stopped(summary)) {
    text += "stopped; the same command goes on from here\n";
  } else if (lacks_answers(result.summary)) {
    text += "some answers are missing; the same command asks for them again\n";
  }
  return text;
}

}  // namespace

std::vector<KnownScores> known_scores(std::span<const interview::ExpertProgress> asked,
                                      std::span<const Question> questions,
                                      std::span<const Outcome> outcomes) {
  std::unordered_set<std::string_view> ids;
  for (const Question& question : questions) ids.insert(question.id);
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < asked.size(); ++i) place.emplace(asked[i].expert, i);
  // Asked in several styles, or graded by several graders, a question still counts once.
  struct Mean {
    double sum = 0.0;
    double n = 0.0;
  };
  std::vector<std::unordered_map<std::string_view, Mean>> scores(asked.size());
  for (const Outcome& outcome : outcomes) {
    const auto expert = place.find(outcome.expert);
    if (expert == place.end() || !ids.contains(outcome.question_id)) continue;
    Mean& mean = scores[expert->second][outcome.question_id];
    mean.sum += double{outcome.score};
    mean.n += 1.0;
  }
  std::vector<KnownScores> known(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (const auto& [_, mean] : scores[i]) {
      ++known[i].questions;
      known[i].score_sum += mean.sum / mean.n;
    }
  }
  return known;
}

std::string left_out_text(std::int64_t ungradable, std::string_view ungradable_why,
                          std::int64_t contradicting) {
  std::string text;
  if (ungradable > 0) {
    text += fmt::format("{} questions were left out, the first because of this: {}\n", ungradable,
                        ungradable_why);
  }
  if (contradicting > 0) {
    text += fmt::format(
        "{} questions were left out: each has the text of one before it and another answer; mend "
        "the answer key\n",
        contradicting);
  }
  return text;
}

bool is_complete(const interview::InterviewSummary& summary) {
  return !lacks_answers(summary) && summary.without_outcome == 0 &&
         (!summary.judged || summary.judged->unread == 0);
}

std::string interview_text(const InterviewResult& result, const report::Terminal& terminal) {
  const interview::InterviewSummary& summary = result.summary;
  return asked_table(result, terminal) +
         fmt::format("spent {} USD\n", to_string(spent_of(summary))) +
         (summary.placed.empty() ? std::string() : placed_text(summary.placed, terminal)) +
         notes_text(result);
}

std::string interview_json(const InterviewResult& result) {
  const interview::InterviewSummary& summary = result.summary;
  nlohmann::ordered_json json{{"event", "summary"},
                              {"complete", is_complete(summary)},
                              {"spent_usd", to_string(spent_of(summary))},
                              {"stopped", was_stopped(summary)},
                              {"out_of_budget", out_of_budget(summary)},
                              {"ungradable", summary.ungradable},
                              {"contradicting", summary.contradicting},
                              {"regraded", summary.regraded.graded},
                              {"not_kept", summary.regraded.not_kept},
                              {"shared", summary.shared},
                              {"without_outcome", summary.without_outcome},
                              {"killed_calls", result.killed.calls.size()},
                              {"killed_usd", to_string(result.killed.reserved)}};
  if (summary.programs) {
    json["programs"] = {{"graded", summary.programs->graded},
                        {"right", summary.programs->right},
                        {"timed_out", summary.programs->timed_out},
                        {"ungraded", summary.programs->ungraded}};
  }
  if (summary.judged) {
    json["judged"] = {{"judged", summary.judged->judged},
                      {"disagreed", summary.judged->disagreed},
                      {"unread", summary.judged->unread},
                      {"failed", summary.judged->failed},
                      {"spent_usd", to_string(summary.judged->spent)}};
  }
  json["experts"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < summary.asked.experts.size(); ++i) {
    json["experts"].push_back(progress_json(summary.asked.experts[i]));
    const KnownScores& known = result.known[i];
    json["experts"].back()["known"] = known.questions;
    json["experts"].back()["known_score"] =
        known.questions == 0
            ? nlohmann::ordered_json()
            : nlohmann::ordered_json(known.score_sum / static_cast<double>(known.questions));
  }
  for (const interview::PlacedExpert& one : summary.placed) {
    json["placed"].push_back({{"expert", one.expert},
                              {"quality", one.quality},
                              {"half_width", one.half_width},
                              {"answered", one.answered},
                              {"questions", one.questions},
                              {"others", one.others},
                              {"reached", one.reached}});
  }
  json["unsettled"] = nlohmann::ordered_json::array();
  for (const store::OpenCall& call : result.unsettled) {
    json["unsettled"].push_back({{"expert", call.key.expert},
                                 {"question", call.question_id},
                                 {"reason", call.ended},
                                 {"at_most_usd", to_string(call.reserved)}});
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace ooe::cli

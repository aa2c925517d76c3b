#include "cli/selfplay_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/note.h"
#include "report/table.h"
#include "selfplay/journal_file.h"

namespace ooe::cli {
namespace {

std::string points(double gain) { return fmt::format("{:+.1f}", 100.0 * gain); }

}  // namespace

void SelfplayProgress::phase(std::string_view phase, const selfplay::Round& round) {
  if (phase != "done") {
    what_ = fmt::format("round {}: {}", round.number, phase);
    if (phase != "asking" && phase != "exam" && phase != "writing") line_.show(what_, 0, 1);
    return;
  }
  line_.clear();
  if (json_) {
    say("{}\n", selfplay::round_json(round));
  } else {
    if (!round.writing_note.empty()) {
      say("round {}: {}\n", round.number, round.writing_note);
    } else if (!round.wishes.empty()) {
      say("round {}: of {} written questions that are new, others settled {}; {} could not "
          "be read\n",
          round.number, round.settled + round.unsettled, round.settled, round.malformed);
    }
    // A reason that is about who failed has said so.
    const std::string failures = selfplay::failures_text(round.failures);
    if (!failures.empty() && !round.reason.ends_with(failures)) {
      say("round {}: no answer from {}\n", round.number, failures);
    }
    say("round {}: {} answers for learning, {} for the exam, {} USD; {}{}\n", round.number,
        round.asked, round.exam_asked, to_string(round.spent),
        round.promoted ? "promoted, " : "useless, ", round.reason);
  }
  std::fflush(stdout);
}

void SelfplayProgress::begin_calls(std::size_t calls) {
  calls_ = calls;
  done_.clear();
}

void SelfplayProgress::called(const interview::ExpertProgress& expert) {
  done_[expert.expert] = {expert.done + expert.failed, expert.spent};
  std::int64_t done = 0;
  Usd spent;
  for (const auto& [name, one] : done_) {
    done += one.first;
    spent += one.second;
  }
  line_.show(what_, std::min(static_cast<std::size_t>(done), calls_), calls_,
             fmt::format("{:.4f} of {:.4f} USD", to_double(spent), to_double(budget_)));
}

std::string summary_text(const selfplay::Journal& journal, selfplay::Ending ending,
                         std::string_view journal_path, std::string_view model_path,
                         const report::Terminal& terminal) {
  report::Table table;
  table.columns = {{"round", report::Align::right},        {"asked", report::Align::right},
                   {"exam", report::Align::right},         {"USD", report::Align::right},
                   {"contaminated", report::Align::right}, {"exam score", report::Align::right},
                   {"gain, points", report::Align::right}, {"own", report::Align::right},
                   {"model", report::Align::left}};
  const bool written = std::ranges::any_of(
      journal.rounds, [](const selfplay::Round& round) { return !round.wishes.empty(); });
  if (written) {
    table.columns.insert(table.columns.begin() + 4, {"written", report::Align::right});
  }
  bool promoted = false;
  for (const selfplay::Round& round : journal.rounds) {
    const bool compared = round.exam.compared > 0;
    promoted = promoted || round.promoted;
    table.rows.push_back(
        {std::to_string(round.number), std::to_string(round.asked),
         std::to_string(round.exam_asked), fmt::format("{:.4f}", to_double(round.spent)),
         std::to_string(
             round.screened[static_cast<std::size_t>(selfplay::Screening::contaminated)]),
         compared ? fmt::format("{:.3f}", round.exam.quality) : "-",
         compared ? fmt::format("{} [{}, {}]", points(round.exam.gain.mean),
                                points(round.exam.gain.low), points(round.exam.gain.high))
                  : "-",
         fmt::format("{:.0f}%", 100.0 * round.ownership),
         !round.finished  ? "not finished"
         : round.promoted ? "promoted"
                          : "useless"});
    if (written) {
      auto& row = table.rows.back();
      row.insert(row.begin() + 4, std::to_string(round.settled));
    }
  }
  return fmt::format("\n{}spent {} USD in all; {}\n{}: every round{}\n",
                     report::to_text(table, terminal), to_string(journal.spent()),
                     to_string(ending), journal_path,
                     promoted ? fmt::format("; {}: the promoted model", model_path) : "");
}

std::string summary_json(const selfplay::Journal& journal, selfplay::Ending ending) {
  const auto promoted = std::ranges::count(journal.rounds, true, &selfplay::Round::promoted);
  return nlohmann::ordered_json{{"event", "summary"},
                                {"rounds", journal.rounds.size()},
                                {"promoted", promoted},
                                {"spent_usd", to_string(journal.spent())},
                                {"ending", to_string(ending)}}
      .dump();
}

}  // namespace ooe::cli

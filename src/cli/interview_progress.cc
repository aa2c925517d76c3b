#include "cli/interview_progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/note.h"
#include "cli/output.h"
#include "report/progress.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::milliseconds kJsonEvery{1'000};
constexpr std::chrono::seconds kLogEvery{10};
constexpr std::size_t kBarsMax = 30;  // more experts than lines would scroll away

report::Progress as_progress(const interview::ExpertProgress& expert,
                             std::chrono::steady_clock::duration elapsed) {
  const double seconds = std::max(0.001, std::chrono::duration<double>(elapsed).count());
  std::string note = fmt::format("{:.1f}/s  {:.4f} USD", static_cast<double>(expert.done) / seconds,
                                 to_double(expert.spent));
  if (expert.errors > 0) note += fmt::format("  {} errors", expert.errors);
  if (expert.given_up) note += "  given up";
  if (!expert.trouble.empty()) note += "  " + expert.trouble;
  return {.what = expert.expert,
          .done = static_cast<std::size_t>(expert.on_record + expert.done + expert.failed),
          .total = static_cast<std::size_t>(expert.total),
          .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed),
          .note = std::move(note)};
}

}  // namespace

nlohmann::ordered_json progress_json(const interview::ExpertProgress& progress) {
  return {{"expert", progress.expert},
          {"total", progress.total},
          {"on_record", progress.on_record},
          {"done", progress.done},
          {"failed", progress.failed},
          {"errors", progress.errors},
          {"unread", progress.unread},
          {"estimated", progress.estimated},
          {"score_sum", progress.score_sum},
          {"spent_usd", to_string(progress.spent)},
          {"unsettled_usd", to_string(progress.unsettled)},
          {"in_flight", progress.in_flight},
          {"concurrency", progress.concurrency},
          {"given_up", progress.given_up},
          {"trouble", progress.trouble}};
}

InterviewProgress::InterviewProgress(bool json)
    : json_(json),
      is_terminal_(::isatty(STDERR_FILENO) != 0),
      terminal_(stderr_terminal()),
      started_(Clock::now()),
      shown_(started_) {}

InterviewProgress::~InterviewProgress() { clear(); }

void InterviewProgress::update(const interview::ExpertProgress& progress) {
  const auto known =
      std::ranges::find(experts_, progress.expert, &interview::ExpertProgress::expert);
  if (known == experts_.end()) {
    experts_.push_back(progress);
  } else {
    *known = progress;
  }
  const auto now = Clock::now();
  const Clock::duration pause = json_          ? Clock::duration(kJsonEvery)
                                : is_terminal_ ? Clock::duration(kRedraw)
                                               : Clock::duration(kLogEvery);
  if (now - shown_ < pause) return;
  shown_ = now;
  if (json_) {
    for (const interview::ExpertProgress& expert : experts_) {
      nlohmann::ordered_json line{{"event", "progress"}};
      line.update(progress_json(expert));
      say("{}\n", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }
    std::fflush(stdout);
  } else if (is_terminal_) {
    draw(now - started_);
  } else {
    log(now - started_);
  }
}

void InterviewProgress::draw(Clock::duration elapsed) {
  std::string text;
  if (drawn_ > 0) text += fmt::format("\x1b[{}A", drawn_);
  drawn_ = std::min(experts_.size(), kBarsMax);
  for (std::size_t i = 0; i < drawn_; ++i) {
    text += "\r\x1b[K" + report::progress_line(as_progress(experts_[i], elapsed), terminal_) + "\n";
  }
  note("{}", text);
}

void InterviewProgress::log(Clock::duration elapsed) const {
  for (const interview::ExpertProgress& expert : experts_) {
    note("{}\n", report::progress_log(as_progress(expert, elapsed)));
  }
}

void InterviewProgress::clear() {
  if (drawn_ > 0) note("\x1b[{}A\x1b[J", drawn_);
  drawn_ = 0;
}

}  // namespace ooe::cli

// The interview as it goes: one bar for each expert on a terminal, a plain line now and then
// otherwise, or JSON lines for machines.
#pragma once

#include <chrono>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "interview/ask.h"
#include "report/terminal.h"

namespace ooe::cli {

[[nodiscard]] nlohmann::ordered_json progress_json(const interview::ExpertProgress& progress);

class InterviewProgress {
 public:
  explicit InterviewProgress(bool json);
  ~InterviewProgress();  // clears the bars
  InterviewProgress(const InterviewProgress&) = delete;
  InterviewProgress& operator=(const InterviewProgress&) = delete;

  void update(const interview::ExpertProgress& progress);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void draw(Clock::duration elapsed);
  void log(Clock::duration elapsed) const;

  bool json_;
  bool is_terminal_;
  report::Terminal terminal_;
  Clock::time_point started_;
  Clock::time_point shown_;
  std::size_t drawn_ = 0;  // lines on the screen
  std::vector<interview::ExpertProgress> experts_;
};

}  // namespace ooe::cli

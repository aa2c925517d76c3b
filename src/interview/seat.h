// One expert at the table of an interview: what it has still to answer and what is in flight.
// In: an expert, the number of tasks. Out: state for ask.cc alone. Threads: the loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/expert.h"
#include "experts/adaptive_limit.h"
#include "experts/chat_client.h"
#include "http/client.h"
#include "http/loop.h"
#include "interview/ask.h"

namespace ooe::interview {

enum class TaskState : std::uint8_t { todo, elsewhere, answered };

// A task that an expert has still to answer.
struct Pending {
  std::uint32_t task = 0;
  int attempts = 0;  // calls so far
};

struct Seat;

struct Flight {
  Flight(http::Loop& loop, Seat& at, std::uint64_t number) : seat(at), id(number), timer(loop) {}

  Seat& seat;
  std::uint64_t id;  // of the run: never used again
  Pending pending;
  std::unique_ptr<http::Call> call;
  http::Timer timer;  // of the total deadline
  experts::ChatHead head;
  std::optional<http::Fault> fault;
  std::string body;
  Usd reserved;
  TimePoint started;
  WallTime asked;
};

// One expert at the table.
struct Seat {
  Seat(const Expert& whom, const experts::AdaptiveLimitOptions& options)
      : expert(whom), limit(options) {}

  const Expert& expert;
  ExpertProgress progress;
  experts::AdaptiveLimit limit;
  std::vector<TaskState> states;  // [tasks]
  std::deque<Pending> waiting;
  std::multimap<TimePoint, Pending> delayed;  // by when they may be asked again
  std::vector<Pending> elsewhere;
  std::vector<std::unique_ptr<Flight>> flights;
  TimePoint paused_until;  // by a Retry-After: nobody calls before
  int failures_in_a_row = 0;
  int turned_away_in_a_row = 0;

  [[nodiscard]] bool has_work() const {
    return !progress.given_up && !(waiting.empty() && delayed.empty());
  }
};

}  // namespace ooe::interview

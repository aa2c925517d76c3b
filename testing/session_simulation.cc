// Plays many random sessions and judges them: session_simulation SESSIONS [FIRST_SEED]. Prints how
// they ended; the first broken promise ends it with its seed, which is all that is needed to see it
// again.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "testing/session_simulator.h"

namespace {

constexpr std::uint64_t kSessionsAShare = 10'000;  // what a thread takes at a time

struct Tally {
  std::array<std::uint64_t, ooe::kEndings> endings{};
  std::uint64_t events = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const auto sessions = argc >= 2 ? ooe::parse_number<std::uint64_t>(argv[1]) : std::nullopt;
  const auto first =
      argc >= 3 ? ooe::parse_number<std::uint64_t>(argv[2]) : std::optional<std::uint64_t>(1);
  if (argc > 3 || !sessions || !first) {
    fmt::print(stderr, "usage: session_simulation SESSIONS [FIRST_SEED]\n");
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> taken{0};
  std::mutex mutex;
  Tally total;                           // guarded by mutex
  std::optional<std::string> violation;  // guarded by mutex
  const auto work = [&] {
    Tally mine;
    for (;;) {
      const std::uint64_t begin = taken.fetch_add(kSessionsAShare);
      if (begin >= *sessions) break;
      for (std::uint64_t i = begin; i < std::min(begin + kSessionsAShare, *sessions); ++i) {
        const auto run = ooe::testing::simulate_session(*first + i);
        ++mine.endings[static_cast<std::size_t>(run.receipt.ending)];
        mine.events += run.events;
        if (run.violations.empty()) continue;
        taken = *sessions;
        const std::lock_guard lock(mutex);
        if (!violation) violation = fmt::format("seed {}: {}", *first + i, run.violations.front());
      }
    }
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < ooe::kEndings; ++i) total.endings[i] += mine.endings[i];
    total.events += mine.events;
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back(work);
  }
  for (std::thread& thread : threads) thread.join();
  if (violation) {
    fmt::print("broken promise: {}\n", *violation);
    return 1;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{} sessions from seed {}, {} events, {:.1f} s: every promise kept\n", *sessions,
             *first, total.events, seconds.count());
  for (std::size_t i = 0; i < ooe::kEndings; ++i) {
    fmt::print("  {:20} {}\n", ooe::to_string(static_cast<ooe::Ending>(i)), total.endings[i]);
  }
  return 0;
}

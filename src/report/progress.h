// One line of progress, for a terminal that rewrites it and for logs that do not.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "report/terminal.h"

namespace ooe::report {

struct Progress {
  std::string what;  // "interviewing"
  std::size_t done = 0;
  std::size_t total = 0;
  std::chrono::milliseconds elapsed{0};
  std::string note;  // "0.12 USD"; may be empty
};

// Returns "interviewing ████▌     45%  450/1000  12 s, 15 s left  0.12 USD", no wider than the
// terminal and without a line feed. The bar gives way first, then the note, then the time.
[[nodiscard]] std::string progress_line(const Progress& progress, const Terminal& terminal);

// The same in plain words, for output that is not a terminal: "interviewing: 450 of 1000 (45%), 12
// s".
[[nodiscard]] std::string progress_log(const Progress& progress);

// Returns a duration as people say it: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

}  // namespace ooe::report

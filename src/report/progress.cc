#include "report/progress.h"

#include <algorithm>

#include <fmt/format.h>

namespace ooe::report {
namespace {

constexpr std::size_t kBarMin = 8;
constexpr std::size_t kBarMax = 40;

double fraction_of(const Progress& progress) {
  if (progress.total == 0) return 0.0;
  return std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
}

std::string time_of(const Progress& progress) {
  std::string text = duration_text(progress.elapsed);
  if (progress.done > 0 && progress.done < progress.total) {
    const double left =
        static_cast<double>(progress.elapsed.count()) * (1.0 / fraction_of(progress) - 1.0);
    text +=
        ", " + duration_text(std::chrono::milliseconds(static_cast<std::int64_t>(left))) + " left";
  }
  return text;
}

}  // namespace

std::string progress_line(const Progress& progress, const Terminal& terminal) {
  const double fraction = fraction_of(progress);
  const std::string count =
      fmt::format("{:3.0f}%  {}/{}", 100.0 * fraction, progress.done, progress.total);
  std::string tail;
  for (const std::string& part : {time_of(progress), progress.note}) {
    if (part.empty()) continue;
    const std::size_t needed = display_width(progress.what) + 1 + count.size() +
                               display_width(tail) + 2 + display_width(part);
    if (needed <= terminal.width) tail += "  " + part;
  }
  const std::size_t taken =
      display_width(progress.what) + 1 + count.size() + display_width(tail) + 1;
  const std::size_t room = terminal.width > taken ? terminal.width - taken : 0;
  std::string line = progress.what + " ";
  if (room >= kBarMin) {
    line += paint(bar(fraction, std::min(room, kBarMax)), Style::green, terminal) + " ";
  }
  line += count + tail;
  return display_width(line) > terminal.width ? fit(line, terminal.width) : line;
}

std::string progress_log(const Progress& progress) {
  std::string line = fmt::format("{}: {} of {} ({:.0f}%), {}", progress.what, progress.done,
                                 progress.total, 100.0 * fraction_of(progress), time_of(progress));
  if (!progress.note.empty()) line += ", " + progress.note;
  return line;
}

std::string duration_text(std::chrono::milliseconds duration) {
  const std::int64_t ms = std::max<std::int64_t>(duration.count(), 0);
  const std::int64_t s = ms / 1'000;
  if (s < 10) return fmt::format("{}.{} s", s, ms % 1'000 / 100);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3'600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3'600, s % 3'600 / 60);
}

}  // namespace ooe::report

#include "cli/output.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "report/progress.h"

namespace ooe::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kOutputRedraw{100};
constexpr std::chrono::seconds kOutputLogEvery{10};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<std::size_t> columns_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const std::string text(environment("COLUMNS"));
  const long columns = std::strtol(text.c_str(), nullptr, 10);
  if (columns > 0) return static_cast<std::size_t>(columns);
  return std::nullopt;
}

report::Terminal terminal_at(int descriptor) {
  return report::terminal_of(::isatty(descriptor) != 0, columns_of(descriptor),
                             environment("NO_COLOR"), environment("TERM"));
}

}  // namespace

Result<void> print_result(const JsonOption& option, std::string_view text,
                          const std::function<std::string()>& json) {
  if (!option.asked || !option.file.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  if (!option.asked) return {};
  const std::string bytes = json() + "\n";
  if (!option.file.empty()) return write_file_atomically(option.file, bytes);
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  return {};
}

report::Terminal stdout_terminal() { return terminal_at(STDOUT_FILENO); }
report::Terminal stderr_terminal() { return terminal_at(STDERR_FILENO); }

struct ProgressLine::State {
  bool is_terminal = ::isatty(STDERR_FILENO) != 0;
  report::Terminal terminal = terminal_at(STDERR_FILENO);
  std::string what;
  SteadyClock::time_point started;
  SteadyClock::time_point shown;
  bool visible = false;
};

ProgressLine::ProgressLine() : state_(std::make_unique<State>()) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(std::string_view what, std::size_t done, std::size_t total,
                        std::string_view note) {
  const auto now = SteadyClock::now();
  if (state_->what != what) {
    state_->what = what;
    state_->started = now;
    state_->shown = state_->is_terminal ? SteadyClock::time_point{} : now;
  }
  const SteadyClock::duration pause = state_->is_terminal ? SteadyClock::duration(kOutputRedraw)
                                                          : SteadyClock::duration(kOutputLogEvery);
  if (now - state_->shown < pause && done != total) return;
  if (!state_->is_terminal && now - state_->started < kOutputLogEvery)
    return;  // short work needs no log
  state_->shown = now;
  const report::Progress progress{
      .what = std::string(what),
      .done = done,
      .total = total,
      .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - state_->started),
      .note = std::string(note)};
  if (state_->is_terminal) {
    std::fprintf(stderr, "\r\x1b[K%s", report::progress_line(progress, state_->terminal).c_str());
    state_->visible = true;
  } else {
    std::fprintf(stderr, "%s\n", report::progress_log(progress).c_str());
  }
}

void ProgressLine::clear() {
  if (std::exchange(state_->visible, false)) std::fputs("\r\x1b[K", stderr);
}

}  // namespace ooe::cli

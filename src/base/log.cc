#include "base/log.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

namespace ooe {
namespace {

// spdlog reads more words, which nobody here promises.
constexpr std::array<std::pair<std::string_view, spdlog::level::level_enum>, 5> kLevels{
    {{"debug", spdlog::level::debug},
     {"info", spdlog::level::info},
     {"warning", spdlog::level::warn},
     {"error", spdlog::level::err},
     {"off", spdlog::level::off}}};

Result<spdlog::level::level_enum> level_of(std::string_view word) {
  for (const auto& [known, level] : kLevels) {
    if (word == known) return level;
  }
  return fail(ErrorCode::invalid_argument,
              "log level '{}' is unknown; use debug, info, warning, error or off", word);
}

// A pipe that says it has room takes so many bytes at once without waiting (pipe(7), PIPE_BUF).
constexpr std::size_t kLineBytesMax = 4'096;

std::atomic<std::int64_t> g_lines_lost = 0;

// For lines that nothing else keeps: so long for one, and for all together.
constexpr int kPatienceMs = 20;
constexpr int kPatienceOfAllMs = 2'000;

bool has_room(int descriptor, int patience_ms) {
  pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&ready, 1, patience_ms) > 0 && (ready.revents & POLLOUT) != 0;
}

// Lines on standard error, or none: whoever reads them may have stopped, and requests must not.
class StandardError : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (lost_ > 0 && put(fmt::format("{} lines of the log are lost: nobody read them\n", lost_))) {
      lost_ = 0;
    }
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const std::string_view text(line.data(), line.size());
    if (message.level == spdlog::level::critical ? put_patiently(text) : put_start(text)) return;
    ++lost_;
    ++g_lines_lost;
  }
  void flush_() override {}

  static bool put_start(std::string_view line) {
    if (line.size() <= kLineBytesMax) return put(line);
    return put(std::string(line.substr(0, kLineBytesMax - 1)) + '\n');
  }

  // All of it, in pieces that each wait for room.
  bool put_patiently(std::string_view line) {
    while (!line.empty()) {
      const std::string_view piece = line.substr(0, kLineBytesMax);
      if (!put(piece)) {
        if (waited_ms_ >= kPatienceOfAllMs) return false;
        waited_ms_ += kPatienceMs;
        if (!put(piece, kPatienceMs)) return false;
      }
      line.remove_prefix(piece.size());
    }
    return true;
  }

  static bool put(std::string_view line, int patience_ms = 0) {
    if (!has_room(STDERR_FILENO, patience_ms)) return false;
    // Part of a line only where a file or a terminal takes no more: then the rest is lost.
    ssize_t written = 0;
    do {
      written = ::write(STDERR_FILENO, line.data(), line.size());
    } while (written < 0 && errno == EINTR);
    return written > 0;
  }

  std::int64_t lost_ = 0;  // since the last line that went out
  int waited_ms_ = 0;
};

}  // namespace

Result<void> check_log_level(std::string_view level) {
  const auto known = level_of(level);
  if (!known) return fail(known.error());
  return {};
}

Result<void> start_log(std::string_view level) {
  const auto known = level_of(level);
  if (!known) return fail(known.error());
  auto logger = std::make_shared<spdlog::logger>("ooe", std::make_shared<StandardError>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(*known);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

std::int64_t log_lines_lost() { return g_lines_lost.load(); }

}  // namespace ooe

// What /metrics shows, in Prometheus' text format. Everything about requests is read off their
// receipts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/receipt.h"
#include "http/message.h"

namespace ooe::gateway {

struct ExpertLevel {
  std::string expert;
  bool breaker_open = false;
  std::int64_t calls_max = 0;
};

// Read when somebody looks. What is since the start only grows.
struct Levels {
  std::size_t requests_in_flight = 0;
  std::size_t connections = 0;
  std::size_t receipts_queued = 0;
  std::uint64_t spool_bytes = 0;          // of receipts on disk that the store has not taken
  std::int64_t receipts_spooled = 0;      // since the start
  std::int64_t receipts_lost = 0;         // since the start
  std::int64_t spans_dropped = 0;         // since the start
  std::int64_t log_lines_lost = 0;        // since the start
  std::vector<ExpertLevel> experts = {};  // that are in force
};

// What came of asking the LLM that predicts. In all but `used` the built-in predictor decides.
enum class LlmAnswer {
  used,
  resting,      // not asked: its breaker is open, or as many calls under way as it takes
  late,         // the deadline came first
  failed,       // no connection, broken off, too long, or a status that is no success
  garbage,      // no chat completion
  no_logprobs,  // none told, or none of an expert's letter
  client_gone,  // nobody needs it any more
};
inline constexpr std::size_t kLlmAnswers = 7;
[[nodiscard]] std::string_view to_string(LlmAnswer answer);

// Threads: any.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void observe(const Receipt& receipt);
  // A request turned away before it became a session: "overloaded", "invalid_request", ...
  void count_rejection(int status, std::string_view code);
  // One that has a receipt, and got an error of ours.
  void count_error(int status, std::string_view code);
  void count_reload(bool succeeded);
  void count_llm_prediction(LlmAnswer answer);
  [[nodiscard]] std::string text(const Levels& levels);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] http::Response metrics_response(std::string text);

}  // namespace ooe::gateway

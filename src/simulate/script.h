// The script of one simulated answer: which bytes go out when, and how it ends. Pure, so that
// pacing and faults are decided without a socket; only the player in simulation.cc knows timers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "http/message.h"
#include "simulate/fault.h"
#include "simulate/wire.h"
#include "simulate/world.h"

namespace ooe::simulate {

// Bytes to send, and when, counted from the request.
struct Step {
  std::chrono::microseconds at{0};
  std::string bytes;
  std::int64_t output_tokens = 0;  // generated for it: billed once it is sent
};

enum class ScriptEnding {
  whole,    // the framing says that this was all
  broken,   // the framing breaks off
  silence,  // nothing more, until the client leaves
};

struct Script {
  int status = 200;
  http::Headers headers;
  bool chunked = true;  // false: a body of known length, sent whole with its only step
  std::vector<Step> steps;
  ScriptEnding ending = ScriptEnding::whole;
};

// How fast an expert speaks: the first token, then so many a second.
struct Pace {
  std::chrono::milliseconds first_token{0};
  double tokens_per_second = 0.0;  // 0: all at once

  // When token number `token` (from 0) is there.
  [[nodiscard]] std::chrono::microseconds at(std::size_t token) const;
};

// Returns the script for `text`, cut to request.tokens_max tokens (then finish_reason is "length").
[[nodiscard]] Script answer_script(const ChatRequest& request, const AnswerFrame& frame,
                                   std::string_view text, const Pace& pace);

// Returns the script of the same answer going wrong.
[[nodiscard]] Script faulty_script(const Fault& fault, const ChatRequest& request,
                                   const AnswerFrame& frame, std::string_view text,
                                   const Pace& pace);

// Returns a body of known length, sent at once.
[[nodiscard]] Script plain_script(int status, std::string body);

}  // namespace ooe::simulate

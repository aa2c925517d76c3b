// The question to the LLM that predicts: one call, one deadline. Whatever comes of it, who asked
// hears of it once and goes on. In: a query's text, whom to choose among. Out: probabilities of the
// letters, or none. Knows: experts, metrics. Threads: all calls on the loop's.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "experts/chat_client.h"
#include "experts/expert_gate.h"
#include "gateway/metrics.h"
#include "http/loop.h"
#include "orchestrator/llm_predictor.h"

namespace ooe::gateway {

class LlmQuestion {
 public:
  struct Tools {
    http::Loop& loop;
    const Clock& clock;
    experts::ChatClient& client;
    experts::ExpertGate& gate;  // waits to hear of the end
    Metrics& metrics;
  };
  // [letters]; empty: the built-in predictor decides.
  using Done = std::function<void(std::span<const double> probability)>;

  // Requires: the gate has let it through at `started`; the tools and `llm` outlive it.
  LlmQuestion(const Tools& tools, const orchestrator::LlmPredictor& llm, TimePoint started,
              Done done);

  // `done` is called once, at llm.deadline at the latest, and may destroy this.
  void ask(const Expert& expert, std::string_view text);
  // Nobody needs it any more: `done` is not called from now on.
  void give_up(TimePoint now);

 private:
  void end(LlmAnswer answer);
  void tell(LlmAnswer answer, experts::CallEnd how, TimePoint now);

  Tools tools_;
  const orchestrator::LlmPredictor& llm_;
  TimePoint started_;
  Done done_;  // null: it is over
  http::Timer timer_;
  std::unique_ptr<http::Call> call_;
  int status_ = 0;
  std::string body_;
};

}  // namespace ooe::gateway

#include "gateway/llm_question.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/event.h"
#include "experts/tag_logprobs.h"

namespace ooe::gateway {
namespace {

// A letter and twenty log-probabilities take two.
constexpr std::size_t kHeldAnswerMax = std::size_t{64} << 10U;

}  // namespace

LlmQuestion::LlmQuestion(const Tools& tools, const orchestrator::LlmPredictor& llm,
                         TimePoint started, Done done)
    : tools_(tools), llm_(llm), started_(started), done_(std::move(done)), timer_(tools.loop) {}

// The timer keeps the deadline; the client's deadlines, twice as long, only stand behind it.
void LlmQuestion::ask(const Expert& expert, std::string_view text) {
  experts::ChatHandlers handlers;
  handlers.on_head = [this](const experts::ChatHead& head) { status_ = head.status; };
  handlers.on_bytes = [this](std::string_view bytes) {
    body_ += bytes;
    if (body_.size() <= kHeldAnswerMax) return;
    call_.reset();
    end(LlmAnswer::failed);
  };
  handlers.on_end = [this] { end(is_success(status_) ? LlmAnswer::used : LlmAnswer::failed); };
  handlers.on_fault = [this](http::Fault, const std::string&) { end(LlmAnswer::failed); };
  timer_.arm(llm_.deadline, [this] {
    call_.reset();
    end(LlmAnswer::late);
  });
  const auto behind = 2 * llm_.deadline;
  call_ = tools_.client.start(expert, experts::tag_body(llm_.names, text, expert.model),
                              {.connect = behind, .head = behind, .stall = behind},
                              std::move(handlers));
}

void LlmQuestion::give_up(TimePoint now) {
  timer_.cancel();
  call_.reset();
  if (!std::exchange(done_, nullptr)) return;
  tell(LlmAnswer::client_gone, experts::CallEnd::abandoned, now);
}

void LlmQuestion::end(LlmAnswer answer) {
  const Done done = std::exchange(done_, nullptr);
  if (!done) return;
  timer_.cancel();
  std::vector<double> probability;
  if (answer == LlmAnswer::used) {
    auto read = experts::read_tag_probabilities(body_, llm_.tagged.size());
    if (read) {
      probability = std::move(*read);
    } else {
      answer =
          read.error().code == ErrorCode::not_found ? LlmAnswer::no_logprobs : LlmAnswer::garbage;
    }
  }
  // An answer without the letters' log-probabilities is no better than none: after a few of them
  // nobody waits for the next.
  const bool used = answer == LlmAnswer::used;
  tell(answer, used ? experts::CallEnd::answered : experts::CallEnd::failed, tools_.clock.now());
  done(probability);
}

void LlmQuestion::tell(LlmAnswer answer, experts::CallEnd how, TimePoint now) {
  tools_.metrics.count_llm_prediction(answer);
  tools_.gate.end(how, std::chrono::duration_cast<std::chrono::milliseconds>(now - started_),
                  std::nullopt, now);
}

}  // namespace ooe::gateway

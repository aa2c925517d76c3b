// One live chat: carries out what its Session says, with real sockets. Feeds it what they say.
// In: an exchange with the client, a parsed request, the worker's tools. Out: one answer, one
// receipt. Threads: all calls on the worker's loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "experts/chat_client.h"
#include "experts/expert_gate.h"
#include "experts/hedge_budget.h"
#include "experts/long_answer.h"
#include "experts/stream_watcher.h"
#include "gateway/chat_request.h"
#include "gateway/expert_health.h"
#include "gateway/expert_pace.h"
#include "gateway/llm_question.h"
#include "gateway/metrics.h"
#include "gateway/redaction.h"
#include "gateway/standing.h"
#include "gateway/trace.h"
#include "http/loop.h"
#include "http/server.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/session.h"

namespace ooe::gateway {

// Where a chat keeps events and actions while it handles them. One lends it to all chats of a
// worker: thousands of streams that wait hold none, and it stays in the processor's cache.
struct EventRoom {
  std::vector<Event> events;    // to be handled, in order
  std::vector<Action> actions;  // of the event that is being handled
};

// What a worker lends to its chats. Everything outlives them: the worker destroys its loop after
// them, and their pointer to this keeps what a reload replaces.
struct ChatTools {
  http::Loop& loop;
  const Clock& clock;
  experts::ChatClient& client;
  std::vector<experts::ExpertGate>& gates;  // [n_experts]
  // The LLM that predicts has a gate of its own for such questions: an answer that is too late for
  // a prediction is no fault of the expert that clients ask.
  experts::ExpertGate& llm_gate;
  ExpertHealth& health;    // of all workers
  const ExpertPace& pace;  // of all workers
  experts::HedgeBudget& hedges;
  Metrics& metrics;  // of all workers
  orchestrator::Orchestrator::Scratch& scratch;
  EventRoom& event_room;  // empty while a chat uses it; another chat then makes its own
  experts::ChatDeadlines deadlines;
  std::size_t unsent_bytes_max = std::size_t{256} << 10U;  // beyond it the expert is not read
};

class LiveChat : public std::enable_shared_from_this<LiveChat> {
 public:
  struct Ends {
    // Called once, when the receipt is complete and the end is not yet sent: whatever a client that
    // has seen the end may count on happens here.
    std::function<void(const Receipt& receipt)> settle;
    // Called once, as the last thing.
    std::function<void(LiveChat& chat, Receipt&& receipt)> done;
  };

  // `spec` is complete but for `experts`, `cleared`, how the experts stand and the times.
  LiveChat(std::shared_ptr<const ChatTools> tools,
           std::shared_ptr<const orchestrator::Orchestrator> orchestrator,
           std::shared_ptr<http::Exchange> exchange, ChatRequest&& request,
           orchestrator::SessionSpec&& spec, RequestTrace trace, Ends ends);

  // Requires: a shared_ptr owns this.
  void start();
  // The process is going down: the client gets an error, or a broken stream, now.
  void shut_down();

  [[nodiscard]] const RequestTrace& trace() const { return trace_; }
  // Both as of orchestrator::Session.
  [[nodiscard]] int answer_status() const { return session_.answer_status(); }
  [[nodiscard]] const std::string& error_code() const { return session_.error_code(); }
  // Returns a span for each attempt of its receipt, in their order, with the expert's model.
  // Requires: the trace is recorded.
  [[nodiscard]] std::vector<CallSpan> call_spans() const;

 private:
  void handle(Event event);
  void carry_out(const action::Predict&);
  void carry_out(const action::CallExpert& call);
  void carry_out(const action::CancelCall& cancel);
  void carry_out(const action::DropHeld& drop);
  void carry_out(const action::SendHead& head);
  void carry_out(const action::SendHeld&);
  void carry_out(const action::EndBody&);
  void carry_out(const action::SendWhole& whole);
  void carry_out(const action::SendError& error);
  void carry_out(const action::BreakBody& broken);
  void carry_out(const action::WakeAt& wake);
  void carry_out(const action::FileReceipt&);

  // One call to an expert, and what is held of its answer.
  struct ExpertCall {
    CallNumber number = 0;
    ExpertId expert;
    std::unique_ptr<http::Call> call = {};                      // null once it is over
    std::unique_ptr<experts::StreamWatcher> watcher = nullptr;  // when it streams
    std::string held = {};                                      // not yet sent
    std::string_view untranslated = {};                         // see ChatHandlers::on_held
    std::optional<Restorer> restorer = std::nullopt;            // it sees the request redacted
    bool may_defer = false;  // its answer is looked at for the tag, and has not said it
    bool started = false;    // through its gate, which waits to hear of the end
    bool paused = false;     // not read until the client has taken what is on its way
    bool resumed = false;    // it was, and may have said more since: the next tick finds no stall
    std::size_t body_bytes = 0;                                     // when it does not stream
    std::optional<experts::LongAnswer> long_answer = std::nullopt;  // once it is too long to hold
    experts::ChatHead head = {};
    std::string why = {};  // what the connection said of its fault
    CallSpan span = {};    // when the request is traced
  };

  void predicted(const orchestrator::LlmPredictor* llm, std::span<const double> probability);
  void on_head(ExpertCall& call, const experts::ChatHead& head);
  void on_bytes(ExpertCall& call, std::string_view bytes);
  void on_held(ExpertCall& call, std::string_view body);
  void take(ExpertCall& call, experts::StreamProgress progress);
  void give_up(ExpertCall& call, std::string_view fault);
  void read_on();
  void on_end(ExpertCall& call);
  void on_refused(ExpertCall& call);
  void look_for_tag(ExpertCall& call, experts::TagVerdict verdict);
  static void let_go(ExpertCall& call);
  void report_to_gates();
  [[nodiscard]] std::optional<std::chrono::seconds> retry_after(
      const action::SendError& error) const;
  [[nodiscard]] ExpertCall& voice() { return *calls_[voice_]; }
  [[nodiscard]] http::Headers answer_headers() const;

  // First what each chunk of a stream needs, together in few lines of the cache: of thousands of
  // streams none is in it when its next chunk comes, and that is most of what a chunk costs.
  std::shared_ptr<const ChatTools> tools_;
  std::shared_ptr<http::Exchange> exchange_;
  TimePoint now_;                         // of the event that is being handled
  std::vector<Event>* events_ = nullptr;  // while handle() is at it, which is not re-entered
  std::vector<std::unique_ptr<ExpertCall>> calls_;  // [CallNumber]
  CallNumber voice_ = 0;  // whose words the client gets; set at the commit point
  bool settled_ = false;
  std::size_t reported_ = 0;  // attempts the gates have heard of

  std::shared_ptr<const orchestrator::Orchestrator> orchestrator_;
  Standing standing_;  // when it came
  orchestrator::Session session_;
  ChatRequest request_;
  RequestTrace trace_;
  Ends ends_;
  std::optional<LlmQuestion> llm_;  // when it is asked
  http::Timer timer_;
};

}  // namespace ooe::gateway

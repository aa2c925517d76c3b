#include "experts/replicated_call.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace ooe::experts {
namespace {

// Nothing was sent. Ports run out for one address, not for all.
bool was_not_reached(http::Fault fault) {
  return fault == http::Fault::resolve || fault == http::Fault::connect ||
         fault == http::Fault::no_socket || fault == http::Fault::tls;
}

// 5xx and 429 say something about this replica; other refusals about the request.
bool is_failure(int status) { return status >= 500 || status == 429; }

class ReplicatedCall final : public http::Call {
 public:
  ReplicatedCall(std::shared_ptr<ReplicaSet> set, StartAt start, ChatHandlers handlers)
      : set_(std::move(set)),
        start_(std::move(start)),
        handlers_(std::make_shared<ChatHandlers>(std::move(handlers))),
        tried_(set_->replicas.size(), false) {}
  ~ReplicatedCall() override { leave(); }
  ReplicatedCall(const ReplicatedCall&) = delete;
  ReplicatedCall& operator=(const ReplicatedCall&) = delete;

  void begin() { call(set_->replicas.choose(set_->clock.now(), set_->rng)); }

  void cancel() override {
    leave();
    call_->cancel();
  }
  void release() override { call_->release(); }
  void pause() override { call_->pause(); }
  void resume() override { call_->resume(); }
  void blame() override { failed(); }

 private:
  void call(std::size_t replica) {
    replica_ = replica;
    tried_[replica] = true;
    running_ = true;
    until_head_.reset();
    started_ = set_->clock.now();
    set_->replicas.start(replica);
    // The handlers die with the call, and the call with this.
    ChatHandlers heard;
    heard.on_sent = [this, handlers = handlers_] {
      sent_ = true;
      if (handlers->on_sent) handlers->on_sent();
    };
    heard.on_unsent = [this] { take_back(); };
    heard.on_head = [this](const ChatHead& head) { on_head(head); };
    heard.on_bytes = [handlers = handlers_](std::string_view bytes) { handlers->on_bytes(bytes); };
    heard.on_end = [handlers = handlers_] { handlers->on_end(); };
    heard.on_fault = [this](http::Fault fault, const std::string& message) {
      on_fault(fault, message);
    };
    call_ = start_(replica, std::move(heard));
  }

  void go_to(std::size_t replica) {
    take_back();
    call(replica);
  }

  // Whoever had the request has not worked on it.
  void take_back() {
    if (std::exchange(sent_, false) && handlers_->on_unsent) handlers_->on_unsent();
  }

  // Another replica may be well where this one says that it is not: nobody has heard of it yet.
  void on_head(const ChatHead& head) {
    until_head_ =
        std::chrono::duration_cast<std::chrono::microseconds>(set_->clock.now() - started_);
    ChatHead told = head;
    if (is_failure(head.status)) {
      said_no(head);
      if (const auto next = untried()) return go_to(*next);
      told.retry_after = set_->replicas.back_in(set_->clock.now());
    }
    start_ = nullptr;                 // it holds the request, which goes nowhere else from here
    const auto handlers = handlers_;  // who hears may drop this call
    handlers->on_head(told);
  }

  void on_fault(http::Fault fault, const std::string& message) {
    if (fault == http::Fault::no_socket) {
      leave();
    } else {
      failed();
    }
    if (const auto next = untried(); next && was_not_reached(fault)) return go_to(*next);
    const auto handlers = handlers_;
    handlers->on_fault(fault, message);
  }

  // Whom to ask instead, while the request is still here.
  [[nodiscard]] std::optional<std::size_t> untried() const {
    if (!start_) return std::nullopt;
    return set_->replicas.choose_other(tried_, set_->clock.now(), set_->rng);
  }

  // A 429 with a time to come back says that the replica is well, and busy.
  void said_no(const ChatHead& head) {
    if (!head.retry_after || head.retry_after->count() <= 0) return failed();
    if (!std::exchange(running_, false)) return;
    set_->replicas.on_turned_away(replica_, *head.retry_after, head.status != 429,
                                  set_->clock.now());
  }

  void failed() {
    if (std::exchange(running_, false)) {
      set_->replicas.on_failed(replica_, set_->clock.now());
    }
  }

  // Without blame: what began to come was an answer.
  void leave() {
    if (!std::exchange(running_, false)) return;
    if (until_head_) {
      set_->replicas.on_answered(replica_, *until_head_, set_->clock.now());
    } else {
      set_->replicas.on_abandoned(replica_);
    }
  }

  std::shared_ptr<ReplicaSet> set_;
  StartAt start_;
  std::shared_ptr<ChatHandlers> handlers_;
  std::vector<bool> tried_;
  std::unique_ptr<http::Call> call_;
  std::size_t replica_ = 0;
  bool running_ = false;  // the replica waits to hear how it ended
  bool sent_ = false;     // it has the whole request
  TimePoint started_;
  std::optional<std::chrono::microseconds> until_head_;  // once it has come
};

}  // namespace

std::unique_ptr<http::Call> replicated_call(std::shared_ptr<ReplicaSet> set, StartAt start,
                                            ChatHandlers handlers) {
  auto call =
      std::make_unique<ReplicatedCall>(std::move(set), std::move(start), std::move(handlers));
  call->begin();
  return call;
}

}  // namespace ooe::experts

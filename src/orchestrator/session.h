// One live request as a pure state machine: predict, decide, call, fall back, account. No clock,
// socket or lock: the gateway carries the actions out, the simulator in tests does too. In: events.
// Out: actions, and at the end exactly one receipt. Knows: policy, core.
//
//   deciding --Predicted--> asking --commit--> answering --end--> over
//                            ^  |fault: next expert
//                            +--+
//
// The commit point is where the client has seen the first byte of an answer. Streams commit at the
// first content; other bodies are held whole and commit at completion, or at `hold_bytes_max`.
// Before it, trouble moves the session to the plan's next expert; after it, the stream breaks
// visibly: never two voices in one answer, never a clean end for a dirty stream.
//
// An own expert that answers with the deferral tag is left for the plan's next expert in the same
// way, after a moment in which its bill may arrive; the client never sees a byte of it.
//
// Hedging: when the expert being asked takes its time, the next one may be asked beside it, once a
// request. The first to reach the commit point is the voice; the other is cancelled. Source: Dean,
// Barroso, "The Tail at Scale", CACM 56(2), 2013, "hedged requests".
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/budget.h"
#include "core/decision.h"
#include "core/event.h"
#include "core/name_list.h"
#include "core/query.h"
#include "core/receipt.h"
#include "policy/decide.h"
#include "policy/explore.h"

namespace ooe::orchestrator {

struct SessionLimits {
  std::chrono::milliseconds total{600'000};  // from the request to the last byte
  std::chrono::milliseconds first_token{
      60'000};  // of each expert, from its call to its first content; streams only
  // The longest pause between two pieces of a stream's content. Comments and events that say
  // nothing do not end a pause: they keep a connection alive, but no answer.
  std::chrono::milliseconds stall{60'000};
  // The most that is held of a body that is not streamed, or of a stream before its first word.
  std::size_t hold_bytes_max = std::size_t{8} << 20U;
  // The next expert is asked too when an answer is not whole, or a stream has no content, this long
  // after its call, and the budget of extra calls allows it. 0: never.
  std::chrono::milliseconds hedge_after{0};
  // Before the commit point: an expert whose body grows more slowly than this, over
  // kThroughputWindow, is left. 0: whatever its pace.
  std::size_t bytes_per_second_min = 0;
  // How long the session waits for the rest of an answer after its deferral tag, and for the body
  // of a 429.
  std::chrono::milliseconds deferral{250};
};
inline constexpr std::chrono::seconds kThroughputWindow{5};

// What a session is told at birth. `experts` and what `decide` points to must outlive it: the
// gateway keeps the snapshot they belong to.
struct SessionSpec {
  ReceiptId receipt_id;
  Query query;
  std::string model;  // the name the client asked for
  std::string key;    // the name of the client's key; empty: none was needed
  std::span<const Expert> experts;
  NameList cleared;              // those of them that may see the query's class, for the receipt
  std::vector<bool> shown = {};  // [n_experts]: whom errors may name; empty: everybody
  policy::Tradeoff tradeoff;
  policy::DecideOptions decide;
  std::optional<RequestBudget> budget = {};  // of the key; `decide.cost_max` is what it leaves
  policy::ExploreOptions explore = {};
  std::vector<std::string> redacted =
      {};                      // for the receipt, once somebody is asked who is not cleared
  bool keep_foreseen = false;  // on the receipt, where there is a choice
  std::string tag = {};        // the deferral tag to look for; empty: none
  std::optional<ExpertId> tagger = {};  // in whose answers
  bool streamed = false;
  SessionLimits limits;
  TimePoint received;
  WallTime received_wall;
};

class Session {
 public:
  // Takes from `spec` what only the receipt says: spec() has no key, no list of who is cleared and
  // no reasons for its privacy any more.
  explicit Session(SessionSpec spec);

  // Appends to `actions` what to do about `event`, in order. Once over, every event is ignored.
  void on_event(Event event, TimePoint now, std::vector<Action>& actions);

  [[nodiscard]] bool over() const { return phase_ == Phase::over; }
  [[nodiscard]] bool committed() const { return committed_; }
  [[nodiscard]] const Decision& decision() const { return decision_; }
  [[nodiscard]] const SessionSpec& spec() const { return spec_; }
  // Whose words the client gets, or else who was asked last. Requires: a CallExpert has been
  // emitted.
  [[nodiscard]] ExpertId speaker() const { return speaker_; }
  [[nodiscard]] double predicted_quality() const;
  // The status of the answer that the client got, from an expert or of our own; 0 when it got none.
  [[nodiscard]] int answer_status() const { return answer_status_; }
  // The code (docs/http.md) of the error that the client got instead of an answer; empty when it
  // got no error of ours.
  [[nodiscard]] const std::string& error_code() const { return error_code_; }
  // The call and the expert of each of receipt().attempts, in the same order.
  struct Attempted {
    CallNumber call = 0;
    ExpertId expert;
  };
  [[nodiscard]] std::span<const Attempted> attempted() const { return attempted_; }
  // Complete once over, but for its query.
  [[nodiscard]] const Receipt& receipt() const { return receipt_; }
  // Gives the receipt its query's id, which takes a while, and forgets the query's text, which a
  // stream of minutes has no use for. A second call does nothing. Requires: committed, or over.
  void name_query();
  // Names the query, if nobody has. Requires: over, and nobody asks for receipt() any more.
  [[nodiscard]] Receipt take_receipt();

 private:
  enum class Phase { fresh, deciding, asking, answering, over };
  using Actions = std::vector<Action>;

  struct Call {
    CallNumber number = 0;
    ExpertId expert;
    TimePoint started;
    bool sent = false;                                // whole
    int status = 0;                                   // 0: no head yet
    std::size_t content_bytes = 0;                    // what a reader would see
    TimePoint said = {};                              // when they last became more
    std::optional<TokenCounts> usage = std::nullopt;  // as soon as the expert has said
    std::size_t bytes_held = 0;
    TimePoint window_start = {};  // of the throughput floor; from the head on
    std::size_t window_bytes = 0;
    std::optional<TimePoint> deferred = std::nullopt;  // when its answer turned out to be the tag
    std::optional<TimePoint> turned_away = std::nullopt;             // when it said 429
    std::optional<std::chrono::seconds> retry_after = std::nullopt;  // of its head
  };

  void on(const event::Started&, TimePoint now, Actions& actions);
  void on(event::Predicted& predicted, TimePoint now, Actions& actions);
  void on(const event::UpstreamSent& sent, TimePoint now, Actions& actions);
  void on(const event::UpstreamUnsent& unsent, TimePoint now, Actions& actions);
  void on(const event::UpstreamHead& head, TimePoint now, Actions& actions);
  void on(const event::UpstreamBytes& bytes, TimePoint now, Actions& actions);
  void on(const event::Deferred& deferred, TimePoint now, Actions& actions);
  void on(const event::UpstreamEnd& end, TimePoint now, Actions& actions);
  void on(const event::UpstreamFault& fault, TimePoint now, Actions& actions);
  void on(const event::ClientGone&, TimePoint now, Actions& actions);
  void on(const event::ShutDown&, TimePoint now, Actions& actions);
  void on(const event::Tick& tick, TimePoint now, Actions& actions);

  void refuse_nobody_allowed(TimePoint now, Actions& actions);
  [[nodiscard]] bool somebody_may_answer_later() const;
  [[nodiscard]] bool anybody_with(const policy::DecideOptions& options) const;
  [[nodiscard]] std::optional<std::chrono::seconds> enough_budget_in() const;
  [[nodiscard]] Call* find(CallNumber number);
  [[nodiscard]] bool more_to_ask();
  void ask_next(bool hedge, TimePoint now, Actions& actions);
  void ask_next_or_give_up(TimePoint now, Actions& actions);
  [[nodiscard]] std::string why_nobody_answered() const;
  void on_objection(Call& call, Objection objection, TimePoint now, Actions& actions);
  [[nodiscard]] std::string_view overdue(const Call& call, TimePoint now) const;
  [[nodiscard]] bool has_begun(const Call& call) const;
  [[nodiscard]] bool stalled(const Call& call, TimePoint now) const;
  [[nodiscard]] bool window_is_over(const Call& call, TimePoint now) const;
  void maybe_hedge(bool allowed, TimePoint now, Actions& actions);
  void wake(bool again, Actions& actions);
  [[nodiscard]] TimePoint next_wake() const;

  void take_the_floor(const Call& call, TimePoint now, Actions& actions);
  void commit(const Call& call, TimePoint now, Actions& actions);
  void lose(CallNumber number, std::string_view fault, bool call_ended, TimePoint now,
            Actions& actions);
  void cancel(CallNumber number, std::string_view fault, TimePoint now, Actions& actions);
  void cancel_all(std::string_view fault, TimePoint now, Actions& actions);
  void settle(CallNumber number, std::string_view fault, TimePoint now);
  void name_speaker();
  void refuse(int status, std::string_view code, std::string message, Ending ending, TimePoint now,
              Actions& actions);
  void finish(Ending ending, TimePoint now, Actions& actions);

  SessionSpec spec_;
  // What each chunk of a stream needs: near to one another, and to the limits at the end of spec_.
  Phase phase_ = Phase::fresh;
  bool committed_ = false;
  bool named_ = false;         // the receipt has its query's id
  bool hedged_ = false;        // or decided not to
  std::vector<Call> running_;  // at most two, the second a hedge
  TimePoint wake_at_ = TimePoint::max();
  std::vector<Attempted> attempted_;

  Decision decision_;
  std::vector<Prediction> predictions_;
  std::size_t next_ = 0;                   // index into decision_.plan: whom to ask next
  CallNumber calls_ = 0;                   // so far
  std::int64_t context_tokens_above_ = 0;  // whoever is known to take no more need not be asked
  ExpertId speaker_;
  std::optional<std::chrono::seconds> retry_after_;  // the shortest any expert asked for
  Receipt receipt_;
  int answer_status_ = 0;
  std::string error_code_;
};

}  // namespace ooe::orchestrator

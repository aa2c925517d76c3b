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
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/decision.h"
#include "core/event.h"
#include "core/query.h"
#include "core/receipt.h"
#include "policy/decide.h"

namespace ooe::orchestrator {

struct SessionLimits {
  std::chrono::milliseconds total{600'000};  // from the request to the last byte
  std::chrono::milliseconds first_token{
      60'000};  // of each expert, from its call to its first content; streams only
  std::size_t hold_bytes_max = std::size_t{8} << 20U;  // of a body that is not streamed
};

// What a session is told at birth. `experts` and what `decide` points to must outlive it: the
// gateway keeps the snapshot they belong to.
struct SessionSpec {
  ReceiptId receipt_id;
  Query query;
  std::string model;  // the name the client asked for
  std::string key;    // the name of the client's key; empty: none was needed
  bool streamed = false;
  std::span<const Expert> experts;
  policy::Tradeoff tradeoff;
  policy::DecideOptions decide;
  SessionLimits limits;
  TimePoint received;
  WallTime received_wall;
};

class Session {
 public:
  explicit Session(SessionSpec spec);

  // Appends to `actions` what to do about `event`, in order. Once over, every event is ignored.
  void on_event(const Event& event, TimePoint now, std::vector<Action>& actions);

  [[nodiscard]] bool over() const { return phase_ == Phase::over; }
  [[nodiscard]] bool committed() const { return committed_; }
  [[nodiscard]] const Decision& decision() const { return decision_; }
  [[nodiscard]] const SessionSpec& spec() const { return spec_; }
  // The expert being asked, or that answered. Requires: a CallExpert has been emitted.
  [[nodiscard]] ExpertId current_expert() const { return decision_.plan[attempt_]; }
  [[nodiscard]] double predicted_quality() const;
  // Complete once over.
  [[nodiscard]] const Receipt& receipt() const { return receipt_; }

 private:
  enum class Phase { fresh, deciding, asking, answering, over };
  using Actions = std::vector<Action>;

  void on(const event::Started&, TimePoint now, Actions& actions);
  void on(const event::Predicted& predicted, TimePoint now, Actions& actions);
  void on(const event::PredictTimedOut&, TimePoint now, Actions& actions);
  void on(const event::UpstreamHead& head, TimePoint now, Actions& actions);
  void on(const event::UpstreamBytes& bytes, TimePoint now, Actions& actions);
  void on(const event::UpstreamEnd& end, TimePoint now, Actions& actions);
  void on(const event::UpstreamFault& fault, TimePoint now, Actions& actions);
  void on(const event::ClientGone&, TimePoint now, Actions& actions);
  void on(const event::ShutDown&, TimePoint now, Actions& actions);
  void on(const event::Tick&, TimePoint now, Actions& actions);

  void abandon_call(std::string_view fault, TimePoint now, Actions& actions);
  void ask(TimePoint now, Actions& actions);
  void ask_next_or_give_up(TimePoint now, Actions& actions);
  void commit(int status, TimePoint now, Actions& actions);
  void break_off(std::string_view fault, bool call_ended, TimePoint now, Actions& actions);
  void settle_attempt(std::string_view fault, TimePoint now);
  void refuse(int status, std::string_view code, std::string message, Ending ending, TimePoint now,
              Actions& actions);
  void finish(Ending ending, TimePoint now, Actions& actions);

  SessionSpec spec_;
  Phase phase_ = Phase::fresh;
  Decision decision_;
  std::vector<Prediction> predictions_;
  std::size_t attempt_ = 0;  // index into decision_.plan
  TimePoint attempt_started_;
  int upstream_status_ = 0;           // 0: no head yet
  std::size_t content_bytes_ = 0;     // of this attempt
  std::optional<TokenCounts> usage_;  // of this attempt
  bool committed_ = false;
  std::optional<std::chrono::seconds> retry_after_;  // the shortest any expert asked for
  Receipt receipt_;
};

}  // namespace ooe::orchestrator

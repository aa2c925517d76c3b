#include "testing/session_simulator.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/fault_word.h"
#include "orchestrator/session.h"

namespace ooe::testing {
namespace {

using std::chrono::milliseconds;

// What may go wrong in this run.
struct Weather {
  bool faults = false;
  bool refusals = false;  // heads that are no success
  bool slow = false;      // waits long enough for deadlines
  bool clients_leave = false;
  bool shut_downs = false;
  bool masks = false;
  bool hedges = false;
  bool small_contexts = false;
  bool floor = false;  // of throughput
  bool tags = false;   // one expert may defer
};

// One call to an expert, as the world knows it.
struct Call {
  CallNumber number = 0;
  ExpertId expert;
  bool running = false;
  bool sent = false;  // the request, whole, to whoever has it now
  bool head = false;
  bool success = false;
  bool whole = false;  // it came to its end, and is an answer
  std::size_t held = 0;
  std::size_t content = 0;
  std::optional<TokenCounts> usage = std::nullopt;
  bool may_defer = false;  // what it said may yet be the tag
  bool deferred = false;   // and is
  TimePoint deferred_at = {};
  std::optional<TimePoint> turned_away_at = {};  // by a 429
  TimePoint said_at = {};                        // more content
};

// The world around one session: it hands events in and judges the actions that come out.
class Judge {
 public:
  explicit Judge(std::uint64_t seed) : rng_(seed) {
    weather_ = {.faults = chance(0.6),
                .refusals = chance(0.5),
                .slow = chance(0.4),
                .clients_leave = chance(0.3),
                .shut_downs = chance(0.1),
                .masks = chance(0.5),
                .hedges = chance(0.4),
                .small_contexts = chance(0.2),
                .floor = chance(0.2),
                .tags = chance(0.3)};
    make_experts();
    session_.emplace(make_spec());
  }

  SimulatedRun run() {
    feed(event::Started{});
    for (int step = 0; step < kStepsMax && !session_->over(); ++step) feed(next_event());
    check(session_->over(), "the session ends");
    const std::size_t receipts_before = receipts_;
    feed(event::Tick{true});  // whatever comes after the end changes nothing
    feed(event::ClientGone{});
    check(receipts_ == receipts_before, "nothing happens after the end");
    check_receipt();
    return {session_->receipt(), std::move(violations_), events_};
  }

 private:
  static constexpr int kStepsMax = 10'000;
  static constexpr int kTotalMs = 8'000;
  static constexpr int kStallMs = 900;
  static constexpr std::array<const char*, 6> kNames{"a", "b", "c", "d", "e", "f"};
  static constexpr std::uint64_t kSlowStepMs = 2'000;

  bool chance(double p) { return rng_.uniform() < p; }
  void check(bool holds, std::string_view what) {
    if (!holds) violations_.emplace_back(what);
  }

  void make_experts() {
    const std::size_t count = 1 + rng_.below(6);
    for (std::size_t i = 0; i < count; ++i) {
      Expert expert;
      expert.name = kNames[i];
      if (chance(0.9)) expert.prices = Prices{{200'000}, {100'000}, {600'000}};
      expert.clearance =
          weather_.masks ? static_cast<PrivacyClass>(rng_.below(4)) : PrivacyClass::restricted;
      if (weather_.small_contexts)
        expert.context_tokens = static_cast<std::int64_t>(2'000 * rng_.below(4));
      experts_.push_back(std::move(expert));
    }
  }

  orchestrator::SessionSpec make_spec() {
    orchestrator::SessionSpec spec;
    spec.query.privacy = static_cast<PrivacyClass>(rng_.below(4));
    spec.query.prompt_tokens = static_cast<std::int64_t>(1 + rng_.below(1'000));
    spec.model = "auto";
    spec.streamed = chance(0.5);
    spec.experts = experts_;
    spec.decide.plan_size_max = 1 + rng_.below(4);
    spec.limits = {.total = milliseconds(kTotalMs),
                   .first_token = milliseconds(500),
                   .stall = milliseconds(kStallMs),
                   .hold_bytes_max = 10'000};
    if (weather_.hedges) spec.limits.hedge_after = milliseconds(100);
    if (weather_.floor) spec.limits.bytes_per_second_min = 1'000;
    spec.received = now_;
    if (weather_.tags) {
      spec.tag = "<TAG>";
      spec.tagger = ExpertId{0};
    }
    return spec;
  }

  void feed(const Event& event) {
    ++events_;
    actions_.clear();
    session_->on_event(event, now_, actions_);
    for (const Action& action : actions_) {
      std::visit([this](const auto& what) { take(what); }, action);
    }
    if (session_->over()) return;
    for (const Call& call : calls_) {
      check(!call.running || !call.deferred ||
                now_ <=
                    call.deferred_at + session_->spec().limits.deferral + milliseconds(kSlowStepMs),
            "nobody waits long for the end of a deferral");
      check(!call.running || !call.turned_away_at ||
                now_ <= *call.turned_away_at + session_->spec().limits.deferral +
                            milliseconds(kSlowStepMs),
            "nobody waits long for the words of who is too busy");
      const bool stalls = session_->spec().streamed && call.content > 0 && !call.deferred;
      check(!call.running || !stalls ||
                now_ <= std::max(call.said_at, unread_at_) + milliseconds(kStallMs + kSlowStepMs),
            "nobody waits long for a stream that says nothing more");
    }
    check(wake_ && *wake_ <= session_->spec().received + session_->spec().limits.total,
          "a live session has a deadline");
    check(predicting_ || running() > 0, "a live session waits for somebody");
  }

  Event next_event() {
    now_ += milliseconds(rng_.below(weather_.slow ? kSlowStepMs : 20));
    if (wake_ && now_ >= *wake_) {
      wake_.reset();
      const event::Tick tick{chance(0.7), chance(0.1)};
      if (tick.unread && head_sent_) unread_at_ = now_;
      return tick;
    }
    if (weather_.clients_leave && chance(0.05)) return event::ClientGone{};
    if (weather_.shut_downs && chance(0.05)) return event::ShutDown{};
    if (predicting_) {
      predicting_ = false;
      event::Predicted predicted;
      for (std::size_t i = 0; i < experts_.size(); ++i) {
        predicted.predictions.push_back(
            {.quality = rng_.uniform(),
             .quality_sd = 0.1,
             .output_tokens = 100.0,
             .cost = Usd{static_cast<std::int64_t>(rng_.below(1'000))}});
      }
      return predicted;
    }
    // One of those running speaks; or, now and then, one that was cancelled: too late to matter.
    if (chance(0.02) && !calls_.empty()) {
      const auto number = static_cast<CallNumber>(rng_.below(calls_.size()));
      if (!calls_[number].running) return event::UpstreamFault{number, "late"};
    }
    std::vector<CallNumber> running;
    for (const Call& call : calls_) {
      if (call.running) running.push_back(call.number);
    }
    if (running.empty()) return event::Tick{};
    return upstream_event(calls_[running[rng_.below(running.size())]]);
  }

  Event upstream_event(Call& call) {
    if (weather_.faults && chance(0.15)) {
      call.running = false;
      event::UpstreamFault fault{call.number, call.sent ? "cut" : "connect"};
      if (call.success && chance(0.2)) fault.usage = usage();
      if (fault.usage) call.usage = fault.usage;
      return fault;
    }
    if (!call.sent && chance(0.9)) {  // else it answers before it has all of it
      call.sent = true;
      return event::UpstreamSent{call.number};
    }
    // A replica that refuses, or a connection that its other end had given up.
    if (call.sent && !call.head && weather_.faults && chance(0.1)) {
      call.sent = false;
      return event::UpstreamUnsent{call.number};
    }
    if (!call.head) {
      call.head = true;
      const int status =
          weather_.refusals && chance(0.4) ? kRefusals[rng_.below(kRefusals.size())] : 200;
      call.success = status == 200;
      if (status == 429) call.turned_away_at = now_;
      const bool wrong_type = weather_.faults && chance(0.05);
      return event::UpstreamHead{call.number, status, session_->spec().streamed != wrong_type,
                                 std::chrono::seconds(rng_.below(10))};
    }
    if (call.may_defer && call.success && !head_sent_ && chance(0.3)) {
      call.may_defer = false;
      call.deferred = true;
      call.deferred_at = now_;
      return event::Deferred{call.number};
    }
    if (chance(0.2)) {
      call.running = false;
      call.may_defer = false;
      call.whole = call.success;
      if (const auto told = usage()) call.usage = told;
      return event::UpstreamEnd{call.number, call.content, call.usage,
                                static_cast<Objection>(rng_.below(5))};
    }
    call.held += chance(0.05) ? 10'001 : 1 + rng_.below(3'000);  // more than is held, at times
    if (chance(0.8)) {
      call.content += 1 + rng_.below(50);
      call.said_at = now_;
    }
    if (chance(0.1)) call.usage = usage();
    if (call.may_defer && chance(0.3)) call.may_defer = false;  // it is an answer
    return event::UpstreamBytes{call.number, call.held, call.content, call.usage, call.may_defer};
  }

  std::optional<TokenCounts> usage() {
    if (chance(0.3)) return std::nullopt;
    return TokenCounts{.input = static_cast<std::int64_t>(rng_.below(2'000)),
                       .cached_input = 0,
                       .output = static_cast<std::int64_t>(rng_.below(2'000))};
  }

  [[nodiscard]] std::size_t running() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(calls_, [](const Call& call) { return call.running; }));
  }

  void take(const action::Predict&) {
    check(!predicting_ && calls_.empty(), "prediction comes once, before any call");
    predicting_ = true;
  }
  void take(const action::CallExpert& ask) {
    check(running() <= (ask.hedge ? 1U : 0U), "one call at a time, and one hedge beside it");
    check(!ask.hedge || (weather_.hedges && !hedged_), "at most one hedge, where it is wanted");
    check(!head_sent_ && !ended_, "no new expert after the commit point");
    check(experts_[ask.expert.index()].clearance >= session_->spec().query.privacy,
          "no query leaves its clearance");
    check(ask.call == calls_.size(), "calls count up");
    for (const Call& call : calls_) {
      check(call.running || call.held == 0, "what a failed expert said is forgotten");
      check(call.expert != ask.expert, "nobody is asked twice");
    }
    hedged_ |= ask.hedge;
    calls_.push_back({.number = ask.call, .expert = ask.expert, .running = true});
    calls_.back().may_defer = session_->spec().tagger == ask.expert;
    check(calls_.size() <= session_->spec().decide.plan_size_max,
          "no more calls than the plan has");
  }
  void take(const action::CancelCall& cancel) {
    check(calls_.at(cancel.call).running, "only a running call is cancelled");
    calls_[cancel.call].running = false;
  }
  void take(const action::DropHeld& drop) {
    check(!head_sent_ || drop.call != voice_, "nothing the client has seen part of is dropped");
    check(!calls_.at(drop.call).running, "nothing is dropped of a call that goes on");
    calls_[drop.call].held = 0;
  }
  void take(const action::SendHead& head) {
    check(!head_sent_ && !ended_, "one head");
    check(calls_.at(head.call).success && head.status == 200, "the voice is one that answers");
    check(!calls_[head.call].deferred, "nothing of a deferral reaches the client");
    check(!calls_[head.call].may_defer ||
              calls_[head.call].held > session_->spec().limits.hold_bytes_max,
          "nothing is shown that may yet be a deferral");
    check(!session_->spec().streamed || calls_[head.call].content > 0 || calls_[head.call].whole,
          "no stream is shown before it has said a word");
    head_sent_ = true;
    voice_ = head.call;
    check_silence_beside();
  }
  void take(const action::SendHeld&) {
    check(head_sent_ && !ended_, "a body has a head before it and no end");
    calls_[voice_].held = 0;
  }
  void take(const action::EndBody&) {
    check(head_sent_ && !ended_, "one end");
    check(calls_[voice_].whole, "a clean end only for what came whole");
    ended_ = true;
    clean_ = true;
  }
  void take(const action::SendWhole& whole) {
    check(!head_sent_ && !ended_, "a whole answer is the only one");
    check(!calls_.at(whole.call).running, "a whole answer has come whole");
    check(!calls_[whole.call].deferred, "a deferral is no answer");
    voice_ = whole.call;
    ended_ = true;
    clean_ = calls_[voice_].whole;
    check_silence_beside();
  }
  void take(const action::SendError&) {
    check(!head_sent_ && !ended_, "an error answer only instead of an answer");
    ended_ = true;
  }
  void take(const action::BreakBody&) {
    check(head_sent_ && !ended_, "only a begun body is broken");
    ended_ = true;
  }
  void take(const action::WakeAt& wake) { wake_ = wake.time; }
  void take(const action::FileReceipt&) {
    ++receipts_;
    check(running() == 0, "no call outlives its session");
  }

  void check_silence_beside() {
    for (const Call& call : calls_) {
      check(!call.running || call.number == voice_, "nobody is asked beside the voice");
    }
  }

  void check_receipt() {
    const Receipt& receipt = session_->receipt();
    check(receipts_ == 1, "one receipt");
    Usd sum;
    for (const Attempt& attempt : receipt.attempts) sum += attempt.cost;
    check(sum == receipt.cost, "the bill is the sum of its attempts");
    check(receipt.attempts.size() == calls_.size(), "every call is on the receipt");
    check(receipt.ending != Ending::answered || clean_, "answered means a clean end");
    check(!clean_ || receipt.ending == Ending::answered, "a clean end means answered");
    check(receipt.ending == Ending::client_gone || ended_, "the client is told something");
    check(receipt.ending != Ending::upstream_truncated || (head_sent_ && !clean_),
          "a truncated answer never ends cleanly");
    check(receipt.total <= session_->spec().limits.total + milliseconds(kSlowStepMs),
          "no session outlives its deadline");
    check_bill(receipt);
  }

  // Whoever began to work is paid for it, known or estimated, whatever came after.
  void check_bill(const Receipt& receipt) {
    for (std::size_t at = 0; at < receipt.attempts.size(); ++at) {
      const auto [number, expert] = session_->attempted()[at];
      const Attempt& attempt = receipt.attempts[at];
      const Call& call = calls_.at(number);
      check(attempt.expert == experts_[expert.index()].name, "attempts name their experts");
      check(!call.deferred || attempt.fault == fault_word::kDeferred, "a deferral is named");
      const bool at_work = !call.head && call.sent;
      if (call.success && call.usage) {
        check(attempt.tokens == *call.usage, "usage told is usage billed");
      } else if (call.success || at_work) {
        check(attempt.tokens.estimated && attempt.tokens.input > 0,
              "work that began is billed, by estimate when nobody counted");
      } else if (!call.usage) {
        check(attempt.tokens == TokenCounts{}, "who refuses, or is not reached, bills nothing");
      }
    }
    if (head_sent_) {
      check(receipt.answered_by == experts_[calls_[voice_].expert.index()].name,
            "the receipt names whom the client heard");
    }
  }

  static constexpr std::array<int, 9> kRefusals{400, 401, 403, 404, 413, 422, 429, 500, 503};

  Rng rng_;
  Weather weather_;
  std::vector<Expert> experts_;
  std::optional<orchestrator::Session> session_;
  TimePoint now_{};
  std::vector<Action> actions_;
  std::vector<std::string> violations_;
  std::size_t events_ = 0;

  // What the world knows.
  std::optional<TimePoint> wake_;
  bool predicting_ = false;
  std::vector<Call> calls_;  // [CallNumber]
  bool hedged_ = false;
  // What the client has seen.
  bool head_sent_ = false;
  TimePoint unread_at_ = {};  // when the client last kept the voice from being read
  bool ended_ = false;
  bool clean_ = false;
  CallNumber voice_ = 0;
  std::size_t receipts_ = 0;
};

}  // namespace

SimulatedRun simulate_session(std::uint64_t seed) { return Judge(seed).run(); }

}  // namespace ooe::testing

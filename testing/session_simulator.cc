#include "testing/session_simulator.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

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
};

// The world around one session: it hands events in and judges the actions that come out.
class Judge {
 public:
  explicit Judge(std::uint64_t seed) : rng_(seed) {
    weather_ = {chance(0.6), chance(0.5), chance(0.4), chance(0.3), chance(0.1), chance(0.5)};
    make_experts();
    session_.emplace(make_spec());
  }

  SimulatedRun run() {
    feed(event::Started{});
    for (int step = 0; step < kStepsMax && !session_->over(); ++step) feed(next_event());
    check(session_->over(), "the session ends");
    const std::size_t receipts_before = receipts_;
    feed(event::Tick{});  // whatever comes after the end changes nothing
    feed(event::ClientGone{});
    check(receipts_ == receipts_before, "nothing happens after the end");
    check_receipt();
    return {session_->receipt(), std::move(violations_), events_};
  }

 private:
  static constexpr int kStepsMax = 10'000;
  static constexpr std::uint64_t kSlowStepMs = 2'000;

  bool chance(double p) { return rng_.uniform() < p; }
  void check(bool holds, std::string_view what) {
    if (!holds) violations_.emplace_back(what);
  }

  void make_experts() {
    const std::size_t count = 1 + rng_.below(6);
    for (std::size_t i = 0; i < count; ++i) {
      Expert expert;
      expert.name = fmt::format("expert-{}", i);
      if (chance(0.9)) expert.prices = Prices{{200'000}, {100'000}, {600'000}};
      expert.clearance =
          weather_.masks ? static_cast<PrivacyClass>(rng_.below(4)) : PrivacyClass::restricted;
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
    spec.limits = {
        .total = milliseconds(5'000), .first_token = milliseconds(500), .hold_bytes_max = 10'000};
    spec.received = now_;
    return spec;
  }

  void feed(const Event& event) {
    ++events_;
    std::vector<Action> actions;
    session_->on_event(event, now_, actions);
    for (const Action& action : actions) {
      std::visit([this](const auto& what) { take(what); }, action);
    }
  }

  Event next_event() {
    now_ += milliseconds(rng_.below(weather_.slow ? kSlowStepMs : 20));
    if (wake_ && now_ >= *wake_) {
      wake_.reset();
      return event::Tick{};
    }
    if (weather_.clients_leave && chance(0.05)) return event::ClientGone{};
    if (weather_.shut_downs && chance(0.05)) return event::ShutDown{};
    if (predicting_) {
      predicting_ = false;
      if (weather_.slow && chance(0.1)) return event::PredictTimedOut{};
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
    return calling_ ? upstream_event() : Event(event::Tick{});
  }

  Event upstream_event() {
    if (weather_.faults && chance(0.15)) {
      calling_ = false;
      return event::UpstreamFault{"cut"};
    }
    if (!head_) {
      head_ = true;
      status_ = weather_.refusals && chance(0.4) ? kRefusals[rng_.below(kRefusals.size())] : 200;
      const bool wrong_type = weather_.faults && chance(0.05);
      return event::UpstreamHead{status_, session_->spec().streamed != wrong_type,
                                 std::chrono::seconds(rng_.below(10))};
    }
    if (chance(0.2)) {
      calling_ = false;
      return event::UpstreamEnd{content_, usage()};
    }
    held_ += 1 + rng_.below(3'000);
    if (chance(0.8)) content_ += 1 + rng_.below(50);
    return event::UpstreamBytes{held_, content_, chance(0.1) ? usage() : std::nullopt};
  }

  std::optional<TokenCounts> usage() {
    if (chance(0.3)) return std::nullopt;
    return TokenCounts{.input = static_cast<std::int64_t>(rng_.below(2'000)),
                       .cached_input = 0,
                       .output = static_cast<std::int64_t>(rng_.below(2'000))};
  }

  void take(const action::Predict&) {
    check(!predicting_ && calls_ == 0, "prediction comes once, before any call");
    predicting_ = true;
  }
  void take(const action::CallExpert& call) {
    check(!calling_, "one call at a time");
    check(!head_sent_ && !ended_, "no new expert after the commit point");
    check(experts_[call.expert.index()].clearance >= session_->spec().query.privacy,
          "no query leaves its clearance");
    check(held_ == 0, "what a failed expert said is forgotten");
    calling_ = true;
    head_ = false;
    content_ = 0;
    ++calls_;
  }
  void take(const action::CancelCall&) {
    check(calling_, "only a running call is cancelled");
    calling_ = false;
  }
  void take(const action::DropHeld&) {
    check(!head_sent_, "nothing the client has seen part of is dropped");
    held_ = 0;
  }
  void take(const action::SendHead&) {
    check(!head_sent_ && !ended_, "one head");
    head_sent_ = true;
  }
  void take(const action::SendHeld&) {
    check(head_sent_ && !ended_, "a body has a head before it and no end");
    held_ = 0;
  }
  void take(const action::EndBody&) {
    check(head_sent_ && !ended_, "one end");
    ended_ = true;
    clean_ = true;
  }
  void take(const action::SendWhole&) {
    check(!head_sent_ && !ended_, "a whole answer is the only one");
    ended_ = true;
    clean_ = true;
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
    check(!calling_, "no call outlives its session");
  }

  void check_receipt() {
    const Receipt& receipt = session_->receipt();
    check(receipts_ == 1, "one receipt");
    Usd sum;
    for (const Attempt& attempt : receipt.attempts) sum += attempt.cost;
    check(sum == receipt.cost, "the bill is the sum of its attempts");
    check(receipt.attempts.size() == calls_, "every call is on the receipt");
    check((receipt.ending == Ending::answered) <= clean_, "answered means a clean end");
    check(receipt.ending == Ending::client_gone || ended_, "the client is told something");
    check(receipt.ending != Ending::upstream_truncated || (head_sent_ && !clean_),
          "a truncated answer never ends cleanly");
    check(receipt.total <= session_->spec().limits.total + milliseconds(kSlowStepMs),
          "no session outlives its deadline");
  }

  static constexpr std::array<int, 8> kRefusals{400, 401, 404, 413, 422, 429, 500, 503};

  Rng rng_;
  Weather weather_;
  std::vector<Expert> experts_;
  std::optional<orchestrator::Session> session_;
  TimePoint now_{};
  std::vector<std::string> violations_;
  std::size_t events_ = 0;

  // What the world knows.
  std::optional<TimePoint> wake_;
  bool predicting_ = false;
  bool calling_ = false;
  bool head_ = false;
  int status_ = 200;
  std::size_t held_ = 0;
  std::size_t content_ = 0;
  // What the client has seen.
  bool head_sent_ = false;
  bool ended_ = false;
  bool clean_ = false;
  std::size_t calls_ = 0;
  std::size_t receipts_ = 0;
};

}  // namespace

SimulatedRun simulate_session(std::uint64_t seed) { return Judge(seed).run(); }

}  // namespace ooe::testing

#include "orchestrator/session.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/free_memory.h"
#include "core/fault_word.h"
#include "core/foreseen.h"
#include "policy/why_nobody.h"

namespace ooe::orchestrator {
namespace {

constexpr int kTooManyRequests = 429;

std::chrono::microseconds since(TimePoint start, TimePoint now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now - start);
}

// These say "your request", not "my trouble": their body is read to the end, because when no other
// expert is left it is the best answer the client can get. Key trouble (401, 403) and an unknown
// model (404) are the operator's; a 403 may be a moderator's too, as its words tell.
bool blames_request(int status) {
  return status == 400 || status == 403 || status == 413 || status == 415 || status == 422;
}

// Whether the call failed. An expert that objects to the request or hands it on has not.
bool is_failure(const Attempt& attempt) {
  const Blame blame = blame_of(attempt.fault);
  return blame != Blame::request && blame != Blame::dialect;
}

// For an expert that did not report usage: an estimate, flagged, never zero.
TokenCounts estimated_tokens(const Query& query, ExpertId expert, std::size_t content_bytes) {
  TokenCounts tokens;
  tokens.input = prompt_tokens_for(query, expert.index());
  tokens.output = guessed_tokens(content_bytes);
  tokens.estimated = true;
  return tokens;
}

// Uniform in [0, 1), and the receipt shows it: ids are random.
double dice_of(const ReceiptId& id) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, id.bytes.data(), sizeof(bits));
  return static_cast<double>(bits >> 11U) * 0x1p-53;
}

}  // namespace

Session::Session(SessionSpec spec) : spec_(std::move(spec)) {
  receipt_.id = spec_.receipt_id;
  receipt_.received = spec_.received_wall;
  receipt_.model = spec_.model;
  receipt_.key = std::move(spec_.key);
  receipt_.privacy = spec_.query.privacy;
  receipt_.privacy_reasons = std::move(spec_.query.privacy_reasons);
  receipt_.cleared = std::move(spec_.cleared);
  receipt_.streamed = spec_.streamed;
}

void Session::on_event(Event event, TimePoint now, std::vector<Action>& actions) {
  if (over()) return;
  std::visit([&](auto& happened) { on(happened, now, actions); }, event);
  // A timer that has rung is spent.
  if (!over()) wake(std::holds_alternative<event::Tick>(event), actions);
}

void Session::name_query() {
  OOE_CHECK(committed() || over(), "whoever may still be asked needs the query");
  if (std::exchange(named_, true)) return;
  receipt_.query = query_id(spec_.query.text);
  free_memory(spec_.query.text);
}

Receipt Session::take_receipt() {
  OOE_CHECK(over(), "a receipt is filed at the end");
  name_query();
  return std::move(receipt_);
}

double Session::predicted_quality() const {
  return decision_.plan.empty() ? 0.0 : predictions_[speaker_.index()].quality;
}

void Session::on(const event::Started&, TimePoint, Actions& actions) {
  OOE_CHECK(phase_ == Phase::fresh, "a session starts once");
  phase_ = Phase::deciding;
  actions.emplace_back(action::Predict{});
}

void Session::on(event::Predicted& predicted, TimePoint now, Actions& actions) {
  if (phase_ != Phase::deciding) return;  // a late remote predictor
  OOE_CHECK(predicted.predictions.size() == spec_.experts.size(), "a prediction for every expert");
  predictions_ = std::move(predicted.predictions);
  decision_ =
      policy::decide(predictions_, spec_.experts, spec_.query, spec_.tradeoff, spec_.decide);
  receipt_.decide = since(spec_.received, now);
  // A replay reckons with one answer a request.
  if (spec_.keep_foreseen && !spec_.decide.pinned && spec_.tag.empty() &&
      spec_.query.choices == 1) {
    receipt_.foreseen = foreseen_bytes(spec_.query, spec_.experts, predictions_,
                                       spec_.decide.healthy, spec_.decide.takes_length);
  }
  if (decision_.plan.empty()) {
    return refuse_nobody_allowed(now, actions);
  }
  receipt_.propensity = policy::explore(decision_, spec_.experts, spec_.tradeoff, spec_.decide,
                                        spec_.explore, dice_of(receipt_.id));
  receipt_.chosen = spec_.experts[decision_.plan.front().index()].name;
  speaker_ = decision_.plan.front();
  phase_ = Phase::asking;
  ask_next(false, now, actions);
}

// Health heals by itself and budgets start anew; privacy, capabilities and limits do not change.
void Session::refuse_nobody_allowed(TimePoint now, Actions& actions) {
  std::string why = policy::why_nobody(decision_, spec_.experts, spec_.query,
                                       receipt_.privacy_reasons, spec_.decide, spec_.shown);
  if (const auto in = enough_budget_in()) {
    retry_after_ = in;
    return refuse(429, "budget_exhausted",
                  fmt::format("this key's budget has {} USD left, too little for this request; "
                              "try again in {} s: {}",
                              to_string(spec_.budget->key.left), in->count(), why),
                  Ending::refused, now, actions);
  }
  refuse(somebody_may_answer_later() ? 503 : 422, "no_expert_allowed",
         "no expert may answer this request: " + std::move(why), Ending::refused, now, actions);
}

// Whether time alone stands between some expert and the request.
bool Session::somebody_may_answer_later() const {
  for (std::size_t i = 0; i < decision_.verdicts.size(); ++i) {
    const auto& pinned = spec_.decide.pinned;
    if (is_passing(decision_.verdicts[i].verdict) && (!pinned || pinned->index() == i)) return true;
  }
  return false;
}

bool Session::anybody_with(const policy::DecideOptions& options) const {
  return !policy::decide(predictions_, spec_.experts, spec_.query, spec_.tradeoff, options)
              .plan.empty();
}

// Returns when the key's budget leaves enough for somebody who may answer, where too little is left
// of it now. A budget that is too small even when it is new is a limit like any other: nothing.
// Requires: nobody may answer now.
std::optional<std::chrono::seconds> Session::enough_budget_in() const {
  if (!spec_.budget) return std::nullopt;
  policy::DecideOptions options = spec_.decide;
  options.healthy = {};
  options.deadline = options.first_token = std::nullopt;
  // Some expert is affordable once it is well or quick again: it is not the budget that is too
  // small.
  if (anybody_with(options)) return std::nullopt;
  for (const BudgetLater& later : spec_.budget->key.later) {
    options.cost_max = std::min(later.left, spec_.budget->cost_max.value_or(Usd::max()));
    if (anybody_with(options)) return later.in;
  }
  return std::nullopt;
}

void Session::on(const event::UpstreamSent& sent, TimePoint, Actions&) {
  if (Call* const call = find(sent.call)) call->sent = true;
}

void Session::on(const event::UpstreamUnsent& unsent, TimePoint, Actions&) {
  if (Call* const call = find(unsent.call)) call->sent = false;
}

void Session::on(const event::UpstreamHead& head, TimePoint now, Actions& actions) {
  Call* const call = find(head.call);
  if (call == nullptr || committed_) return;
  call->status = head.status;
  call->window_start = now;
  if (is_success(head.status)) {
    if (head.event_stream != spec_.streamed) {
      lose(head.call, fault_word::kWrongContentType, false, now, actions);
    }
    return;
  }
  if (blames_request(head.status)) return;  // its body tells more; UpstreamEnd decides
  call->retry_after = head.retry_after;
  if (head.status == kTooManyRequests) {  // or a bill that is not paid, which its body tells soon
    call->turned_away = now;
    return;
  }
  lose(head.call, fault_word::http(head.status), false, now, actions);
}

void Session::on(const event::UpstreamBytes& bytes, TimePoint now, Actions& actions) {
  Call* const call = find(bytes.call);
  if (call == nullptr) return;
  if (bytes.content_bytes > call->content_bytes) call->said = now;
  call->content_bytes = bytes.content_bytes;
  call->usage = bytes.usage;
  call->bytes_held = bytes.bytes_held;
  if (committed_) {
    actions.emplace_back(action::SendHeld{});
    return;
  }
  const bool too_long = bytes.bytes_held > spec_.limits.hold_bytes_max;
  if (call->deferred) {
    if (too_long) lose(bytes.call, fault_word::kDeferred, false, now, actions);
    return;
  }
  if (call->turned_away) {
    if (too_long) lose(bytes.call, fault_word::kHttp429, false, now, actions);
    return;
  }
  if (blames_request(call->status)) {
    if (too_long) lose(bytes.call, fault_word::http(call->status), false, now, actions);
    return;
  }
  // The role event, comments and the like are held back with the first content, so that falling
  // back stays possible.
  const bool has_words = bytes.content_bytes > 0;
  const bool speaks = spec_.streamed && has_words && !bytes.undecided;
  if (!too_long && !speaks) return;
  // A stream that fills memory without a word must not keep the next expert from answering.
  if (spec_.streamed && !has_words) {
    return lose(bytes.call, fault_word::kWordless, false, now, actions);
  }
  commit(*call, now, actions);
  actions.emplace_back(action::SendHeld{});
}

void Session::on(const event::Deferred& deferred, TimePoint now, Actions&) {
  Call* const call = find(deferred.call);
  // After the commit point the client has seen the tag: the answer was too long to hold.
  if (call != nullptr && !committed_) call->deferred = now;
}

void Session::on(const event::UpstreamEnd& end, TimePoint now, Actions& actions) {
  Call* const call = find(end.call);
  if (call == nullptr) return;
  if (call->deferred) {
    call->content_bytes = end.content_bytes;
    call->usage = end.usage;
    return lose(end.call, fault_word::kDeferred, true, now, actions);
  }
  if (call->turned_away) {
    const bool unpaid = end.objection == Objection::unpaid;
    return lose(end.call, unpaid ? fault_word::kUnpaid : fault_word::kHttp429, true, now, actions);
  }
  if (blames_request(call->status)) return on_objection(*call, end.objection, now, actions);
  call->content_bytes = end.content_bytes;
  call->usage = end.usage;
  const int status = call->status;
  const bool whole = !committed_ && !spec_.streamed;
  if (whole) {
    take_the_floor(*call, now, actions);
    // The body says what the answer cost, so the bill is complete before its head leaves.
    settle(end.call, "", now);
    answer_status_ = status;
    actions.emplace_back(action::SendWhole{end.call, status});
  } else {
    if (!committed_) commit(*call, now, actions);  // a whole stream without content
    settle(end.call, "", now);
    actions.emplace_back(action::SendHeld{});
    actions.emplace_back(action::EndBody{});
  }
  name_speaker();
  finish(Ending::answered, now, actions);
}

// The expert says that the request is wrong. For others it may be right: they may take more, or
// filter less. When nobody is left, its words are the best answer there is.
void Session::on_objection(Call& call, Objection objection, TimePoint now, Actions& actions) {
  const CallNumber number = call.number;
  const int status = call.status;
  if (objection == Objection::unpaid) return lose(number, fault_word::kUnpaid, true, now, actions);
  const bool moderated = status == 403 && objection == Objection::content_filter;
  if (status == 403 && !moderated) return lose(number, fault_word::kHttp403, true, now, actions);
  if (objection == Objection::context_too_long) {
    const std::int64_t known = spec_.experts[call.expert.index()].context_tokens;
    context_tokens_above_ = std::max(context_tokens_above_, known);
  }
  const bool unsaid = objection == Objection::dialect;
  // What only this expert cannot be told says little of a request that another has failed at.
  const bool others_failed = unsaid && std::ranges::any_of(receipt_.attempts, is_failure);
  settle(number,
         unsaid      ? std::string(fault_word::kDialect)
         : moderated ? std::string(fault_word::kModerated)
                     : fault_word::http(status),
         now);
  if (!running_.empty() || more_to_ask() || others_failed) {
    actions.emplace_back(action::DropHeld{number});
    if (running_.empty()) ask_next_or_give_up(now, actions);
    return;
  }
  receipt_.first_byte = since(spec_.received, now);
  speaker_ = attempted_.back().expert;
  answer_status_ = status;
  actions.emplace_back(action::SendWhole{number, status});
  finish(Ending::refused, now, actions);
}

void Session::on(const event::UpstreamFault& fault, TimePoint now, Actions& actions) {
  Call* const call = find(fault.call);
  if (call == nullptr) return;
  if (fault.content_bytes) call->content_bytes = *fault.content_bytes;
  if (fault.usage) call->usage = fault.usage;
  lose(fault.call, fault.fault, true, now, actions);
}

void Session::on(const event::ClientGone&, TimePoint now, Actions& actions) {
  cancel_all(fault_word::kClientGone, now, actions);
  if (committed_) name_speaker();
  finish(Ending::client_gone, now, actions);
}

void Session::on(const event::ShutDown&, TimePoint now, Actions& actions) {
  cancel_all(fault_word::kShutDown, now, actions);
  if (committed_) {
    name_speaker();
    actions.emplace_back(action::BreakBody{"shutting_down", "the gateway is shutting down"});
    finish(Ending::shut_down, now, actions);
    return;
  }
  retry_after_ = std::chrono::seconds(1);  // by then another server takes it
  refuse(503, "shutting_down", "the gateway is shutting down; try again", Ending::shut_down, now,
         actions);
}

void Session::on(const event::Tick& tick, TimePoint now, Actions& actions) {
  const bool total_over = now >= spec_.received + spec_.limits.total;
  if (committed_) {
    Call& voice = running_.front();
    if (tick.unread) voice.said = now;  // it may have said more
    if (total_over) return lose(voice.number, fault_word::kDeadline, false, now, actions);
    if (stalled(voice, now)) lose(voice.number, fault_word::kStalled, false, now, actions);
    return;
  }
  if (total_over) {
    cancel_all(fault_word::kDeadline, now, actions);
    refuse(504, "deadline_exceeded",
           fmt::format("no expert answered within {} ms", spec_.limits.total.count()),
           Ending::deadline_exceeded, now, actions);
    return;
  }
  // The loop runs backwards: losing a call removes it and may append another, which is not overdue.
  for (std::size_t i = running_.size(); i-- > 0;) {
    Call& call = running_[i];
    if (const auto why = overdue(call, now); !why.empty()) {
      lose(call.number, why, false, now, actions);
      if (over()) return;
    } else if (window_is_over(call, now)) {
      call.window_start = now;
      call.window_bytes = call.bytes_held;
    }
  }
  maybe_hedge(tick.may_hedge, now, actions);
}

// Returns the fault, or nothing while the call is in time.
std::string_view Session::overdue(const Call& call, TimePoint now) const {
  if (call.deferred) {
    return now >= *call.deferred + spec_.limits.deferral ? fault_word::kDeferred : "";
  }
  if (call.turned_away) {
    return now >= *call.turned_away + spec_.limits.deferral ? fault_word::kHttp429 : "";
  }
  if (spec_.streamed && call.content_bytes == 0 && now >= call.started + spec_.limits.first_token) {
    return fault_word::kFirstTokenTimeout;
  }
  if (stalled(call, now)) return fault_word::kStalled;
  if (!window_is_over(call, now)) return {};
  const std::size_t needed =
      spec_.limits.bytes_per_second_min * static_cast<std::size_t>(kThroughputWindow.count());
  return call.bytes_held - call.window_bytes < needed ? fault_word::kTooSlow : "";
}

// Whether its stream has begun; what it says may be held back, as long as it may be a tag.
bool Session::has_begun(const Call& call) const { return spec_.streamed && call.content_bytes > 0; }

// Whether its stream has begun and does not go on.
bool Session::stalled(const Call& call, TimePoint now) const {
  return has_begun(call) && now >= call.said + spec_.limits.stall;
}

// Whether it has come to the end of one of the windows in which throughput is measured.
bool Session::window_is_over(const Call& call, TimePoint now) const {
  return spec_.limits.bytes_per_second_min > 0 && is_success(call.status) &&
         now >= call.window_start + kThroughputWindow;
}

void Session::maybe_hedge(bool allowed, TimePoint now, Actions& actions) {
  if (hedged_ || spec_.limits.hedge_after.count() == 0 || running_.size() != 1) return;
  const Call& call = running_.front();
  if (has_begun(call) || call.deferred || call.turned_away) return;
  if (now < call.started + spec_.limits.hedge_after) return;
  hedged_ = true;
  if (allowed && more_to_ask()) ask_next(true, now, actions);
}

// One timer serves all deadlines. It is set when the earliest has come nearer; one that has moved
// away, as with each word of a stream, is found not due when the timer rings, and set anew then.
void Session::wake(bool again, Actions& actions) {
  const TimePoint at = next_wake();
  if (wake_at_ <= at && !again) return;
  wake_at_ = at;
  actions.emplace_back(action::WakeAt{at});
}

TimePoint Session::next_wake() const {
  TimePoint at = spec_.received + spec_.limits.total;
  for (const Call& call : running_) {
    if (has_begun(call) && !call.deferred) {
      at = std::min(at, call.said + spec_.limits.stall);
    }
    if (committed_) continue;
    if (call.deferred) {
      at = std::min(at, *call.deferred + spec_.limits.deferral);
      continue;
    }
    if (call.turned_away) {
      at = std::min(at, *call.turned_away + spec_.limits.deferral);
      continue;
    }
    if (spec_.streamed && call.content_bytes == 0) {
      at = std::min(at, call.started + spec_.limits.first_token);
    }
    if (!hedged_ && spec_.limits.hedge_after.count() > 0 && !has_begun(call)) {
      at = std::min(at, call.started + spec_.limits.hedge_after);
    }
    if (spec_.limits.bytes_per_second_min > 0 && is_success(call.status)) {
      at = std::min(at, call.window_start + kThroughputWindow);
    }
  }
  return at;
}

Session::Call* Session::find(CallNumber number) {
  const auto at = std::ranges::find(running_, number, &Call::number);
  return at == running_.end() ? nullptr : &*at;
}

// Passes over experts that are known to take no more than the one that said "too long".
bool Session::more_to_ask() {
  for (; next_ < decision_.plan.size(); ++next_) {
    const std::int64_t known = spec_.experts[decision_.plan[next_].index()].context_tokens;
    if (known == 0 || known > context_tokens_above_) return true;
  }
  return false;
}

// Requires: more_to_ask().
void Session::ask_next(bool hedge, TimePoint now, Actions& actions) {
  const ExpertId expert = decision_.plan[next_++];
  if (running_.empty()) speaker_ = expert;
  if (sees_redacted(spec_.experts[expert.index()], spec_.query)) receipt_.redacted = spec_.redacted;
  running_.push_back({.number = calls_++, .expert = expert, .started = now});
  actions.emplace_back(action::CallExpert{running_.back().number, expert, hedge});
}

void Session::ask_next_or_give_up(TimePoint now, Actions& actions) {
  if (more_to_ask()) return ask_next(false, now, actions);
  // When every expert asked has handed the request on and no other will be back, a second try would
  // end the same way.
  const bool handed_on = std::ranges::all_of(
      receipt_.attempts, [](const Attempt& a) { return a.fault == fault_word::kDeferred; });
  const bool in_vain = handed_on && !somebody_may_answer_later();
  refuse(in_vain ? 422 : 503, in_vain ? "no_expert_allowed" : "experts_failed",
         why_nobody_answered(), Ending::experts_failed, now, actions);
}

// Requires: attempts, all of which came to nothing.
std::string Session::why_nobody_answered() const {
  const auto name = [&](std::size_t attempt) {
    return policy::name_shown(spec_.experts, attempted_[attempt].expert.index(), spec_.shown);
  };
  const auto& attempts = receipt_.attempts;
  if (attempts.size() == 1 && attempts.front().fault == fault_word::kDeferred) {
    return fmt::format(
        "{} handed the request on, and no other expert may answer it; POST /v1/orchestrate says "
        "why",
        name(0));
  }
  std::string list = "every expert that may answer has failed: ";
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    list += fmt::format("{}{}: {}", i == 0 ? "" : "; ", name(i), attempts[i].fault);
  }
  return list;
}

// From here on this call is the voice: whoever was asked beside it is cancelled.
void Session::take_the_floor(const Call& call, TimePoint now, Actions& actions) {
  const CallNumber voice = call.number;
  speaker_ = call.expert;
  receipt_.first_byte = since(spec_.received, now);
  for (std::size_t i = running_.size(); i-- > 0;) {
    const CallNumber other = running_[i].number;
    if (other == voice) continue;
    cancel(other, fault_word::kHedgeLost, now, actions);
    actions.emplace_back(action::DropHeld{other});
  }
}

void Session::commit(const Call& call, TimePoint now, Actions& actions) {
  const CallNumber number = call.number;
  const int status = call.status;
  take_the_floor(call, now, actions);
  committed_ = true;
  phase_ = Phase::answering;
  answer_status_ = status;
  actions.emplace_back(action::SendHead{number, status});
}

// The call is of no more use: end it unless it has ended by itself, then move on if the client has
// not heard of it, or break the answer if it has.
void Session::lose(CallNumber number, std::string_view fault, bool call_ended, TimePoint now,
                   Actions& actions) {
  if (!call_ended) actions.emplace_back(action::CancelCall{number});
  settle(number, fault, now);
  if (!committed_) {
    actions.emplace_back(action::DropHeld{number});
    if (running_.empty()) ask_next_or_give_up(now, actions);
    return;
  }
  name_speaker();
  actions.emplace_back(action::BreakBody{
      "upstream_truncated", fmt::format("{} broke off: {}", receipt_.answered_by, fault)});
  finish(Ending::upstream_truncated, now, actions);
}

// Ends a call for a reason that is not the expert's.
void Session::cancel(CallNumber number, std::string_view fault, TimePoint now, Actions& actions) {
  actions.emplace_back(action::CancelCall{number});
  settle(number, fault, now);
}

void Session::cancel_all(std::string_view fault, TimePoint now, Actions& actions) {
  while (!running_.empty()) cancel(running_.front().number, fault, now, actions);
}

// The call is over: what it cost goes on the receipt.
void Session::settle(CallNumber number, std::string_view fault, TimePoint now) {
  const auto at = std::ranges::find(running_, number, &Call::number);
  OOE_CHECK(at != running_.end(), "a call is settled once");
  const Expert& expert = spec_.experts[at->expert.index()];
  Attempt attempt;
  attempt.expert = expert.name;
  attempt.fault = at->deferred ? fault_word::kDeferred : fault;
  // The receipt says 429, whatever ended the call while the session waited for its body.
  if (at->turned_away && fault != fault_word::kUnpaid) attempt.fault = fault_word::kHttp429;
  if (at->retry_after && fault != fault_word::kUnpaid) {
    // An expert that says 0 has turned the request away all the same, so a second is the least.
    const auto told = std::max(*at->retry_after, std::chrono::seconds(1));
    retry_after_ = std::min(retry_after_.value_or(told), told);
  }
  attempt.duration = since(at->started, now);
  // Whoever refuses charges nothing. An expert that had the request when it was cancelled, or has
  // not been heard of since, has read the prompt.
  const bool at_work = at->status == 0 && at->sent;
  if (at->usage) {
    attempt.tokens = *at->usage;
    if (attempt.tokens.estimated && attempt.tokens.input == 0) {
      attempt.tokens.input = prompt_tokens_for(spec_.query, at->expert.index());
    }
  } else if (is_success(at->status) || at_work) {
    attempt.tokens = estimated_tokens(spec_.query, at->expert, at->content_bytes);
  }
  if (expert.prices) attempt.cost = cost_of(attempt.tokens, *expert.prices);
  receipt_.cost += attempt.cost;
  receipt_.attempts.push_back(std::move(attempt));
  attempted_.push_back({number, at->expert});
  running_.erase(at);
}

void Session::name_speaker() {
  receipt_.answered_by = spec_.experts[speaker_.index()].name;
  receipt_.predicted_quality = predicted_quality();
}

void Session::refuse(int status, std::string_view code, std::string message, Ending ending,
                     TimePoint now, Actions& actions) {
  answer_status_ = status;
  error_code_ = code;
  actions.emplace_back(
      action::SendError{status, std::string(code), std::move(message), retry_after_});
  finish(ending, now, actions);
}

void Session::finish(Ending ending, TimePoint now, Actions& actions) {
  OOE_CHECK(phase_ != Phase::over, "a session ends once");
  phase_ = Phase::over;
  receipt_.ending = ending;
  receipt_.total = since(spec_.received, now);
  if (receipt_.answered_by.empty() && !decision_.plan.empty()) {
    receipt_.predicted_quality = predictions_[decision_.plan.front().index()].quality;
  }
  actions.emplace_back(action::FileReceipt{});
}

}  // namespace ooe::orchestrator

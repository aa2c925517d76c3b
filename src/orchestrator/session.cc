#include "orchestrator/session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace ooe::orchestrator {
namespace {

std::chrono::microseconds since(TimePoint start, TimePoint now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now - start);
}

bool is_success(int status) { return status >= 200 && status < 300; }

// These say "your request", not "my trouble": their body is read to the end, because when no other
// expert is left it is the best answer the client can get. Key trouble (401, 403) and an unknown
// model (404) are the operator's.
bool blames_request(int status) {
  return status == 400 || status == 413 || status == 415 || status == 422;
}

// For an expert that did not report usage: an estimate, flagged, never zero.
TokenCounts estimated_tokens(const Query& query, std::size_t content_bytes) {
  TokenCounts tokens;
  tokens.input = query.prompt_tokens;
  tokens.output = content_bytes == 0 ? 0 : static_cast<std::int64_t>(content_bytes / 4) + 1;
  tokens.estimated = true;
  return tokens;
}

std::string list_verdicts(const Decision& decision, std::span<const Expert> experts) {
  std::string list;
  for (std::size_t i = 0; i < experts.size(); ++i) {
    list += fmt::format("{}{}: {}", i == 0 ? "" : "; ", experts[i].name,
                        to_string(decision.verdicts[i].verdict));
  }
  return list;
}

std::string list_faults(const std::vector<Attempt>& attempts) {
  std::string list;
  for (const Attempt& attempt : attempts) {
    list += fmt::format("{}{}: {}", list.empty() ? "" : "; ", attempt.expert, attempt.fault);
  }
  return list;
}

}  // namespace

Session::Session(SessionSpec spec) : spec_(std::move(spec)) {
  receipt_.id = spec_.receipt_id;
  receipt_.query = spec_.query.id;
  receipt_.received = spec_.received_wall;
  receipt_.model = spec_.model;
  receipt_.key = spec_.key;
  receipt_.privacy = spec_.query.privacy;
  receipt_.privacy_reasons = spec_.query.privacy_reasons;
  for (const Expert& expert : spec_.experts) {
    if (spec_.query.privacy <= expert.clearance) receipt_.cleared.push_back(expert.name);
  }
  receipt_.streamed = spec_.streamed;
}

void Session::on_event(const Event& event, TimePoint now, std::vector<Action>& actions) {
  if (over()) return;
  std::visit([&](const auto& happened) { on(happened, now, actions); }, event);
}

double Session::predicted_quality() const {
  return decision_.plan.empty() ? 0.0 : predictions_[current_expert().index()].quality;
}

void Session::on(const event::Started&, TimePoint, Actions& actions) {
  OOE_CHECK(phase_ == Phase::fresh, "a session starts once");
  phase_ = Phase::deciding;
  actions.emplace_back(action::WakeAt{spec_.received + spec_.limits.total});
  actions.emplace_back(action::Predict{});
}

void Session::on(const event::Predicted& predicted, TimePoint now, Actions& actions) {
  if (phase_ != Phase::deciding) return;  // a late remote predictor
  OOE_CHECK(predicted.predictions.size() == spec_.experts.size(), "a prediction for every expert");
  predictions_ = predicted.predictions;
  decision_ =
      policy::decide(predictions_, spec_.experts, spec_.query, spec_.tradeoff, spec_.decide);
  receipt_.decide = since(spec_.received, now);
  if (decision_.plan.empty()) {
    // Health heals by itself; privacy, capabilities and limits do not.
    const bool passing = std::ranges::any_of(decision_.verdicts, [](const ExpertVerdict& verdict) {
      return verdict.verdict == Verdict::unhealthy;
    });
    refuse(passing ? 503 : 422, "no_expert_allowed",
           "no expert may answer this request: " + list_verdicts(decision_, spec_.experts),
           Ending::refused, now, actions);
    return;
  }
  receipt_.chosen = spec_.experts[decision_.plan.front().index()].name;
  phase_ = Phase::asking;
  ask(now, actions);
}

void Session::on(const event::PredictTimedOut&, TimePoint now, Actions& actions) {
  if (phase_ != Phase::deciding) return;
  refuse(503, "prediction_timed_out",
         "the predictor did not answer in time; try again, or name an expert as the model",
         Ending::refused, now, actions);
}

void Session::on(const event::UpstreamHead& head, TimePoint now, Actions& actions) {
  if (phase_ != Phase::asking) return;
  upstream_status_ = head.status;
  if (is_success(head.status)) {
    if (head.event_stream != spec_.streamed) break_off("wrong_content_type", false, now, actions);
    return;
  }
  if (blames_request(head.status)) return;  // its body tells more; UpstreamEnd decides
  if (head.retry_after)
    retry_after_ = std::min(retry_after_.value_or(*head.retry_after), *head.retry_after);
  break_off(fmt::format("http_{}", head.status), false, now, actions);
}

void Session::on(const event::UpstreamBytes& bytes, TimePoint now, Actions& actions) {
  if (phase_ != Phase::asking && phase_ != Phase::answering) return;
  content_bytes_ = bytes.content_bytes;
  usage_ = bytes.usage;
  if (phase_ == Phase::answering) {
    actions.emplace_back(action::SendHeld{});
    return;
  }
  if (blames_request(upstream_status_)) {
    if (bytes.bytes_held > spec_.limits.hold_bytes_max) {
      break_off(fmt::format("http_{}", upstream_status_), false, now, actions);
    }
    return;
  }
  // The role event, comments and the like are held back with the first content, so that falling
  // back stays possible.
  if ((spec_.streamed && bytes.content_bytes > 0) ||
      bytes.bytes_held > spec_.limits.hold_bytes_max) {
    commit(upstream_status_, now, actions);
    actions.emplace_back(action::SendHeld{});
  }
}

void Session::on(const event::UpstreamEnd& end, TimePoint now, Actions& actions) {
  if (phase_ != Phase::asking && phase_ != Phase::answering) return;
  if (blames_request(upstream_status_)) {
    settle_attempt(fmt::format("http_{}", upstream_status_), now);
    if (attempt_ + 1 < decision_.plan.size()) {
      actions.emplace_back(action::DropHeld{});
      ask_next_or_give_up(now, actions);
      return;
    }
    receipt_.first_byte = since(spec_.received, now);
    actions.emplace_back(action::SendWhole{upstream_status_});
    finish(Ending::refused, now, actions);
    return;
  }
  content_bytes_ = end.content_bytes;
  usage_ = end.usage;
  settle_attempt("", now);
  receipt_.answered_by = receipt_.attempts.back().expert;
  receipt_.predicted_quality = predicted_quality();
  if (!committed_ && !spec_.streamed) {
    receipt_.first_byte = since(spec_.received, now);
    actions.emplace_back(action::SendWhole{upstream_status_});
  } else {
    if (!committed_) commit(upstream_status_, now, actions);  // a whole stream without content
    actions.emplace_back(action::SendHeld{});
    actions.emplace_back(action::EndBody{});
  }
  finish(Ending::answered, now, actions);
}

void Session::on(const event::UpstreamFault& fault, TimePoint now, Actions& actions) {
  if (phase_ != Phase::asking && phase_ != Phase::answering) return;
  break_off(fault.fault, true, now, actions);
}

void Session::on(const event::ClientGone&, TimePoint now, Actions& actions) {
  abandon_call("client_gone", now, actions);
  finish(Ending::client_gone, now, actions);
}

void Session::on(const event::ShutDown&, TimePoint now, Actions& actions) {
  const bool heard = committed_;
  abandon_call("shut_down", now, actions);
  if (heard) {
    actions.emplace_back(action::BreakBody{"shutting_down", "the gateway is shutting down"});
    finish(Ending::shut_down, now, actions);
    return;
  }
  refuse(503, "shutting_down", "the gateway is shutting down; try again", Ending::shut_down, now,
         actions);
}

void Session::on(const event::Tick&, TimePoint now, Actions& actions) {
  const bool total_over = now >= spec_.received + spec_.limits.total;
  if (phase_ == Phase::answering) {
    if (total_over) break_off("deadline", false, now, actions);
    return;
  }
  if (total_over) {
    abandon_call("deadline", now, actions);
    refuse(504, "deadline_exceeded",
           fmt::format("no expert answered within {} ms", spec_.limits.total.count()),
           Ending::deadline_exceeded, now, actions);
    return;
  }
  if (phase_ == Phase::asking && spec_.streamed && content_bytes_ == 0 &&
      now >= attempt_started_ + spec_.limits.first_token) {
    break_off("first_token_timeout", false, now, actions);
    return;
  }
  // The first token's deadline came too late to matter; the total one still stands.
  actions.emplace_back(action::WakeAt{spec_.received + spec_.limits.total});
}

// Ends the call in progress, if there is one, for a reason that is not the expert's.
void Session::abandon_call(std::string_view fault, TimePoint now, Actions& actions) {
  if (phase_ != Phase::asking && phase_ != Phase::answering) return;
  actions.emplace_back(action::CancelCall{});
  settle_attempt(fault, now);
  if (!committed_) return;
  receipt_.answered_by = receipt_.attempts.back().expert;
  receipt_.predicted_quality = predicted_quality();
}

void Session::ask(TimePoint now, Actions& actions) {
  attempt_started_ = now;
  upstream_status_ = 0;
  content_bytes_ = 0;
  usage_.reset();
  if (spec_.streamed) {
    actions.emplace_back(action::WakeAt{
        std::min(now + spec_.limits.first_token, spec_.received + spec_.limits.total)});
  }
  actions.emplace_back(action::CallExpert{current_expert()});
}

void Session::ask_next_or_give_up(TimePoint now, Actions& actions) {
  if (attempt_ + 1 < decision_.plan.size()) {
    ++attempt_;
    ask(now, actions);
    return;
  }
  refuse(503, "experts_failed",
         "every expert that may answer has failed: " + list_faults(receipt_.attempts),
         Ending::experts_failed, now, actions);
}

void Session::commit(int status, TimePoint now, Actions& actions) {
  committed_ = true;
  phase_ = Phase::answering;
  receipt_.first_byte = since(spec_.received, now);
  // The total deadline again: WakeAt keeps one time, and the first token's is behind us.
  actions.emplace_back(action::WakeAt{spec_.received + spec_.limits.total});
  actions.emplace_back(action::SendHead{status});
}

// The current call is of no more use: end it unless it has ended by itself, then move on if the
// client has not heard of it, or break the answer if it has.
void Session::break_off(std::string_view fault, bool call_ended, TimePoint now, Actions& actions) {
  if (!call_ended) actions.emplace_back(action::CancelCall{});
  settle_attempt(fault, now);
  if (!committed_) {
    actions.emplace_back(action::DropHeld{});
    ask_next_or_give_up(now, actions);
    return;
  }
  receipt_.answered_by = receipt_.attempts.back().expert;
  receipt_.predicted_quality = predicted_quality();
  actions.emplace_back(action::BreakBody{
      "upstream_truncated", fmt::format("{} broke off: {}", receipt_.answered_by, fault)});
  finish(Ending::upstream_truncated, now, actions);
}

void Session::settle_attempt(std::string_view fault, TimePoint now) {
  const Expert& expert = spec_.experts[current_expert().index()];
  Attempt attempt;
  attempt.expert = expert.name;
  attempt.fault = fault;
  attempt.duration = since(attempt_started_, now);
  // Only an expert that began to answer charges for it.
  if (usage_) {
    attempt.tokens = *usage_;
  } else if (is_success(upstream_status_)) {
    attempt.tokens = estimated_tokens(spec_.query, content_bytes_);
  }
  if (expert.prices) attempt.cost = cost_of(attempt.tokens, *expert.prices);
  receipt_.cost += attempt.cost;
  receipt_.attempts.push_back(std::move(attempt));
}

void Session::refuse(int status, std::string_view code, std::string message, Ending ending,
                     TimePoint now, Actions& actions) {
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

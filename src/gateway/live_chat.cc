#include "gateway/live_chat.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "experts/openai_dialect.h"
#include "gateway/http_error.h"
#include "http/sse.h"

namespace ooe::gateway {
namespace {

// A breaker that closed between the decision and the call: the session takes its next expert.
constexpr std::string_view kBreakerOpen = "breaker_open";

bool is_success(int status) { return status >= 200 && status < 300; }

std::unique_ptr<bool[]> health_of(const ChatTools& tools) {
  const TimePoint now = tools.clock.now();
  auto healthy = std::make_unique<bool[]>(tools.breakers.size());
  for (std::size_t i = 0; i < tools.breakers.size(); ++i) {
    healthy[i] = tools.breakers[i].allows(now) && tools.health.is_well(i, now);
  }
  return healthy;
}

orchestrator::SessionSpec completed(orchestrator::SessionSpec spec, const ChatTools& tools,
                                    const orchestrator::Orchestrator& orchestrator,
                                    const bool* healthy) {
  spec.experts = orchestrator.experts();
  spec.decide.healthy = {healthy, orchestrator.experts().size()};
  spec.received = tools.clock.now();
  spec.received_wall = tools.clock.wall_now();
  return spec;
}

}  // namespace

LiveChat::LiveChat(const ChatTools& tools,
                   std::shared_ptr<const orchestrator::Orchestrator> orchestrator,
                   std::shared_ptr<http::Exchange> exchange, ChatRequest request,
                   orchestrator::SessionSpec spec, Done done)
    : tools_(tools),
      orchestrator_(std::move(orchestrator)),
      exchange_(std::move(exchange)),
      request_(std::move(request)),
      healthy_(health_of(tools)),
      session_(completed(std::move(spec), tools, *orchestrator_, healthy_.get())),
      done_(std::move(done)),
      timer_(tools.loop) {}

void LiveChat::start() {
  // Weak: the exchange keeps its callbacks, and this keeps the exchange.
  exchange_->on_gone([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->handle(event::ClientGone{});
  });
  exchange_->on_drained([weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->call_) self->call_->resume();
  });
  handle(event::Started{});
}

void LiveChat::shut_down() { handle(event::ShutDown{}); }

// Carrying an action out may cause the next event at once: it waits its turn, so that the session
// sees one at a time.
void LiveChat::handle(Event event) {
  events_.push_back(std::move(event));
  if (handling_) return;
  handling_ = true;
  const auto self = shared_from_this();  // the worker drops its reference while we are at it
  std::vector<Action> actions;
  while (!events_.empty()) {
    const Event next = std::move(events_.front());
    events_.pop_front();
    actions.clear();
    session_.on_event(next, tools_.clock.now(), actions);
    report_to_breakers();
    for (const Action& action : actions) {
      std::visit([this](const auto& what) { carry_out(what); }, action);
    }
  }
  handling_ = false;
}

void LiveChat::carry_out(const action::Predict&) {
  event::Predicted predicted;
  predicted.predictions.resize(orchestrator_->experts().size());
  const Query& query = session_.spec().query;
  orchestrator_->predict(query.text, query.prompt_tokens, tools_.scratch, predicted.predictions);
  handle(std::move(predicted));
}

void LiveChat::carry_out(const action::CallExpert& call) {
  const Expert& expert = orchestrator_->experts()[call.expert.index()];
  head_ = {};
  watcher_.reset();
  body_bytes_ = 0;
  call_.reset();
  if (!tools_.breakers[call.expert.index()].start(tools_.clock.now())) {
    handle(event::UpstreamFault{std::string(kBreakerOpen)});
    return;
  }
  // The call dies with this object, and after that calls nobody back.
  experts::ChatHandlers handlers;
  handlers.on_head = [this](const experts::ChatHead& head) { on_head(head); };
  handlers.on_bytes = [this](std::string_view bytes) { on_bytes(bytes); };
  handlers.on_end = [this] { on_end(); };
  handlers.on_fault = [this](http::Fault fault, const std::string&) {
    handle(event::UpstreamFault{std::string(to_string(fault))});
  };
  call_ = tools_.client.start(expert, body_for_expert(request_, expert.model), tools_.deadlines,
                              std::move(handlers));
}

void LiveChat::carry_out(const action::CancelCall&) { call_.reset(); }

void LiveChat::carry_out(const action::DropHeld&) { held_.clear(); }

void LiveChat::carry_out(const action::SendHead& head) {
  exchange_->send_head(head.status, answer_headers());
}

void LiveChat::carry_out(const action::SendHeld&) {
  if (held_.empty()) return;
  exchange_->send_chunk(held_);
  held_.clear();
  // A slow reader stops us reading upstream; on_drained goes on.
  if (call_ && exchange_->unsent_bytes() > tools_.unsent_bytes_max) call_->pause();
}

void LiveChat::carry_out(const action::EndBody&) {
  if (request_.stream) {
    exchange_->send_chunk(http::sse_comment(fmt::format(R"(ooe {{"receipt":"{}","cost_usd":{}}})",
                                                        to_hex(session_.receipt().id),
                                                        to_string(session_.receipt().cost))) +
                          http::sse_event("[DONE]"));
  }
  exchange_->finish();
}

void LiveChat::carry_out(const action::SendWhole& whole) {
  http::Response response;
  response.status = whole.status;
  response.headers = answer_headers();
  response.headers.push_back({"x-ooe-cost-usd", to_string(session_.receipt().cost)});
  response.body = std::exchange(held_, {});
  exchange_->send(std::move(response));
}

void LiveChat::carry_out(const action::SendError& error) {
  auto response = error_response(error.status, error.code, error.message, error.retry_after);
  response.headers.push_back({"x-ooe-receipt", to_hex(session_.receipt().id)});
  exchange_->send(std::move(response));
}

void LiveChat::carry_out(const action::BreakBody& broken) {
  if (request_.stream) {
    exchange_->send_chunk(http::sse_event(error_body(502, broken.code, broken.message)));
  }
  exchange_->abort();
}

void LiveChat::carry_out(const action::WakeAt& wake) {
  const auto delay = std::chrono::ceil<std::chrono::milliseconds>(wake.time - tools_.clock.now());
  timer_.arm(std::max(delay, std::chrono::milliseconds(0)), [this] { handle(event::Tick{}); });
}

void LiveChat::carry_out(const action::FileReceipt&) {
  timer_.cancel();
  // After [DONE] only the end of the framing is missing; with it the connection can be used again.
  if (call_ && watcher_ && watcher_->complete()) call_->release();
  call_.reset();
  done_(*this, session_.receipt());
}

void LiveChat::on_head(const experts::ChatHead& head) {
  head_ = head;
  const bool event_stream = head.content_type.starts_with("text/event-stream");
  if (is_success(head.status) && event_stream) watcher_.emplace(request_.include_usage);
  handle(event::UpstreamHead{head.status, event_stream, head.retry_after});
}

void LiveChat::on_bytes(std::string_view bytes) {
  const auto self = shared_from_this();  // an event may end the chat
  if (!watcher_) {
    held_ += bytes;
    body_bytes_ += bytes.size();
    handle(event::UpstreamBytes{held_.size(), body_bytes_, std::nullopt});
    return;
  }
  experts::StreamProgress progress = watcher_->feed(bytes);
  held_ += progress.forward;
  if (!progress.forward.empty()) {
    handle(event::UpstreamBytes{held_.size(), watcher_->content_bytes(), watcher_->usage()});
  }
  // The client need not wait until the expert closes its framing, which some never do.
  if (progress.done) handle(event::UpstreamEnd{watcher_->content_bytes(), watcher_->usage()});
  if (progress.broken && call_) {
    call_.reset();
    handle(event::UpstreamFault{
        progress.broken->code == ErrorCode::unavailable ? "error_event" : "malformed_event"});
  }
}

void LiveChat::on_end() {
  if (watcher_) {
    handle(event::UpstreamFault{"cut"});  // a clean close, but no [DONE]
    return;
  }
  if (session_.committed() || !is_success(head_.status)) {
    handle(event::UpstreamEnd{body_bytes_, std::nullopt});
    return;
  }
  const auto completion = experts::parse_completion(held_);
  if (completion) {
    handle(event::UpstreamEnd{completion->text.size(), completion->usage});
  } else {
    handle(event::UpstreamFault{"malformed_body"});
  }
}

// Attempts are settled inside the session; every one settled since the last look is news for its
// breaker.
void LiveChat::report_to_breakers() {
  const auto& attempts = session_.receipt().attempts;
  const TimePoint now = tools_.clock.now();
  for (; reported_ < attempts.size(); ++reported_) {
    const std::string& fault = attempts[reported_].fault;
    const std::size_t expert = session_.decision().plan[reported_].index();
    auto& breaker = tools_.breakers[expert];
    if (fault == kBreakerOpen) continue;  // nothing was started
    if (fault == "client_gone" || fault == "deadline" || fault == "shut_down") {
      breaker.on_abandoned();
    } else if (fault == "http_429" || (fault == "http_503" && head_.retry_after)) {
      breaker.on_turned_away(now, head_.retry_after);
    } else if (fault.empty() || fault == "http_400" || fault == "http_413" || fault == "http_415" ||
               fault == "http_422") {
      breaker.on_answered(now);
    } else {
      breaker.on_failed(now);
    }
    if (const auto until = breaker.open_until()) tools_.health.leave_alone(expert, *until);
  }
}

http::Headers LiveChat::answer_headers() const {
  http::Headers headers;
  headers.push_back({"content-type", request_.stream && watcher_  ? "text/event-stream"
                                     : head_.content_type.empty() ? "application/json"
                                                                  : head_.content_type});
  if (request_.stream) headers.push_back({"cache-control", "no-cache"});
  const Expert& expert = orchestrator_->experts()[session_.current_expert().index()];
  headers.push_back({"x-ooe-expert", expert.name});
  headers.push_back({"x-ooe-receipt", to_hex(session_.receipt().id)});
  if (orchestrator_->has_predictor()) {
    headers.push_back(
        {"x-ooe-predicted-quality", fmt::format("{:.3f}", session_.predicted_quality())});
  }
  return headers;
}

}  // namespace ooe::gateway

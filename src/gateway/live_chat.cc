#include "gateway/live_chat.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/byte_order_mark.h"
#include "base/free_memory.h"
#include "base/log.h"
#include "core/fault_word.h"
#include "experts/media_type.h"
#include "experts/openai_dialect.h"
#include "gateway/breaker_news.h"
#include "gateway/expert_body.h"
#include "gateway/http_error.h"
#include "http/sse.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kCostHeader = "x-ooe-cost-usd";

// Of our own on an answer: content-type, cache-control and four that begin with x-ooe.
constexpr std::size_t kAnswerHeadersMax = 6;

constexpr std::chrono::seconds kRetrySoon{1};

// Whether nothing but its health may keep the expert from the request.
bool may_answer_once_well(Verdict verdict) {
  return verdict == Verdict::chosen || verdict == Verdict::fallback ||
         verdict == Verdict::dominated || is_passing(verdict);
}

// A body that nobody here can read; the words are few, since metrics count by them.
std::string_view encoding_fault(std::string_view encoding) {
  if (encoding == "gzip" || encoding == "x-gzip") return fault_word::kEncodedGzip;
  if (encoding == "deflate") return fault_word::kEncodedDeflate;
  if (encoding == "br") return fault_word::kEncodedBr;
  if (encoding == "zstd") return fault_word::kEncodedZstd;
  return fault_word::kEncoded;
}

orchestrator::SessionSpec& completed(orchestrator::SessionSpec& spec, const ChatTools& tools,
                                     const orchestrator::Orchestrator& orchestrator,
                                     const Standing& standing, TimePoint now) {
  spec.experts = orchestrator.experts();
  spec.cleared = orchestrator.cleared_for(spec.query.privacy);
  standing.mask(spec.decide);
  spec.received = now;
  spec.received_wall = tools.clock.wall_now();
  return spec;
}

}  // namespace

LiveChat::LiveChat(std::shared_ptr<const ChatTools> tools,
                   std::shared_ptr<const orchestrator::Orchestrator> orchestrator,
                   std::shared_ptr<http::Exchange> exchange, ChatRequest&& request,
                   orchestrator::SessionSpec&& spec, RequestTrace trace, Ends ends)
    : tools_(std::move(tools)),
      exchange_(std::move(exchange)),
      now_(tools_->clock.now()),
      orchestrator_(std::move(orchestrator)),
      standing_(tools_->gates, tools_->health, context_tokens_needed(spec.query), now_),
      session_(std::move(completed(spec, *tools_, *orchestrator_, standing_, now_))),
      request_(std::move(request)),
      trace_(std::move(trace)),
      ends_(std::move(ends)),
      timer_(tools_->loop) {}

void LiveChat::start() {
  // Weak: the exchange keeps its callbacks, and this keeps the exchange.
  exchange_->on_gone([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->handle(event::ClientGone{});
  });
  handle(event::Started{});
}

void LiveChat::shut_down() { handle(event::ShutDown{}); }

// Carrying an action out may cause the next event at once: it waits its turn, so that the session
// sees one at a time.
void LiveChat::handle(Event event) {
  if (events_ != nullptr) return events_->push_back(std::move(event));
  const auto self = shared_from_this();  // the worker drops its reference while we are at it
  EventRoom room = std::exchange(tools_->event_room, {});
  events_ = &room.events;
  room.events.push_back(std::move(event));
  for (std::size_t next = 0; next < room.events.size(); ++next) {
    room.actions.clear();
    now_ = tools_->clock.now();
    session_.on_event(std::move(room.events[next]), now_, room.actions);
    report_to_gates();
    if (session_.over() && !std::exchange(settled_, true)) ends_.settle(session_.receipt());
    for (const Action& action : room.actions) {
      std::visit([this](const auto& what) { carry_out(what); }, action);
    }
  }
  events_ = nullptr;
  room.events.clear();
  room.actions.clear();
  tools_->event_room = std::move(room);
}

void LiveChat::carry_out(const action::Predict&) {
  const orchestrator::SessionSpec& spec = session_.spec();
  const orchestrator::LlmPredictor* llm = orchestrator_->llm_for(spec.query, spec.model);
  if (llm == nullptr) return predicted(nullptr, {});
  if (!tools_->llm_gate.start(now_)) {
    tools_->metrics.count_llm_prediction(LlmAnswer::resting);
    return predicted(nullptr, {});
  }
  llm_.emplace(LlmQuestion::Tools{tools_->loop, tools_->clock, tools_->client, tools_->llm_gate,
                                  tools_->metrics},
               *llm, now_, [this, llm](std::span<const double> probability) {
                 const auto self = shared_from_this();  // the prediction may end the chat
                 predicted(llm, probability);
               });
  llm_->ask(orchestrator_->experts()[llm->expert.index()], spec.query.text);
}

void LiveChat::predicted(const orchestrator::LlmPredictor* llm,
                         std::span<const double> probability) {
  event::Predicted predicted;
  predicted.predictions.resize(orchestrator_->experts().size());
  const Query& query = session_.spec().query;
  orchestrator_->predict(query, tools_->scratch, predicted.predictions);
  if (!probability.empty()) {
    orchestrator::weigh_by_tags(*llm, probability, predicted.predictions);
  }
  tools_->pace.expect(predicted.predictions, tools_->clock.now());
  handle(std::move(predicted));
}

void LiveChat::carry_out(const action::CallExpert& ask) {
  const Expert& expert = orchestrator_->experts()[ask.expert.index()];
  calls_.push_back(std::make_unique<ExpertCall>());
  ExpertCall& call = *calls_.back();
  call.number = ask.call;
  call.expert = ask.expert;
  call.may_defer = !session_.spec().tag.empty() && session_.spec().tagger == ask.expert;
  if (trace_.recorded()) call.span = {random_span_id(), tools_->clock.wall_now()};
  call.started = tools_->gates[ask.expert.index()].start(now_);
  if (!call.started) {  // the gate has closed since the decision: the session takes its next expert
    handle(event::UpstreamFault{ask.call, std::string(fault_word::kBreakerOpen)});
    return;
  }
  if (ask.hedge) tools_->hedges.take();
  const bool redacted = sees_redacted(expert, session_.spec().query);
  if (redacted) call.restorer.emplace(request_.redaction);
  // The call dies with this object, and after that calls nobody back.
  experts::ChatHandlers handlers;
  handlers.on_sent = [this, number = ask.call] { handle(event::UpstreamSent{number}); };
  handlers.on_unsent = [this, number = ask.call] { handle(event::UpstreamUnsent{number}); };
  handlers.on_head = [this, &call](const experts::ChatHead& head) { on_head(call, head); };
  handlers.on_bytes = [this, &call](std::string_view bytes) { on_bytes(call, bytes); };
  handlers.on_held = [this, &call](std::string_view body) { on_held(call, body); };
  handlers.on_end = [this, &call] { on_end(call); };
  handlers.on_fault = [this, &call](http::Fault fault, const std::string& message) {
    call.why = message;
    event::UpstreamFault event{call.number, std::string(to_string(fault))};
    // A body that broke off is billed by what it says.
    if (!call.watcher && is_success(call.head.status) && !session_.committed()) {
      const experts::Said said =
          experts::said_in(call.held.empty() ? call.untranslated : call.held);
      event.content_bytes = said.content_bytes;
      event.usage = said.usage;
    }
    handle(std::move(event));
  };
  experts::ChatDeadlines deadlines = tools_->deadlines;
  // The session looks after streams: before its first words one may be silent for as long as it may
  // take to say them.
  if (request_.stream) {
    deadlines.stall = std::max(deadlines.stall, session_.spec().limits.first_token);
  }
  call.call = tools_->client.start_with(trace_.headers_for(call.span.id), expert,
                                        body_for_expert(request_, expert, redacted), deadlines,
                                        std::move(handlers));
}

void LiveChat::carry_out(const action::CancelCall& cancel) { calls_[cancel.call]->call.reset(); }

void LiveChat::carry_out(const action::DropHeld& drop) { free_memory(calls_[drop.call]->held); }

void LiveChat::carry_out(const action::SendHead& head) {
  voice_ = head.call;
  tools_->gates[calls_[head.call]->expert.index()].speaks(now_);
  // After the commit point nobody else is asked.
  free_memory(request_.body);
  exchange_->send_head(head.status, answer_headers());
}

void LiveChat::carry_out(const action::SendHeld&) {
  ExpertCall& call = voice();
  if (call.held.empty()) return;
  exchange_->send_chunk(call.held);
  free_memory(call.held);
  // A slow reader stops us reading upstream.
  if (call.call && exchange_->unsent_bytes() > tools_->unsent_bytes_max) {
    call.paused = true;
    call.call->pause();
    exchange_->when_drained([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->read_on();
    });
  }
}

void LiveChat::read_on() {
  ExpertCall& call = voice();
  if (!call.call) return;
  call.resumed |= std::exchange(call.paused, false);
  call.call->resume();
}

void LiveChat::carry_out(const action::EndBody&) {
  http::Headers trailers;
  if (http::takes_trailers(exchange_->request().headers)) {
    trailers.push_back({std::string(kCostHeader), to_string(session_.receipt().cost)});
  }
  if (request_.stream) {
    exchange_->send_chunk(http::sse_comment(fmt::format(R"(ooe {{"receipt":"{}","cost_usd":{}}})",
                                                        to_hex(session_.receipt().id),
                                                        to_string(session_.receipt().cost))) +
                          http::sse_event("[DONE]"));
  }
  exchange_->finish(trailers);
}

void LiveChat::carry_out(const action::SendWhole& whole) {
  voice_ = whole.call;
  http::Response response;
  response.status = whole.status;
  response.headers = answer_headers();
  response.headers.push_back({std::string(kCostHeader), to_string(session_.receipt().cost)});
  response.body = std::exchange(voice().held, {});
  exchange_->send(std::move(response));
}

void LiveChat::carry_out(const action::SendError& error) {
  auto response = error_response(error.status, error.code, error.message, retry_after(error));
  response.headers.push_back({"x-ooe-receipt", to_hex(session_.receipt().id)});
  exchange_->send(std::move(response));
}

// When every expert that could answer is being left alone, the client is told how long until the
// first of them may be asked again.
std::optional<std::chrono::seconds> LiveChat::retry_after(const action::SendError& error) const {
  const bool nobody_well = error.status == 503 && error.code == "no_expert_allowed";
  if (!nobody_well && error.code != "experts_failed") return error.retry_after;
  std::vector<std::size_t> experts;
  const auto& verdicts = session_.decision().verdicts;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const auto& pinned = session_.spec().decide.pinned;
    if (may_answer_once_well(verdicts[i].verdict) && (!pinned || pinned->index() == i)) {
      experts.push_back(i);
    }
  }
  if (const auto in = tools_->health.back_in(experts, now_)) return in;
  // A breaker that waits for its probe, or as many calls as an expert takes: neither lasts.
  return nobody_well ? kRetrySoon : error.retry_after;
}

void LiveChat::carry_out(const action::BreakBody& broken) {
  if (request_.stream) {
    exchange_->send_chunk(http::sse_event(error_body(502, broken.code, broken.message)));
  }
  exchange_->abort();
}

void LiveChat::carry_out(const action::WakeAt& wake) {
  const auto delay = std::chrono::ceil<std::chrono::milliseconds>(wake.time - now_);
  timer_.arm(std::max(delay, std::chrono::milliseconds(0)), [this] {
    const bool unread =
        session_.committed() && (voice().paused || std::exchange(voice().resumed, false));
    handle(event::Tick{tools_->hedges.has_room(), unread});
  });
}

void LiveChat::carry_out(const action::FileReceipt&) {
  timer_.cancel();
  if (llm_) llm_->give_up(now_);  // the client left while it was asked
  for (const auto& call : calls_) let_go(*call);
  ends_.done(*this, session_.take_receipt());
}

void LiveChat::on_head(ExpertCall& call, const experts::ChatHead& head) {
  call.head = head;
  const bool event_stream = experts::is_event_stream(head.content_type);
  if (is_success(head.status) && event_stream) {
    call.watcher = std::make_unique<experts::StreamWatcher>(
        request_.include_usage,
        call.may_defer ? std::optional(experts::TagScanner(session_.spec().tag)) : std::nullopt,
        session_.spec().query.choices);
  }
  const auto self = shared_from_this();  // an event may end the chat
  handle(event::UpstreamHead{call.number, head.status, event_stream, head.retry_after});
  if (is_success(call.head.status) && !call.head.encoding.empty()) {
    call.why = fmt::format("content-encoding {}, though none was asked for", call.head.encoding);
    give_up(call, encoding_fault(call.head.encoding));
  }
}

void LiveChat::on_bytes(ExpertCall& call, std::string_view bytes) {
  const auto self = shared_from_this();  // an event may end the chat
  // The query is named after the first bytes have gone out, since the client waits for those.
  if (session_.committed()) session_.name_query();
  if (!call.watcher) {
    call.held += bytes;
    call.body_bytes += bytes.size();
    if (call.long_answer) {
      call.long_answer->feed(bytes);
    } else if (call.body_bytes > session_.spec().limits.hold_bytes_max) {
      call.long_answer.emplace(call.held);
    }
    // Originals are put back once the answer is whole. A longer one would begin to leave before
    // that.
    if (call.restorer && call.held.size() >= session_.spec().limits.hold_bytes_max) {
      call.call.reset();
      return handle(event::UpstreamFault{call.number, std::string(fault_word::kTooLongToRestore)});
    }
    handle(event::UpstreamBytes{call.number, call.held.size(), call.body_bytes, std::nullopt});
    return;
  }
  take(call, call.watcher->feed(bytes));
}

// A body to be translated counts like any other, but none of it leaves before it is whole, however
// long it is.
void LiveChat::on_held(ExpertCall& call, std::string_view body) {
  call.untranslated = body;
  const std::size_t held = std::min(body.size(), session_.spec().limits.hold_bytes_max);
  handle(event::UpstreamBytes{call.number, held, body.size(), std::nullopt});
}

void LiveChat::take(ExpertCall& call, experts::StreamProgress progress) {
  const std::size_t held_before = call.held.size();
  const bool forwards = !progress.forward.empty();  // it is moved from below
  if (call.restorer) {
    call.held += call.restorer->feed(progress.forward);
  } else if (call.held.empty()) {
    call.held = std::move(progress.forward);  // each chunk of most streams
  } else {
    call.held += progress.forward;
  }
  if (call.restorer && (progress.done || progress.broken)) call.held += call.restorer->finish();
  const experts::TagVerdict tag = call.watcher->tag();
  look_for_tag(call, tag);
  if (forwards || call.held.size() > held_before || progress.usage_told) {
    handle(event::UpstreamBytes{call.number, call.held.size(), call.watcher->content_bytes(),
                                call.watcher->usage(), tag == experts::TagVerdict::undecided});
  }
  if (progress.broken) {
    const bool told = progress.broken->code == ErrorCode::unavailable;
    return give_up(call, told ? fault_word::kErrorEvent : fault_word::kMalformedEvent);
  }
  if (!progress.done) return;
  // A proxy in between may put [DONE] behind a stream that was cut.
  if (!tools_->health.ended_well(call.expert.index(), call.watcher->said_why())) {
    return give_up(call, fault_word::kCut);
  }
  // The client need not wait until the expert closes its framing, which some never do.
  handle(event::UpstreamEnd{call.number, call.watcher->content_bytes(), call.watcher->usage()});
  if (!session_.over()) let_go(call);  // its words are not what the client waits for
}

void LiveChat::give_up(ExpertCall& call, std::string_view fault) {
  if (!call.call) return;  // it is over already
  call.call->blame();
  call.call.reset();
  std::optional<std::size_t> content;
  std::optional<TokenCounts> usage;
  if (call.watcher) {
    content = call.watcher->billed_bytes();
    usage = call.watcher->usage();
  }
  handle(event::UpstreamFault{call.number, std::string(fault), content, usage});
}

void LiveChat::on_end(ExpertCall& call) {
  const auto self = shared_from_this();  // an event may end the chat
  if (call.watcher) {
    take(call, call.watcher->end());
    // A clean close, but no [DONE], and somebody has not said why it ends.
    if (!call.watcher->complete()) {
      handle(event::UpstreamFault{call.number, std::string(fault_word::kCut)});
    }
    return;
  }
  if (!is_success(call.head.status)) return on_refused(call);
  if (session_.committed()) {
    if (!call.long_answer || !call.long_answer->whole()) {
      return handle(event::UpstreamFault{call.number, std::string(fault_word::kCut)});
    }
    handle(event::UpstreamEnd{call.number, call.body_bytes, call.long_answer->usage()});
    return;
  }
  if (call.held.starts_with(kByteOrderMark)) call.held.erase(0, kByteOrderMark.size());
  const auto completion = experts::parse_answer(call.held);
  if (completion && !completion->broken_off) {
    if (call.may_defer) {
      experts::TagScanner scanner(session_.spec().tag);
      scanner.take_reasoning(completion->reasoning);
      scanner.take_text(completion->text);
      look_for_tag(call, scanner.end());
    }
    if (call.restorer) call.held = call.restorer->whole(call.held);
    handle(event::UpstreamEnd{call.number, completion->content_bytes, completion->usage});
  } else {
    const experts::Said said = completion
                                   ? experts::Said{completion->usage, completion->content_bytes}
                                   : experts::said_in(call.held);
    const auto fault = completion ? fault_word::kErrorEvent : fault_word::kMalformedBody;
    handle(event::UpstreamFault{call.number, std::string(fault), said.content_bytes, said.usage});
  }
}

std::vector<CallSpan> LiveChat::call_spans() const {
  std::vector<CallSpan> spans;
  for (const auto& [number, id] : session_.attempted()) {
    const Expert& expert = orchestrator_->experts()[id.index()];
    CallSpan& span = spans.emplace_back(calls_[number]->span);
    span.model = expert.model;
    span.provider = expert.dialect == Dialect::anthropic ? "anthropic" : "openai";
  }
  return spans;
}

// Tells the session, once for each call, that the call's answer is the deferral tag.
void LiveChat::look_for_tag(ExpertCall& call, experts::TagVerdict verdict) {
  if (!call.may_defer || verdict != experts::TagVerdict::tag) return;
  call.may_defer = false;
  handle(event::Deferred{call.number});
}

// After [DONE] only the end of the framing is missing; with it the connection can be used again.
void LiveChat::let_go(ExpertCall& call) {
  if (call.call && call.watcher && call.watcher->complete()) call.call->release();
  call.call.reset();
}

// The expert says that the request is wrong. What was too long for it need not be tried again soon.
void LiveChat::on_refused(ExpertCall& call) {
  if (!call.head.encoding.empty()) {
    call.held = error_body(
        call.head.status, "expert_unreadable",
        fmt::format("the expert's reason came in the content-encoding {}, which was not asked for",
                    call.head.encoding));
  }
  if (call.restorer) call.held = call.restorer->whole(call.held);
  const Objection objection = experts::objection_of(call.held);
  // Requests below the limit that the expert names are still sent to it, however short this one
  // was.
  const std::int64_t tokens = std::max(context_tokens_needed(session_.spec().query),
                                       experts::context_tokens_told(call.held));
  // An expert known to take twice as many tokens must mean something else.
  const bool telling = call.head.status != 429 &&
                       orchestrator_->experts()[call.expert.index()].context_tokens < 2 * tokens &&
                       !request_.has_unmeasured;
  if (objection == Objection::context_too_long && telling) {
    if (tools_->health.refused_as_too_long(call.expert.index(), tokens, tools_->clock.now())) {
      spdlog::info("expert {} calls {} tokens of context too long: it is not asked for as many",
                   orchestrator_->experts()[call.expert.index()].name, tokens);
    }
  }
  handle(event::UpstreamEnd{call.number, call.body_bytes, std::nullopt, objection});
}

// Attempts are settled inside the session; every one settled since the last look is news for its
// gate.
void LiveChat::report_to_gates() {
  for (; reported_ < session_.attempted().size(); ++reported_) {
    const auto [number, expert] = session_.attempted()[reported_];
    const ExpertCall& call = *calls_[number];
    if (!call.started) continue;
    const Attempt& attempt = session_.receipt().attempts[reported_];
    auto& gate = tools_->gates[expert.index()];
    const auto how = experts::call_end(attempt.fault);
    const int limit = gate.limit();
    gate.end(how, std::chrono::duration_cast<std::chrono::milliseconds>(attempt.duration),
             call.head.retry_after, now_);
    tools_->health.add_calls_max(expert.index(), gate.limit() - limit);
    const bool well = how == experts::CallEnd::answered || how == experts::CallEnd::abandoned;
    if (!well && call.call) call.call->blame();
    std::string fault = attempt.fault;
    if (!call.why.empty()) fault += ": " + call.why;
    if (!fault.empty() && !call.head.request_id.empty()) {
      fault += fmt::format(" (its x-request-id: {})", call.head.request_id);
    }
    if (!fault.empty() && spdlog::should_log(spdlog::level::debug)) {
      spdlog::debug("request {}: the call of expert {} ended in {}", to_hex(session_.receipt().id),
                    attempt.expert, fault);
    }
    spread_breaker_news(gate, how, fault, attempt.expert, expert.index(), tools_->health, now_);
  }
}

http::Headers LiveChat::answer_headers() const {
  http::Headers headers;
  headers.reserve(kAnswerHeadersMax);
  const ExpertCall& call = *calls_[voice_];
  headers.push_back({"content-type", request_.stream && call.watcher  ? "text/event-stream"
                                     : call.head.content_type.empty() ? "application/json"
                                                                      : call.head.content_type});
  if (request_.stream) headers.push_back({"cache-control", "no-cache"});
  const Expert& expert = orchestrator_->experts()[session_.speaker().index()];
  headers.push_back({"x-ooe-expert", expert.name});
  headers.push_back({"x-ooe-receipt", to_hex(session_.receipt().id)});
  if (orchestrator_->has_predictor()) {
    headers.push_back(
        {"x-ooe-predicted-quality", fmt::format("{:.3f}", session_.predicted_quality())});
  }
  return headers;
}

}  // namespace ooe::gateway

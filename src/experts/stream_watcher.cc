#include "experts/stream_watcher.h"

#include <bit>

#include "base/ascii.h"

namespace ooe::experts {

StreamProgress StreamWatcher::feed(std::string_view bytes) {
  StreamProgress progress;
  if (state_ != State::open) return progress;
  const auto read =
      reader_.feed(bytes, [&](const http::SseEvent& event) { take(event, progress); });
  if (!read && state_ == State::open) {
    state_ = State::broken;
    progress.broken = read.error();
  }
  return progress;
}

StreamProgress StreamWatcher::end() {
  StreamProgress progress;
  if (state_ != State::open) return progress;
  constexpr std::string_view kData = "data:";
  const std::string_view rest =
      trimmed_end(reader_.unfinished(), [](char c) { return c == '\n' || c == '\r'; });
  if (rest.starts_with(kData)) {
    const auto event = parse_stream_event(trimmed(rest.substr(kData.size()), is_space));
    if (!event && event.error().code == ErrorCode::corrupt) return progress;  // half of one: a cut
    progress = feed("\n\n");
  }
  const bool all_ended = (spoke_ & ~ended_) == 0 && std::popcount(ended_) >= choices_;
  if (state_ == State::open && all_ended) complete(progress);
  return progress;
}

void StreamWatcher::complete(StreamProgress& progress) {
  state_ = State::complete;
  progress.done = true;
  if (scanner_) scanner_->end();
  // A usage from before its last words is not the answer's.
  if (content_at_usage_ == content_bytes_) progress.forward += usage_event_;
}

void StreamWatcher::take(const http::SseEvent& event, StreamProgress& progress) {
  if (state_ != State::open) return;  // the rest of the piece that ended the stream
  if (event.data.empty()) {           // a comment: keeps the connection alive
    progress.forward += event.raw;
    return;
  }
  const auto parsed = events_.read(event.data);
  if (!parsed) {
    state_ = State::broken;
    progress.broken = parsed.error();
    return;
  }
  if (scanner_) scan(*parsed);
  said_why_ = said_why_ || parsed->says_why;
  spoke_ |= parsed->spoke;
  ended_ = (ended_ & ~parsed->spoke) | parsed->ended;  // who speaks on has not ended
  if (parsed->done && !has_content_ && !said_why_) {
    state_ = State::broken;
    progress.broken = Error{ErrorCode::corrupt, "the expert's stream ends, and nothing was said"};
    return;
  }
  if (parsed->done) return complete(progress);
  if (parsed->says_nothing) return;
  if (parsed->broken_off) {  // of the answer it is no part, of the bill it is
    state_ = State::broken;
    progress.broken = Error{ErrorCode::unavailable, "the expert broke its answer off in an error"};
    broken_bytes_ = parsed->content_bytes;
    if (parsed->usage) set_usage(*parsed->usage, billed_bytes());
    return;
  }
  content_bytes_ += parsed->content_bytes;
  // The usage of one choice among several would be too little.
  if (parsed->usage && (choices_ == 1 || !parsed->usage_of_one_choice)) {
    set_usage(*parsed->usage, content_bytes_);
    progress.usage_told = true;
  }
  usage_unreadable_ = usage_unreadable_ || parsed->usage_unreadable;
  has_content_ = has_content_ || parsed->has_content;
  // A usage beside choices that say nothing (OpenRouter's) may begin the answer as long as nothing
  // was said. After that it is only a usage.
  const bool may_begin = parsed->has_choices && (client_wants_usage_ || !has_content_);
  if (!parsed->says_only_usage || may_begin) {
    progress.forward += event.raw;
  } else if (client_wants_usage_) {
    usage_event_ = event.raw;
  }
}

void StreamWatcher::set_usage(const TokenCounts& usage, std::size_t content_bytes) {
  usage_ = usage;
  content_at_usage_ = content_bytes;
  usage_unreadable_ = false;
}

std::optional<TokenCounts> StreamWatcher::usage() const {
  auto usage = believed(usage_, content_at_usage_);
  if (usage && content_bytes_ > content_at_usage_) {
    usage->output += guessed_tokens(content_bytes_ - content_at_usage_);
    usage->estimated = true;
  }
  if (usage && usage_unreadable_) usage->estimated = true;
  return usage;
}

// A tool call is no beginning of a text, and neither is a refusal. Other choices say nothing about
// the first.
void StreamWatcher::scan(const StreamEvent& event) {
  scanner_->take_reasoning(event.reasoning);
  scanner_->take_text(event.text);
  const bool other = event.first_speaks && event.text.empty() && event.reasoning.empty();
  if (other) scanner_->end();
}

}  // namespace ooe::experts

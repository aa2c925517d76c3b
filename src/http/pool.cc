#include "http/pool.h"

#include <iterator>
#include <utility>

#include "http/loop_impl.h"

namespace ooe::http {

using std::chrono::steady_clock;

Link::Link(Loop& loop, std::size_t input_bytes_max)
    : stream(loop, *this), input(input_bytes_max), deadline(loop, [this] {
        if (user != nullptr) user->on_deadline();
      }) {}

void Link::on_ready() {
  const auto self = shared_from_this();
  if (user != nullptr) return user->on_ready();
  close_if_told();
}

void Link::close_if_told() {
  if (!stream.may_read()) return;
  if (stream.read(input.room()).status != Io::again) stream.close();
  input.rest();
}

Pool::Pool(Loop& loop, std::size_t idle_max, std::chrono::milliseconds idle_timeout,
           std::chrono::milliseconds age_max)
    : loop_(loop),
      idle_max_(idle_max),
      idle_timeout_(idle_timeout),
      age_max_(age_max),
      timer_(loop) {}

bool Pool::is_old(const Link& link) const { return loop_.impl().now() - link.born >= age_max_; }

std::shared_ptr<Link> Pool::take(const Url& url) {
  for (auto it = idle_.end(); it != idle_.begin();) {
    --it;
    if (it->url.tls != url.tls || it->url.host != url.host || it->url.port != url.port) continue;
    auto link = std::move(it->link);
    const auto since = it->since;
    it = idle_.erase(it);
    if (is_old(*link)) {
      link->stream.close();
      continue;
    }
    // Words that have come there would be taken for the answer to what is asked next, perhaps by
    // another client: worth a call of the system where they may have. What comes a moment later
    // HTTP/1.1 cannot tell from an answer.
    Socket& socket = link->stream.socket();
    if (loop_.impl().may_have_news(socket, since)) socket.look();
    link->close_if_told();
    if (link->stream.socket().is_open()) return link;
  }
  return nullptr;
}

void Pool::put(const Url& url, std::shared_ptr<Link> link) {
  if (idle_max_ == 0 || is_old(*link)) return link->stream.close();
  link->input.rest();
  if (idle_.size() == idle_max_) close_oldest();
  idle_.push_back({{url.tls, url.host, url.port, {}}, std::move(link), loop_.impl().now()});
  if (timer_armed_) return;
  timer_armed_ = true;
  timer_.arm(idle_timeout_, [this] { close_old(); });
}

bool Pool::close_oldest() {
  if (idle_.empty()) return false;
  idle_.front().link->stream.close();
  idle_.pop_front();
  return true;
}

void Pool::close_old() {
  const auto now = steady_clock::now();
  while (!idle_.empty() && idle_.front().since + idle_timeout_ <= now) close_oldest();
  timer_armed_ = !idle_.empty();
  if (!timer_armed_) return;
  const auto oldest_left = idle_.front().since + idle_timeout_ - now;
  timer_.arm(std::chrono::ceil<std::chrono::milliseconds>(oldest_left), [this] { close_old(); });
}

}  // namespace ooe::http

#include "http/loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "http/loop_impl.h"

namespace ooe::http {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kEventsMax = 128;  // told in one turn
constexpr int kFullTurnsMax = 16;        // one behind the other, before alarms ring all the same

}  // namespace

Loop::Impl::Impl() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC)) {
  OOE_CHECK(epoll_.is_open() && wake_.is_open(), "the system has two descriptors for a loop");
  // Never read: each write to it is another edge.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  const int error = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  OOE_CHECK(error == 0, "a new epoll takes a descriptor");
}

// What is left may hold the last reference to a connection, which takes leave of this loop.
Loop::Impl::~Impl() {
  writers_.clear();
  ready_.clear();
  // What is destroyed may post once more, and so may other threads that it waits for.
  for (auto left = take_posted(); !left.empty(); left = take_posted()) left.clear();
}

void Loop::Impl::run() {
  std::array<epoll_event, kEventsMax> events;
  while (!stopped_) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), fall_asleep());
    const bool interrupted = count < 0 && errno == EINTR;
    note_awake();
    OOE_CHECK(count >= 0 || interrupted, "epoll_wait() fails only when interrupted");
    // An interrupt does not mean that nothing has come, since nobody has looked. After a pause of
    // the process alarms are due, and answers may have come before them.
    if (interrupted) continue;
    const auto looked = asked_ = steady_clock::now();
    begin_event(looked);
    turn_is_full_ = count == static_cast<int>(events.size());
    full_turns_ = turn_is_full_ ? full_turns_ + 1 : 0;
    turn_ = {events.data(), static_cast<std::size_t>(count)};
    // Also after stop(): an edge is told once.
    while (!turn_.empty()) {
      if (turn_.data() != events.data()) begin_event(steady_clock::now());
      const epoll_event event = turn_.front();
      turn_ = turn_.subspan(1);
      if (event.data.ptr == nullptr) continue;  // woken, or forgotten meanwhile
      static_cast<Watcher*>(event.data.ptr)->on_events(event.events);
      flush();
    }
    asked_ = Alarms::Time::min();
    run_posted();
    // What came while we were busy came in time: nothing is late before it was looked for. Of a
    // full turn more may have come than was told, but not for ever.
    const bool may_ring = full_turns_ % kFullTurnsMax == 0;
    if (const auto due = alarms.next(); may_ring && due && *due <= looked) {
      begin_event(steady_clock::now());
      alarms.ring(looked, stopped_);
      flush();
    }
    in_event_ = false;
  }
  stopped_ = false;  // so that run() may be called again
}

void Loop::Impl::stop() {
  stopped_ = true;
  rouse();
}

void Loop::Impl::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  rouse();
}

void Loop::Impl::rouse() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(asleep_, false)) return;
  }
  const std::uint64_t one = 1;
  // Fails only when 2^64 writes have come before it, unread.
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof(one));
}

bool Loop::Impl::watch(int descriptor, std::uint32_t events, Watcher& watcher) {
  epoll_event event{.events = events | EPOLLET, .data = {.ptr = &watcher}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Loop::Impl::change(int descriptor, std::uint32_t events, Watcher& watcher) {
  epoll_event event{.events = events | EPOLLET, .data = {.ptr = &watcher}};
  const int error = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event);
  OOE_CHECK(error == 0, "a watched descriptor stays one");
}

void Loop::Impl::forget(int descriptor, Watcher& watcher) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  for (epoll_event& event : turn_) {
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
  }
}

bool Loop::Impl::may_have_news(const Watcher& watcher, Alarms::Time since) const {
  const bool was_asked = since < asked_ && !turn_is_full_;
  return !was_asked || steady_clock::now() - asked_ > kMoment ||
         std::ranges::any_of(turn_,
                             [&](const epoll_event& event) { return event.data.ptr == &watcher; });
}

std::vector<std::function<void()>> Loop::Impl::take_posted() {
  const std::lock_guard lock(mutex_);
  return std::exchange(posted_, {});
}

// What is posted by what runs here comes after the next look at the sockets.
void Loop::Impl::run_posted() {
  auto posted = take_posted();
  std::ranges::move(posted, std::back_inserter(ready_));
  while (!ready_.empty() && !stopped_) {
    const auto work = std::move(ready_.front());
    ready_.pop_front();
    begin_event(steady_clock::now());
    work();
    flush();
  }
}

void Loop::Impl::begin_event(Alarms::Time now) {
  in_event_ = true;
  event_began_ = now;
}

void Loop::Impl::flush() {
  // The loop goes by index: a flush may end an answer, which may begin another and add its writer.
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    const auto writer = std::move(writers_[i]);
    writer->flush();
  }
  writers_.clear();
}

int Loop::Impl::fall_asleep() {
  {
    const std::lock_guard lock(mutex_);
    if (!posted_.empty() || !ready_.empty() || stopped_) return 0;
    asleep_ = true;
  }
  const auto next = alarms.next();
  if (!next) return -1;
  const auto left = std::chrono::ceil<milliseconds>(*next - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

void Loop::Impl::note_awake() {
  const std::lock_guard lock(mutex_);
  asleep_ = false;
}

Loop::Loop() : impl_(std::make_unique<Impl>()) {}

Loop::~Loop() = default;

void Loop::run() { impl_->run(); }

void Loop::stop() { impl_->stop(); }

void Loop::post(std::function<void()> work) { impl_->post(std::move(work)); }

struct Timer::Impl {
  Alarm alarm;
};

Timer::Timer(Loop& loop) : impl_(new Impl{Alarm(loop.impl().alarms)}) {}

Timer::~Timer() = default;

void Timer::arm(std::chrono::milliseconds delay, std::function<void()> work) {
  impl_->alarm.set(steady_clock::now() + delay, std::move(work));
}

void Timer::cancel() { impl_->alarm.cancel(); }

}  // namespace ooe::http

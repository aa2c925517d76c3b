// Private to this room: names into addresses, on threads of its own, since the system's resolver
// waits and nobody can interrupt it. Each name on one thread at a time, whoever asks for it; names
// that do not answer keep no other waiting until there are kThreadsMax of them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/address.h"
#include "http/loop.h"

namespace ooe::http {

// Threads: the loop's.
class Resolver {
 public:
  // On the loop's thread, once. Never empty. Errors: unavailable, in the system's words;
  // resource_exhausted when it has no thread for it.
  using Found = std::function<void(Result<std::vector<Endpoint>> endpoints)>;
  using LookUp = std::function<Result<std::vector<Endpoint>>(const std::string& host,
                                                             const std::string& port)>;

  static constexpr std::size_t kThreadsMax = 4;

  using StartThread = std::function<std::thread(std::function<void()> work)>;

  // Both the system's, but for tests; names are looked up on any thread.
  explicit Resolver(
      Loop& loop, LookUp look_up = http::look_up,
      StartThread start = [](std::function<void()> work) { return std::thread(std::move(work)); })
      : loop_(loop), system_(std::move(look_up)), start_(std::move(start)) {}
  ~Resolver();  // waits for names being looked up; no function is called any more
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Nothing is looked up, and nobody told, once `wanted` has expired. `found` must not own the
  // resolver.
  void look_up(std::string host, std::string port, std::weak_ptr<void> wanted, Found found);

 private:
  using Name = std::pair<std::string, std::string>;  // host, port
  struct Question {
    std::weak_ptr<void> wanted;
    Found found;
  };

  void work();
  [[nodiscard]] bool start_thread();
  void nobody_works_on(const Name& name);

  Loop& loop_;
  const LookUp system_;
  const StartThread start_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::map<Name, std::vector<Question>> questions_;  // guarded by mutex_; not yet answered
  std::deque<Name> due_;                             // guarded by mutex_; nobody is at work on them
  std::size_t idle_ = 0;                             // guarded by mutex_; threads
  bool closing_ = false;                             // guarded by mutex_
  std::vector<std::thread> threads_;                 // as many as were needed at a time
};

}  // namespace ooe::http

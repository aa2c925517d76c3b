// Private to this room: names into addresses, on a thread of its own, since the system's resolver
// waits and nobody can interrupt it. One name after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "http/address.h"
#include "http/loop.h"

namespace ooe::http {

// Threads: the loop's.
class Resolver {
 public:
  // On the loop's thread, once. Never empty. Errors: unavailable, in the system's words.
  using Found = std::function<void(Result<std::vector<Endpoint>> endpoints)>;

  explicit Resolver(Loop& loop) : loop_(loop) {}
  ~Resolver();  // waits for the name being looked up; no function is called any more
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Nothing is looked up, and nobody told, once `wanted` has expired. `found` must not own the
  // resolver.
  void look_up(std::string host, std::string port, std::weak_ptr<void> wanted, Found found);

 private:
  struct Question {
    std::string host;
    std::string port;
    std::weak_ptr<void> wanted;
    Found found;
  };

  void work();

  Loop& loop_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Question> questions_;  // guarded by mutex_
  bool closing_ = false;            // guarded by mutex_
  std::thread thread_;              // since the first question
};

}  // namespace ooe::http

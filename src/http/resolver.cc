#include "http/resolver.h"

#include <algorithm>
#include <system_error>

namespace ooe::http {

Resolver::~Resolver() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  asked_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Resolver::look_up(std::string host, std::string port, std::weak_ptr<void> wanted,
                       Found found) {
  bool one_more = false;
  Name name{std::move(host), std::move(port)};
  {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = questions_.try_emplace(name);
    entry->second.push_back({std::move(wanted), std::move(found)});
    if (!is_new) return;
    due_.push_back(name);
    one_more = idle_ < due_.size() && threads_.size() < kThreadsMax;
  }
  if (one_more && !start_thread() && threads_.empty()) return nobody_works_on(name);
  asked_.notify_one();
}

// Returns false where the system has no more threads: those that are there will do.
bool Resolver::start_thread() {
  try {
    threads_.push_back(start_([this] { work(); }));
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Resolver::nobody_works_on(const Name& name) {
  std::unique_lock lock(mutex_);
  std::erase(due_, name);
  auto questions = questions_.extract(name);
  lock.unlock();
  loop_.post([questions = std::move(questions.mapped())] {
    for (const Question& question : questions) {
      if (question.wanted.expired()) continue;
      question.found(fail(ErrorCode::resource_exhausted, "the system has no thread to look it up"));
    }
  });
}

void Resolver::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    asked_.wait(lock, [this] { return closing_ || !due_.empty(); });
    --idle_;
    if (closing_) return;
    const Name name = std::move(due_.front());
    due_.pop_front();
    const bool wanted = std::ranges::any_of(
        questions_[name], [](const Question& question) { return !question.wanted.expired(); });
    if (!wanted) {
      questions_.erase(name);
      continue;
    }
    lock.unlock();
    auto endpoints = system_(name.first, name.second);
    lock.lock();
    // Those who have asked meanwhile are told too: the answer is as good for them.
    auto answered = questions_.extract(name);
    loop_.post([questions = std::move(answered.mapped()), endpoints = std::move(endpoints)] {
      for (const Question& question : questions) {
        if (!question.wanted.expired()) question.found(endpoints);
      }
    });
  }
}

}  // namespace ooe::http

#include "http/resolver.h"

#include <algorithm>

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
  {
    const std::lock_guard lock(mutex_);
    Name name{std::move(host), std::move(port)};
    const auto [entry, is_new] = questions_.try_emplace(name);
    entry->second.push_back({std::move(wanted), std::move(found)});
    if (!is_new) return;
    due_.push_back(std::move(name));
    one_more = idle_ < due_.size() && threads_.size() < kThreadsMax;
  }
  if (one_more) threads_.emplace_back([this] { work(); });
  asked_.notify_one();
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
    // Whoever has asked meanwhile, too: the answer is as good for them.
    auto answered = questions_.extract(name);
    loop_.post([questions = std::move(answered.mapped()), endpoints = std::move(endpoints)] {
      for (const Question& question : questions) {
        if (!question.wanted.expired()) question.found(endpoints);
      }
    });
  }
}

}  // namespace ooe::http

#include "http/resolver.h"

#include <memory>
#include <utility>

namespace ooe::http {

Resolver::~Resolver() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  asked_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Resolver::look_up(std::string host, std::string port, std::weak_ptr<void> wanted,
                       Found found) {
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  {
    const std::lock_guard lock(mutex_);
    questions_.push_back({std::move(host), std::move(port), std::move(wanted), std::move(found)});
  }
  asked_.notify_one();
}

void Resolver::work() {
  while (true) {
    Question question;
    {
      std::unique_lock lock(mutex_);
      asked_.wait(lock, [this] { return closing_ || !questions_.empty(); });
      if (closing_) return;
      question = std::move(questions_.front());
      questions_.pop_front();
    }
    if (question.wanted.expired()) continue;  // it would keep those behind it waiting
    auto endpoints = http::look_up(question.host, question.port);
    loop_.post([question = std::move(question), endpoints = std::move(endpoints)] {
      if (!question.wanted.expired()) question.found(endpoints);
    });
  }
}

}  // namespace ooe::http

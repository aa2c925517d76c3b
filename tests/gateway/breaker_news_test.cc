#include "gateway/breaker_news.h"

#include <memory>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>

#include "base/log.h"

namespace ooe::gateway {
namespace {

using experts::CallEnd;
using experts::ExpertGate;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What is logged while it lives.
class Logged {
 public:
  Logged() : before_(spdlog::default_logger()) {
    auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(logger);
  }
  ~Logged() { spdlog::set_default_logger(before_); }
  Logged(const Logged&) = delete;
  Logged& operator=(const Logged&) = delete;

  std::string take() {
    std::string text = text_.str();
    text_.str("");
    return text;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST(BreakerNews, IsALineWhenAnExpertIsLeftAloneAndOneWhenItAnswersAgain) {
  Logged logged;
  ExpertHealth health(1);
  ExpertGate gates[2];  // of two workers
  TimePoint now{};
  const auto call = [&](int worker, const char* fault) {
    ExpertGate& gate = gates[worker];
    if (!gate.start(now)) return;
    const CallEnd how = experts::call_end(fault);
    gate.end(how, milliseconds(0), std::nullopt, now);
    spread_breaker_news(gate, how, fault, "sim", 0, health, now);
  };
  for (int i = 0; i < 4; ++i) call(0, "cut");
  EXPECT_EQ(logged.take(), "");
  EXPECT_FALSE(health.breaker_open(0));
  for (int i = 0; i < 9; ++i) call(0, "http_500");
  EXPECT_EQ(logged.take(),
            "warning expert sim is left alone for 5 s: its last call ended in http_500\n");
  EXPECT_TRUE(health.breaker_open(0));
  for (int i = 0; i < 9; ++i) call(1, "http_500");  // the other worker finds out too
  call(1, "");
  now += seconds(5);
  call(0, "client_gone");  // says nothing about it
  call(0, "stalled");      // the probe fails
  EXPECT_EQ(logged.take(), "");
  now += milliseconds(10);
  call(1, "");  // a probe of the other worker, while this one has it left alone
  EXPECT_TRUE(health.breaker_open(0));
  now += seconds(10);
  call(0, "");
  EXPECT_EQ(logged.take(), "info expert sim answers again\n");
  EXPECT_FALSE(health.breaker_open(0));
  call(0, "");
  EXPECT_EQ(logged.take(), "");
}

}  // namespace
}  // namespace ooe::gateway

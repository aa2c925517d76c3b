// A reload and a stop while requests are on their way, over real sockets.
#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;

TEST_F(GatewayTest, ReloadsUnderLoadWithoutDroppingARequest) {
  start();
  std::atomic<bool> enough = false;
  std::atomic<int> answered = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&, i] {
      while (!enough) ++(chat(i == 0).status == 200 ? answered : failed);
    });
  }
  std::vector<Expert> fewer{experts_[0]};
  for (int reload = 0; reload < 100; ++reload) {
    RequestRules rules;
    rules.fallbacks_max = static_cast<std::size_t>(reload % 3);
    ASSERT_TRUE(gateway_->reload(serving_of(reload % 2 == 0 ? fewer : experts_, rules)));
    const int before = answered;
    ASSERT_TRUE(eventually([&] { return answered > before; }));
  }
  enough = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(answered, 100);
  EXPECT_THAT(send("GET", "/metrics", "").body, HasSubstr(R"(ooe_reloads_total{result="ok"} 100)"));
  stop();
  EXPECT_EQ(receipts_->counts().written, answered) << "a receipt for each";
}

// Whoever could still send a request gets its answer; all others find the door shut.
TEST_F(GatewayTest, StopsWithoutRefusingARequestThatCame) {
  start();
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      while (true) {
        const Answer answer = chat(i % 2 == 0);
        if (answer.status == 0) return;
        ++(answer.status == 200 && !answer.fault ? answered : refused);
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return answered > 20; }));
  clock_.delay = std::chrono::microseconds(10'000);  // the workers fall behind
  std::this_thread::sleep_for(milliseconds(100));
  stop();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(receipts_->counts().written, answered) << "a receipt for each";
}

TEST_F(GatewayTest, ARequestEndsWithWhatItBeganWith) {
  start("#slow-drip");
  Answer answer;
  std::thread client([&] { answer = chat(true, {}, "first"); });
  ASSERT_TRUE(eventually([&] { return simulation_->ledger(0).requests == 1; }));
  ASSERT_TRUE(gateway_->reload(serving_of({experts_[1]}, {})));
  ASSERT_TRUE(eventually([&] { return chat(false, {}, "first").status == 404; }))
      << "it is gone for new ones";
  client.join();
  EXPECT_FALSE(answer.fault.has_value());
  EXPECT_EQ(answer.header("x-ooe-expert"), "first");
  EXPECT_THAT(answer.body, ::testing::EndsWith("data: [DONE]\n\n"));
}

TEST_F(GatewayTest, AReloadForgetsNoBreakerAndKeepsTheNetworkClosed) {
  start("#500");
  for (int i = 0; i < 20; ++i) static_cast<void>(chat(false, {}, "first"));
  const int asked = static_cast<int>(simulation_->ledger(0).requests);
  std::vector<Expert> turned{experts_[1], experts_[0]};  // another order
  ASSERT_TRUE(gateway_->reload(serving_of(turned, {})));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(chat(false, {}, "first").status, 503);
  EXPECT_EQ(static_cast<int>(simulation_->ledger(0).requests), asked) << "still left alone";
  turned[1].model = "first";  // it is another expert now
  ASSERT_TRUE(gateway_->reload(serving_of(turned, {})));
  EXPECT_TRUE(eventually([&] { return chat(false, {}, "first").status == 200; }));
}

// An account that is topped up, a limit that is raised: who says so in the configuration need not
// restart the gateway, or wait for a day that an expert named.
TEST_F(GatewayTest, AnExpertWhoseTableOrKeyHasChangedIsAskedAgain) {
  start("#retry-after-3600");
  std::vector<Expert> changed = experts_;
  const auto asked = [&] { return simulation_->ledger(0).requests; };
  // As each worker changes over between two requests of its own, some may still say the old thing.
  const auto reload_and_ask = [&] {
    const auto before = asked();
    EXPECT_TRUE(gateway_->reload(serving_of(changed, {})));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(chat(false, {}, "first").status, 503);
    return asked() > before;
  };
  const auto write_key = [&](const std::string& key) {
    std::ofstream(folder_ / "first.key") << key;
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(chat(false, {}, "first").status, 503);
  EXPECT_FALSE(reload_and_ask()) << "nothing has changed";
  changed[0].prices->output.pico += 1;
  EXPECT_TRUE(reload_and_ask());
  EXPECT_FALSE(reload_and_ask());
  write_key("one");
  changed[0].api_key_file = (folder_ / "first.key").string();
  EXPECT_TRUE(reload_and_ask());
  changed[1].prices->output.pico += 1;
  EXPECT_FALSE(reload_and_ask()) << "of another expert";
  write_key("another");
  EXPECT_TRUE(reload_and_ask());
}

}  // namespace
}  // namespace ooe::gateway

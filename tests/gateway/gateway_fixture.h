// A gateway over real sockets in front of two simulated experts that fail on request; shared by the
// tests of the room.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "gateway/gateway.h"
#include "http/client.h"
#include "predictor/model.h"
#include "simulate/simulation.h"
#include "store/store.h"

namespace ooe::gateway {

using std::chrono::milliseconds;

struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::optional<http::Fault> fault;  // the answer did not end cleanly

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(http::find_header(headers, name));
  }
  [[nodiscard]] std::string code() const { return of_error("code"); }
  [[nodiscard]] std::string error_message() const { return of_error("message"); }

 private:
  [[nodiscard]] std::string of_error(const char* member) const;
};

// The system's time, which takes up to `delay` to be read: threads that race on luck lose here.
class SlowClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] WallTime wall_now() const override { return clock_.wall_now(); }

  std::atomic<std::chrono::microseconds> delay{};

 private:
  SystemClock clock_;
  mutable std::atomic<std::uint64_t> reads_ = 0;
};

// "first" is predicted to be better than "second"; both are simulated and know one question.
class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest();
  ~GatewayTest() override;

  void TearDown() override;

  // `fault` is what the first expert always does; the second answers.
  void start(const std::string& fault = "", GatewayOptions options = {}, RequestRules rules = {});

  void start_experts();

  // Trained once: a test of a hundred reloads is none of training.
  static predictor::Model trained();

  static predictor::Model train();

  // One question that is like the one everybody asks here.
  static Dataset interviewed();

  static Serving serving_of(std::vector<Expert> experts, RequestRules rules,
                            std::optional<KeyRing> keys = std::nullopt, const Goal& goal = {},
                            const policy::ExploreOptions& explore = {});

  void serve(std::vector<Expert> experts, GatewayOptions options, RequestRules rules);

  [[nodiscard]] std::string store_url() const { return "sqlite:" + (folder_ / "ooe.db").string(); }

  void stop();

  std::vector<Receipt> receipts();

  // Sends a request and waits for its end; leaves after the first body bytes when told to.
  Answer send(std::string method, std::string path, std::string body, http::Headers headers = {},
              bool leave = false);

  Answer chat(bool stream, http::Headers headers = {}, const std::string& model = "auto",
              const std::string& more = "");

  static std::string chat_body(bool stream, const std::string& model, const std::string& more = "");

  static bool eventually(const std::function<bool()>& holds);

  static constexpr const char* kNames[] = {"first", "second"};
  static constexpr const char* kQuestion = "What is the answer to everything, as a number?";

  const std::filesystem::path folder_;
  std::vector<Expert> experts_;
  std::optional<KeyRing> keys_;  // to be in force from start() on
  Goal goal_;                    // of "auto"
  policy::ExploreOptions explore_;
  SlowClock clock_;
  simulate::SimulationOptions world_;
  http::Loop simulation_loop_;
  std::thread simulation_thread_;
  std::unique_ptr<simulate::Simulation> simulation_;
  std::unique_ptr<store::ReceiptWriter> receipts_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace ooe::gateway

// The privacy wall from the socket to the experts: one expert cleared for everything, and one that
// must never be called, however a client words its request. Both are real servers that count.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/gateway.h"
#include "http/client.h"
#include "simulate/simulation.h"
#include "store/store.h"

namespace ooe::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kVault = "vault";  // cleared for everything
constexpr const char* kOpen = "open";    // cleared for public queries only

class PrivacyWallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("ooe-wall-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    for (const char* name : {kVault, kOpen}) {
      simulate::SimulatedExpert expert;
      expert.name = name;
      expert.prices = {{1'000'000}, {1'000'000}, {2'000'000}};
      world_.experts.push_back(expert);
    }
    Question question;
    question.id = "1";
    question.question = "?";
    question.answer = "42";
    http::Loop* const loops[] = {&loop_};
    simulation_ = std::move(*simulate::start_simulation(loops, world_, {question}));
    thread_ = std::thread([this] { loop_.run(); });
  }

  void TearDown() override {
    stop();
    loop_.stop();
    thread_.join();
    simulation_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Clients name experts here: the wall must hold for those too.
  void serve(PrivacyOptions privacy, std::optional<KeyRing> keys = std::nullopt) {
    std::vector<Expert> experts(2);
    for (std::size_t i = 0; i < 2; ++i) {
      experts[i].name = experts[i].model = world_.experts[i].name;
      experts[i].base_url = "http://127.0.0.1:" + std::to_string(simulation_->ports()[i]) + "/v1";
      experts[i].prices = world_.experts[i].prices;
    }
    experts[0].clearance = PrivacyClass::restricted;
    auto catalogue = experts::Catalogue::make(std::move(experts));
    auto endpoints = experts::resolve_endpoints(*catalogue);
    auto orchestrator = orchestrator::Orchestrator::make(*catalogue, std::nullopt, {});
    receipts_ = std::make_unique<store::ReceiptWriter>(std::move(*store::open_store(url())));
    GatewayOptions options;
    options.server.listen = "127.0.0.1:0";
    options.workers = 1;
    Serving serving{.orchestrator = std::make_shared<const orchestrator::Orchestrator>(
                        std::move(*orchestrator)),
                    .endpoints = std::make_shared<const experts::Endpoints>(std::move(*endpoints))};
    serving.rules.privacy = std::move(privacy);
    serving.keys = std::move(keys);
    gateway_ = std::move(*Gateway::start(options, std::move(serving), clock_, *receipts_));
  }

  static PrivacyOptions watched(std::optional<PrivacyClass> default_class,
                                privacy::DetectorOptions options = {}) {
    return {.default_class = default_class,
            .floor = PrivacyClass::public_,
            .detector = std::make_shared<const privacy::Detector>(
                *privacy::Detector::make(std::move(options)))};
  }

  [[nodiscard]] std::string url() const { return "sqlite:" + (folder_ / "ooe.db").string(); }

  void stop() {
    if (gateway_) gateway_->stop(std::chrono::milliseconds(2'000));
    if (receipts_) receipts_->close();
  }

  std::vector<Receipt> receipts() {
    stop();
    return *(*store::open_store(url()))->receipts(1'000);
  }

  struct Told {
    int status = 0;
    std::string body;
  };

  Told ask(const char* model, const std::string& messages, http::Headers headers = {}) {
    http::Loop loop;
    Told answer;
    http::Client client(loop);
    http::ClientRequest request;
    request.method = "POST";
    request.url = *http::parse_url("http://127.0.0.1:" + std::to_string(gateway_->port()) +
                                   "/v1/chat/completions");
    request.headers = std::move(headers);
    request.body = std::string(R"({"model":")") + model + R"(","messages":[)" + messages + "]}";
    http::CallHandlers handlers;
    handlers.on_head = [&](int status, const http::Headers&) { answer.status = status; };
    handlers.on_body = [&](std::string_view bytes) { answer.body += bytes; };
    handlers.on_end = [&] { loop.stop(); };
    handlers.on_fault = [&](http::Fault, const std::string&) { loop.stop(); };
    http::Timer timer(loop);
    timer.arm(std::chrono::milliseconds(10'000), [&] { loop.stop(); });
    const auto call = client.start(std::move(request), std::move(handlers));
    loop.run();
    return answer;
  }

  // Of a chat with the open expert, with `line` as one more line of its head; 0: hung up on.
  int status_of_raw(const std::string& line) {
    const std::string body =
        R"({"model":")" + std::string(kOpen) + R"(","messages":[)" + user("hello") + "]}";
    const std::string request =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: " +
        std::to_string(body.size()) + "\r\n" + line + "\r\nconnection: close\r\n\r\n" + body;
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(gateway_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    std::string answer(64, '\0');
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
        ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      const ssize_t got = ::recv(fd, answer.data(), answer.size(), MSG_WAITALL);
      answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    ::close(fd);
    return answer.size() < 12 ? 0 : std::atoi(answer.c_str() + 9);
  }

  static std::string user(const std::string& text) {
    return R"({"role":"user","content":")" + text + R"("})";
  }

  [[nodiscard]] std::int64_t calls_of_open() const { return simulation_->ledger(1).requests; }

  std::filesystem::path folder_;
  SystemClock clock_;
  simulate::SimulationOptions world_;
  http::Loop loop_;
  std::thread thread_;
  std::unique_ptr<simulate::Simulation> simulation_;
  std::unique_ptr<store::ReceiptWriter> receipts_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(PrivacyWallTest, HeadersThatCannotBeBelievedFailClosed) {
  serve({.default_class = PrivacyClass::public_, .floor = {}, .detector = nullptr});
  for (const http::Headers& headers :
       std::vector<http::Headers>{{{"x-ooe-privacy", "secret"}},
                                  {{"x-ooe-privacy", "PUBLIC"}},
                                  {{"x-ooe-privacy", ""}},
                                  {{"x-ooe-privacy", "public,public"}},
                                  {{"x-ooe-privacy", "public; q=1"}},
                                  {{"x-ooe-privacy", "public"}, {"x-ooe-privacy", "public"}},
                                  {{"x-ooe-privacy", "restricted"}, {"X-OOE-PRIVACY", "public"}},
                                  {{"X-Ooe-Privacy", "internal"}}}) {
    const Told answer = ask(kOpen, user("hello"), headers);
    EXPECT_EQ(answer.status, 422) << headers.front().value;
    EXPECT_THAT(answer.body, HasSubstr("open: not cleared"));
  }
  EXPECT_EQ(calls_of_open(), 0);
  // And the wall is a wall, not a broken gateway.
  EXPECT_EQ(ask(kOpen, user("hello")).status, 200);
  EXPECT_EQ(ask(kVault, user("hello"), {{"x-ooe-privacy", "secret"}}).status, 200);
  EXPECT_EQ(calls_of_open(), 1);
}

TEST_F(PrivacyWallTest, WithoutADefaultARequestThatSaysNothingIsRestricted) {
  serve({});
  EXPECT_EQ(ask(kOpen, user("hello")).status, 422);
  EXPECT_EQ(calls_of_open(), 0);
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].privacy, PrivacyClass::restricted);
  EXPECT_THAT(filed[0].privacy_reasons, ElementsAre("no_default"));
  EXPECT_THAT(filed[0].cleared.names(), ElementsAre(kVault));
}

TEST_F(PrivacyWallTest, AKeyWithoutADefaultHasNone) {
  const std::string pepper = "a pepper of the test";
  const NewKey silent = make_key(pepper, "silent");
  NewKey open = make_key(pepper, "open");
  open.entry.privacy_default = PrivacyClass::public_;
  serve({}, *KeyRing::make(pepper, {silent.entry, open.entry}));
  const http::Headers by_silent{{"authorization", "Bearer " + silent.text}};
  EXPECT_EQ(ask(kOpen, user("hello"), by_silent).status, 422);
  EXPECT_EQ(ask(kOpen, user("hello"), {by_silent[0], {"x-ooe-privacy", "none"}}).status, 422);
  EXPECT_EQ(calls_of_open(), 0);
  EXPECT_EQ(ask(kVault, user("hello"), by_silent).status, 200);
  EXPECT_EQ(ask(kOpen, user("hello"), {{"authorization", "Bearer " + open.text}}).status, 200);
  EXPECT_EQ(calls_of_open(), 1);
}

// Written byte by byte: our own client would not let such headers travel.
TEST_F(PrivacyWallTest, AHeaderSmuggledIntoTheBytesOpensNothing) {
  serve({});  // no default: only a believed header opens the wall
  for (const std::string& line :
       {std::string("x-note: a\rx-ooe-privacy: public"),
        std::string("x-note: a\nx-ooe-privacy: public"),
        std::string("x-note: a\r\n x-ooe-privacy: public"), std::string("x-ooe-privacy : public"),
        std::string("x-ooe-privacy: public\0", 22), std::string("x-ooe-privacy\0: public", 22),
        std::string("x-ooe-privacy: pub\r\n lic"), std::string(" x-ooe-privacy: public")}) {
    EXPECT_NE(status_of_raw(line), 200) << line;
  }
  EXPECT_EQ(calls_of_open(), 0);
  // And what is written this way does open it when it is a header.
  EXPECT_EQ(status_of_raw("x-ooe-privacy: public"), 200);
  EXPECT_EQ(calls_of_open(), 1);
}

TEST_F(PrivacyWallTest, AHeaderNameInsideAHeaderIsNoHeader) {
  serve({});  // no default: only a believed header would open the wall
  for (const http::Headers& headers :
       std::vector<http::Headers>{{{"x-note", "a, x-ooe-privacy: public"}},
                                  {{"x-ooe-privacy-", "public"}},
                                  {{"x_ooe_privacy", "public"}}}) {
    EXPECT_NE(ask(kOpen, user("hello"), headers).status, 200) << headers.front().value;
  }
  EXPECT_EQ(calls_of_open(), 0);
}

TEST_F(PrivacyWallTest, WhatTheDetectorFindsOutranksAPublicHeader) {
  serve(watched(PrivacyClass::public_));
  const std::string secret = "ann.secret@x.example";
  for (const std::string& messages :
       {user("write to " + secret), user("write to ann.secret\\u0040x.example"),
        user(secret) + "," + user("and now something else"),
        std::string(R"({"role":"assistant","content":null,"tool_calls":[{"id":"1","type":)"
                    R"("function","function":{"name":"f","arguments":"{\"to\":\")") +
            secret + R"(\"}"}}]},)" + user("go on")}) {
    EXPECT_EQ(ask(kOpen, messages, {{"x-ooe-privacy", "public"}}).status, 422) << messages;
  }
  EXPECT_EQ(calls_of_open(), 0);
  EXPECT_EQ(ask(kVault, user("write to " + secret)).status, 200);
  EXPECT_EQ(ask(kOpen, user("hello")).status, 200);
  for (const Receipt& receipt : receipts()) {
    if (receipt.chosen == kOpen) continue;
    EXPECT_EQ(receipt.privacy, PrivacyClass::confidential);
    EXPECT_THAT(receipt.privacy_reasons, Contains("email"));
    EXPECT_THAT(receipt.privacy_reasons, Not(Contains(HasSubstr("ann"))));
    EXPECT_THAT(receipt.cleared.names(), ElementsAre(kVault));
  }
}

TEST_F(PrivacyWallTest, AUsersOwnRuleIsPartOfTheWall) {
  privacy::DetectorOptions options;
  options.rules = {{"falcon", "(?i)project falcon", PrivacyClass::internal}};
  serve(watched(PrivacyClass::public_, std::move(options)));
  const Told refused = ask(kOpen, user("When does Project Falcon ship?"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("sees public, the request is internal: falcon)"));
  EXPECT_EQ(calls_of_open(), 0);
  EXPECT_THAT(receipts().front().privacy_reasons, ElementsAre("default", "falcon"));
}

}  // namespace
}  // namespace ooe::gateway

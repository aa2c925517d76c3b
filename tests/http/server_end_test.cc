// How the server ends: drained, closed at once, or destroyed, with answers in progress.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "http/server.h"
#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

constexpr std::string_view kGetA = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(ServerEnd, DrainLetsAnswersFinishAndTakesNothingNew) {
  Streaming streaming;
  TestServer server(streaming.handler(), {}, 2);
  server.before_end([&] { streaming.exchange = nullptr; });
  RawSocket busy(server.port());
  busy.send(kGetA);
  ASSERT_TRUE(comes_true([&] { return streaming.started == 1; }));
  RawSocket idle(server.port());
  ASSERT_TRUE(comes_true([&] { return server.server().connections() == 2; }));
  server.server().drain();
  EXPECT_EQ(idle.read_all(), "");
  busy.send(kGetA);  // pipelined: not answered any more
  server.thread(0).run([&] { streaming.exchange->finish(); });
  EXPECT_TRUE(busy.read_all().ends_with("0\r\n\r\n"));
  EXPECT_EQ(streaming.started, 1);
  EXPECT_EQ(streaming.gone, 0);
  EXPECT_TRUE(comes_true([&] {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool refused = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0;
    ::close(fd);
    return refused;
  }));
}

TEST(ServerEnd, WhoseEndIsAnnouncedAnswersAndKeepsNoConnection) {
  TestServer server([](std::size_t, std::shared_ptr<Exchange> exchange) {
    exchange->send({200, {}, "here"});
  });
  RawSocket kept(server.port());
  kept.send(kGetA);
  ASSERT_TRUE(comes_true([&] { return server.server().connections() == 1; }));
  server.server().announce_end();
  RawSocket late(server.port());
  late.send(kGetA);
  const std::string answer = late.read_all();
  EXPECT_NE(answer.find("connection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("here")) << answer;
}

TEST(ServerEnd, DrainStillAnswersWhatHasBegunToCome) {
  TestServer server([](std::size_t, std::shared_ptr<Exchange> exchange) {
    exchange->send({200, {}, exchange->take_body()});
  });
  RawSocket half_head(server.port());
  half_head.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-");
  RawSocket half_body(server.port());
  half_body.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nab");
  RawSocket idle(server.port());
  ASSERT_TRUE(comes_true([&] { return server.server().connections() == 3; }));
  server.thread(0).run([] {});  // what was sent has been read
  server.server().drain();
  EXPECT_EQ(idle.read_all(), "");
  half_head.send("length: 2\r\n\r\nxy");
  half_body.send("cd");
  for (auto [socket, body] : {std::pair(&half_head, "xy"), std::pair(&half_body, "abcd")}) {
    const std::string answer = socket->read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_NE(answer.find("connection: close"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with(body)) << answer;
  }
}

TEST(ServerEnd, CloseNowEndsEverythingAndSaysSo) {
  Streaming streaming;
  TestServer server(streaming.handler(), {}, 2);
  server.before_end([&] { streaming.exchange = nullptr; });
  RawSocket socket(server.port());
  socket.send(kGetA);
  ASSERT_TRUE(comes_true([&] { return streaming.started == 1; }));
  server.server().close_now();
  EXPECT_TRUE(comes_true([&] { return streaming.gone == 1; }));
  EXPECT_FALSE(socket.read_all().ends_with("0\r\n\r\n"));
  server.thread(0).run([&] { streaming.exchange = nullptr; });
  EXPECT_TRUE(comes_true([&] { return server.server().connections() == 0; }));
}

TEST(ServerEnd, MayBeDestroyedWithAnswersInProgress) {
  Streaming streaming;
  {
    TestServer server(streaming.handler());
    server.before_end([&] { streaming.exchange = nullptr; });
    RawSocket socket(server.port());
    socket.send(kGetA);
    ASSERT_TRUE(comes_true([&] { return streaming.started == 1; }));
    server.thread(0).run([&] { streaming.exchange->send_chunk(std::string(1'000'000, 'x')); });
  }
  SUCCEED();
}

}  // namespace
}  // namespace ooe::http::testing

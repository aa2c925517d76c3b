// Our client and our server with each other.
#include <atomic>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

TEST(Exchange, EchoesABodyOfAnySizeOverOneConnection) {
  TestServer server(echo);
  TestClient client;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{20'000}, std::size_t{3'000'000}}) {
    SCOPED_TRACE(size);
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    const Told told = client.call({.url = server.url("/echo?x=1"), .body = body});
    EXPECT_EQ(told.ends, 1) << told.message;
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(find_header(told.headers, "X-Target"), "/echo?x=1");
    EXPECT_TRUE(told.body == body);
  }
  EXPECT_EQ(server.server().connections(), 1U);
}

TEST(Exchange, ServesManyClientsOnTwoLoops) {
  TestServer server(echo, {}, 2);
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&server, &right, t] {
      TestClient client;
      for (int i = 0; i < 20; ++i) {
        const std::string body = fmt::format("{}:{}", t, i);
        if (client.call({.url = server.url(), .body = body}).body == body) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 80);
}

TEST(Exchange, StreamsChunksAndTheirEnd) {
  TestServer server([](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    exchange->send_head(201, {{"content-type", "text/event-stream"}});
    for (int i = 0; i < 1'000; ++i) exchange->send_chunk(fmt::format("{};", i));
    exchange->send_chunk("");  // must not end the body
    exchange->send_chunk("end");
    exchange->finish();
  });
  TestClient client;
  std::string expected;
  for (int i = 0; i < 1'000; ++i) expected += fmt::format("{};", i);
  const Told told = client.get(server.url());
  EXPECT_EQ(told.status, 201);
  EXPECT_EQ(find_header(told.headers, "content-type"), "text/event-stream");
  EXPECT_EQ(told.body, expected + "end");
}

TEST(Exchange, SaysBehindTheBodyWhatBecameKnownOnlyThere) {
  TestServer server([](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    exchange->send_head(200, {});
    exchange->send_chunk("x");
    Headers trailers;
    if (takes_trailers(exchange->request().headers)) {
      trailers = {{"cost", "1"}, {"bad", "a\r\nb"}, {"content-length", "7"}};
    }
    exchange->finish(trailers);
  });
  for (const auto& [te, end] :
       {std::pair("TE: deflate;q=0.5, Trailers\r\n", "cost: 1\r\n\r\n"),
        std::pair("TE: deflate\r\n", "0\r\n\r\n"), std::pair("", "0\r\n\r\n")}) {
    RawSocket socket(server.server().port());
    socket.send(std::string("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n") + te + "\r\n");
    EXPECT_THAT(socket.read_all(), ::testing::EndsWith(std::string("1\r\nx\r\n") +
                                                       (*end == 'c' ? "0\r\n" : "") + end));
  }
}

TEST(Exchange, AnAbortIsACutToTheClient) {
  TestServer server([](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    if (exchange->request().target != "/nothing") exchange->send_head(200, {});
    if (exchange->request().target == "/some") exchange->send_chunk("some");
    exchange->abort();
  });
  TestClient client;
  for (const std::string path : {"/nothing", "/head", "/some"}) {
    SCOPED_TRACE(path);
    const Told told = client.get(server.url(path));
    EXPECT_EQ(told.fault, "cut");
    EXPECT_EQ(told.status, path == "/nothing" ? 0 : 200);
    EXPECT_EQ(told.body, path == "/some" ? "some" : "");
  }
}

TEST(Exchange, CancelReachesTheHandler) {
  std::atomic<int> gone = 0;
  std::shared_ptr<Exchange> kept;
  TestServer server([&](std::size_t, std::shared_ptr<Exchange> exchange) {
    exchange->on_gone([&] {
      ++gone;
      kept = nullptr;
    });
    exchange->send_head(200, {});
    exchange->send_chunk("x");
    kept = std::move(exchange);
  });
  TestClient client;
  client.start({.method = "GET", .url = server.url()});
  EXPECT_EQ(client.wait_for([](const Told& told) { return told.body == "x"; }).body, "x");
  const auto before = steady_clock::now();
  client.cancel();
  EXPECT_TRUE(comes_true([&] { return gone == 1; }));
  EXPECT_LT(steady_clock::now() - before, milliseconds(100));
}

// A source that obeys unsent_bytes() and when_drained() in front of a client that pauses: what
// neither side has to keep, the source has not made.
TEST(Exchange, APausedClientStopsASourceThatObeys) {
  constexpr std::size_t kTotal = 40U << 20U;
  constexpr std::size_t kLimit = 256U << 10U;
  std::atomic<std::size_t> made = 0;
  std::atomic<std::size_t> unsent_max = 0;
  std::function<void()> produce;  // on the server's thread
  TestServer server([&](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    exchange->send_head(200, {});
    produce = [&, weak = std::weak_ptr(exchange)] {
      const auto out = weak.lock();
      while (made < kTotal && out->unsent_bytes() < kLimit) {
        out->send_chunk(std::string(10'000, 'x'));
        made += 10'000;
        unsent_max = std::max(unsent_max.load(), out->unsent_bytes());
      }
      made < kTotal ? out->when_drained(produce) : out->finish();
    };
    exchange->on_gone([exchange] {});  // keeps it
    produce();
  });
  TestClient client;
  std::atomic<std::size_t> told = 0;
  client.start({.method = "GET", .url = server.url(), .stall_timeout = milliseconds(100)}, [&] {
    if (client.told().over()) return;
    if (told == 0) client.current()->pause();
    ++told;
  });
  ASSERT_TRUE(comes_true([&] { return told > 0; }));
  std::this_thread::sleep_for(milliseconds(200));  // longer than a stall
  EXPECT_EQ(told, 1U) << "a paused call tells nothing";
  EXPECT_LT(made, kTotal / 2);
  EXPECT_LT(unsent_max, kLimit + 20'000);
  client.thread().run([&] { client.current()->resume(); });
  const Told end = client.wait();
  EXPECT_EQ(end.ends, 1) << end.message;
  EXPECT_EQ(end.body.size(), made);
}

TEST(Exchange, PauseInEveryCallbackLosesNothing) {
  TestServer server([](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    exchange->send_head(200, {});
    for (int i = 0; i < 50; ++i) exchange->send_chunk(fmt::format("{};", i));
    exchange->finish();
  });
  TestClient client;
  std::string expected;
  for (int i = 0; i < 50; ++i) expected += fmt::format("{};", i);
  client.start({.method = "GET", .url = server.url()}, [&] {
    if (client.told().over()) return;
    client.current()->pause();
    client.thread().loop().post([&] { client.current()->resume(); });
  });
  EXPECT_EQ(client.wait().body, expected);
}

}  // namespace
}  // namespace ooe::http::testing

// The server against clients that say exactly the bytes written here.
#include "http/server.h"

#include <atomic>
#include <regex>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Splits what a connection said into its status codes.
std::vector<int> statuses(const std::string& text) {
  const std::regex line("HTTP/1\\.1 (\\d+) ");
  std::vector<int> found;
  for (std::sregex_iterator it(text.begin(), text.end(), line), end; it != end; ++it) {
    found.push_back(std::stoi((*it)[1]));
  }
  return found;
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server(echo);
  RawSocket socket(server.port());
  socket.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
      "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nyo\r\n0\r\n\r\n"
      "\r\n"
      "GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = socket.read_all();
  EXPECT_EQ(statuses(all), (std::vector<int>{200, 200, 200, 200}));
  std::size_t at = 0;
  for (const std::string_view mark : {"/1", "/2", "hi", "/3", "yo", "/4", "connection: close"}) {
    at = all.find(mark, at);
    ASSERT_NE(at, std::string::npos) << mark << " in " << all;
  }
  EXPECT_EQ(socket.last(), Read::end);
}

// Its first part is read while the connection already waits, in the same buffer, for the second.
TEST(Server, PutsAPipelinedRequestTogetherThatComesInTwoParts) {
  std::shared_ptr<Exchange> waiting;
  TestServer server([&](std::size_t, std::shared_ptr<Exchange> exchange) {
    if (exchange->request().target == "/a") {
      waiting = std::move(exchange);
    } else {
      exchange->send({200, {}, exchange->take_body()});
    }
  });
  RawSocket socket(server.port());
  socket.send(std::string(kGet) +
              "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
              "Connection: close\r\n\r\nhello");
  ASSERT_TRUE(comes_true([&] {
    bool here = false;
    server.thread(0).run([&] { here = waiting != nullptr; });
    return here;
  }));
  server.thread(0).run([&] { std::exchange(waiting, nullptr)->send({200, {}, "first"}); });
  EXPECT_TRUE(socket.read_until("first").ends_with("first"));
  server.thread(0).run([] {});  // what the answer made the connection do is done
  socket.send("world");
  EXPECT_TRUE(socket.read_all().ends_with("helloworld"));
}

TEST(Server, KeepsAPipelinedRequestThatComesWhileTheHandlerWorks) {
  std::shared_ptr<Exchange> waiting;
  TestServer server([&](std::size_t, std::shared_ptr<Exchange> exchange) {
    if (exchange->request().target == "/a") {
      waiting = std::move(exchange);
    } else {
      exchange->send({200, {}, "second"});
    }
  });
  RawSocket socket(server.port());
  socket.send(kGet);
  ASSERT_TRUE(comes_true([&] {
    bool here = false;
    server.thread(0).run([&] { here = waiting != nullptr; });
    return here;
  }));
  // More than the read buffer holds: reading stops, and goes on later.
  const std::string long_header(30'000, 'y');
  socket.send("GET /b HTTP/1.1\r\nHost: x\r\nLong: " + long_header + "\r\n\r\n");
  EXPECT_TRUE(socket.is_quiet_for(milliseconds(30)));
  server.thread(0).run([&] { std::exchange(waiting, nullptr)->send({200, {}, "first"}); });
  EXPECT_NE(socket.read_until("second").find("first"), std::string::npos);
}

TEST(Server, ReadsARequestCutAnywhere) {
  TestServer server(echo);
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n";
  RawSocket socket(server.port());
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    socket.send(std::string_view(request).substr(0, cut));
    // The server should get two reads; when the system joins them, the test only proves less.
    std::this_thread::yield();
    socket.send(std::string_view(request).substr(cut));
    ASSERT_NE(socket.read_until("abcde").find("200 OK"), std::string::npos) << "cut at " << cut;
  }
}

TEST(Server, RefusesRequestsThatTwoServersCouldReadDifferently) {
  std::atomic<int> handled = 0;
  TestServer server([&](std::size_t loop, std::shared_ptr<Exchange> exchange) {
    ++handled;
    echo(loop, exchange);
  });
  struct Case {
    std::string_view what;
    std::string request;
  };
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  using namespace std::string_literals;
  for (const Case& c : std::vector<Case>{
           {"both framings",
            post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
           {"both, other order",
            post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"},
           {"two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
           {"the same length twice", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"},
           {"a list of lengths", post + "Content-Length: 1, 1\r\n\r\na"},
           {"a signed length", post + "Content-Length: +1\r\n\r\na"},
           {"a negative length", post + "Content-Length: -1\r\n\r\na"},
           {"a hexadecimal length", post + "Content-Length: 0x1\r\n\r\na"},
           {"an empty length", post + "Content-Length: \r\n\r\n"},
           {"a length beyond 64 bits", post + "Content-Length: 99999999999999999999\r\n\r\n"},
           {"another encoding", post + "Transfer-Encoding: gzip\r\n\r\n"},
           {"an encoding like chunked", post + "Transfer-Encoding: xchunked\r\n\r\n"},
           {"chunked inside another", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
           {"chunked twice",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
           {"chunked in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
           {"a space before the colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
           {"a bare line feed", "GET / HTTP/1.1\nHost: x\n\n"},
           {"a carriage return in a value", post + "A: b\rTransfer-Encoding: chunked\r\n\r\n"},
           {"a zero byte in a value", post + "A: b\0c\r\n\r\n"s},
           {"no host", "GET / HTTP/1.1\r\n\r\n"},
           {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
           {"no target", "GET  HTTP/1.1\r\nHost: x\r\n\r\n"},
           {"a target that is no path", "GET a HTTP/1.1\r\nHost: x\r\n\r\n"},
           {"another version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
           {"no version", "GET /\r\n\r\n"},
           {"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello hello hello hello\r\n\r\n"s},
           {"a bad chunk size", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"},
           {"a chunk longer than it says",
            post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"},
           {"a chunk size beyond 64 bits",
            post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na"},
       }) {
    SCOPED_TRACE(c.what);
    RawSocket socket(server.port());
    socket.send(c.request + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = socket.read_all();
    EXPECT_EQ(statuses(answer), std::vector<int>{400}) << answer;
    EXPECT_NE(answer.find("malformed_request: malformed HTTP request"), std::string::npos);
    EXPECT_NE(answer.find("connection: close"), std::string::npos);
    EXPECT_EQ(socket.last(), Read::end);
  }
  EXPECT_EQ(handled, 0);
}

TEST(Server, TakesTheAbsoluteFormOfATarget) {
  TestServer server(echo);
  RawSocket socket(server.port());
  socket.send("GET http://x/y?z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(socket.read_all().find("x-target: /y?z\r\n"), std::string::npos);
}

TEST(Server, BoundsHeadersAndBodies) {
  TestServer server(echo, {.header_bytes_max = 20'000, .body_bytes_max = 1'000});
  struct Case {
    std::string_view what;
    std::string request;
    std::vector<int> statuses;
  };
  const std::string host = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  std::string many = host;
  while (many.size() < 30'000) many += "A: b\r\n";
  const auto chunked = [&](std::size_t chunk, int count) {
    std::string text = host + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < count; ++i)
      text += fmt::format("{:x}\r\n{}\r\n", chunk, std::string(chunk, 'x'));
    return text + "0\r\n\r\n";
  };
  for (const Case& c : std::vector<Case>{
           {"a long header", host + "A: " + std::string(30'000, 'b') + "\r\n\r\n", {431}},
           {"a header without end", host + "A: " + std::string(100'000, 'b'), {431}},
           {"many headers", many + "\r\n", {431}},
           {"a long target", "GET /" + std::string(30'000, 'b') + " HTTP/1.1\r\n\r\n", {431}},
           {"headers just inside", host + "A: " + std::string(19'000, 'b') + "\r\n\r\n", {200}},
           {"a long body", host + "Content-Length: 1001\r\n\r\n" + std::string(1'001, 'x'), {413}},
           {"a long body announced", host + "Content-Length: 1001\r\n\r\n", {413}},
           {"a body just inside",
            host + "Content-Length: 1000\r\n\r\n" + std::string(1'000, 'x'),
            {200}},
           {"long chunks", chunked(1'001, 1), {413}},
           {"many chunks", chunked(1, 1'001), {413}},
           {"chunks just inside", chunked(10, 100), {200}},
           {"an endless chunk extension",
            host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(50'000, 'x'),
            {400}},
           {"endless trailers",
            host + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(50'000, 'x'),
            {400}},
       }) {
    SCOPED_TRACE(c.what);
    RawSocket socket(server.port());
    socket.send(c.request);
    const std::string answer = socket.read_all();
    EXPECT_EQ(statuses(answer), c.statuses) << answer.substr(0, 300);
    EXPECT_EQ(socket.last(), Read::end);
  }
}

// Nobody has been asked for a key yet: what all clients together have begun to send is bounded.
TEST(Server, BoundsTheMemoryOfBodiesThatAreNotWhole) {
  TestServer server(echo, {.body_bytes_max = 100'000, .bodies_bytes_max = 100'000});
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n";
  // A turn of the loop reads a part of it.
  const auto read_what_came = [&] {
    for (int turn = 0; turn < 100; ++turn) server.thread(0).run([] {});
  };
  RawSocket first(server.port());
  first.send(head + std::string(69'000, 'x'));
  read_what_came();
  RawSocket second(server.port());
  second.send(head + std::string(69'000, 'x'));
  const std::string refused = second.read_all();
  EXPECT_EQ(statuses(refused), (std::vector<int>{503})) << refused;
  first.send(std::string(1'000, 'x'));
  EXPECT_EQ(statuses(first.read_all()), (std::vector<int>{200}));
  RawSocket third(server.port());
  third.send(head + std::string(69'000, 'x'));
  read_what_came();
  third.send(std::string(1'000, 'x'));
  EXPECT_EQ(statuses(third.read_all()), (std::vector<int>{200})) << "what was held is let go";
}

TEST(Server, ClosesOnSlowHeadersSlowBodiesAndIdlers) {
  TestServer server(echo, {.header_timeout = milliseconds(40),
                           .body_timeout = milliseconds(40),
                           .idle_timeout = milliseconds(80)});
  RawSocket idle(server.port());
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(idle.last(), Read::end);

  RawSocket slow_head(server.port());
  for (int i = 0; i < 8; ++i) {  // a byte now and then does not buy time
    slow_head.send("G");
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(statuses(slow_head.read_all()), std::vector<int>{408});

  RawSocket slow_body(server.port());
  slow_body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(statuses(slow_body.read_all()), std::vector<int>{408});
}

TEST(Server, SaysContinueToWhoExpectsIt) {
  TestServer server(echo, {.body_bytes_max = 100});
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  RawSocket polite(server.port());
  polite.send(head + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(polite.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  polite.send("hi");
  EXPECT_EQ(statuses(polite.read_all()), std::vector<int>{200});

  RawSocket too_much(server.port());
  too_much.send(head + "Content-Length: 200\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(statuses(too_much.read_all()), std::vector<int>{413});

  for (const char* body : {"", "hi"}) {
    RawSocket strange(server.port());
    strange.send(head + "Content-Length: 2\r\nExpect: miracles\r\n\r\n" + body);
    EXPECT_EQ(statuses(strange.read_all()), std::vector<int>{417}) << body;
  }
}

TEST(Server, LeavesTheBodyOutForHead) {
  TestServer server([](std::size_t, std::shared_ptr<Exchange> exchange) {
    if (exchange->request().target == "/whole") return exchange->send({200, {}, "12345"});
    exchange->send_head(200, {});
    exchange->send_chunk("12345");
    exchange->finish();
  });
  RawSocket socket(server.port());
  socket.send("HEAD /whole HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(socket.read_until("\r\n\r\n").find("content-length: 5\r\n"), std::string::npos);
  socket.send("HEAD /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(socket.read_all().ends_with("\r\n\r\n"));
}

TEST(Server, KeepsTheCallersHeadersFromBreakingTheHead) {
  TestServer server([](std::size_t, std::shared_ptr<Exchange> exchange) {
    exchange->send({204,
                    {{"X-Ok", "yes"},
                     {"X-Evil", "a\r\nSet-Cookie: b"},
                     {"Bad Name", "c"},
                     {"Content-Length", "99"},
                     {"Transfer-Encoding", "chunked"},
                     {"Connection", "x"}}});
  });
  RawSocket socket(server.port());
  socket.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(socket.read_all(),
              ::testing::MatchesRegex("HTTP/1.1 204 No Content\r\nX-Ok: yes\r\ndate: [^\r]* GMT\r\n"
                                      "connection: close\r\n\r\n"));
}

TEST(Server, StreamsWithoutChunksToAnOldClientAndResetsOnAbort) {
  Streaming streaming;
  TestServer server(streaming.handler());
  server.before_end([&] { streaming.exchange = nullptr; });
  for (const bool whole : {true, false}) {
    RawSocket socket(server.port());
    socket.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(socket.read_until("one").ends_with("\r\n\r\none"));
    server.thread(0).run([&] {
      streaming.exchange->send_chunk("two");
      whole ? streaming.exchange->finish() : streaming.exchange->abort();
    });
    const std::string rest = socket.read_all();
    EXPECT_EQ(socket.last(), whole ? Read::end : Read::reset);
    EXPECT_EQ(rest, whole ? "two" : rest);
  }
}

TEST(Server, AbortSendsWhatWasHandedOverAndNoLastChunk) {
  Streaming streaming;
  TestServer server(streaming.handler());
  server.before_end([&] { streaming.exchange = nullptr; });
  RawSocket socket(server.port());
  socket.send(kGet);
  EXPECT_TRUE(socket.read_until("one\r\n").ends_with("3\r\none\r\n"));
  server.thread(0).run([&] {
    streaming.exchange->send_chunk("error event");
    streaming.exchange->abort();
  });
  EXPECT_EQ(socket.read_all(), "b\r\nerror event\r\n");
}

TEST(Server, DroppingAnExchangeAbortsIt) {
  TestServer server([](std::size_t, const std::shared_ptr<Exchange>&) {});
  RawSocket socket(server.port());
  socket.send(kGet);
  EXPECT_EQ(socket.read_all(), "");
  EXPECT_NE(socket.last(), Read::silence);
}

// RFC 9112, 2.2; wherever the network cuts it.
TEST(Server, PassesOverAnEmptyLineBeforeARequest) {
  TestServer server([](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    exchange->send({.status = 204});
  });
  for (const std::string empty : {"\r\n", "\r", "\r\n\r"}) {
    RawSocket socket(server.port());
    socket.send(empty);
    std::this_thread::sleep_for(milliseconds(20));
    socket.send((empty.ends_with('\r') ? "\n" : "") + std::string(kGet));
    EXPECT_TRUE(socket.read_until("\r\n\r\n").starts_with("HTTP/1.1 204")) << empty.size();
  }
}

// Its next requests fill the buffer, so that nobody reads up to where it left.
TEST(Server, NoticesThatAClientHasLeftWhoseRequestsWaitUnread) {
  Streaming streaming;
  TestServer server(streaming.handler(false), {.header_bytes_max = 16U << 10U});
  server.before_end([&] { streaming.exchange = nullptr; });
  {
    RawSocket socket(server.port());
    std::string requests;
    while (requests.size() < 100'000) requests += kGet;
    socket.send(requests);
    ASSERT_TRUE(comes_true([&] { return streaming.started == 1; }));
    EXPECT_EQ(streaming.gone, 0);
  }
  const auto left = steady_clock::now();
  EXPECT_TRUE(comes_true([&] { return streaming.gone == 1; }));
  EXPECT_LT(steady_clock::now() - left, milliseconds(1'000));
}

TEST(Server, NoticesThatTheClientHasLeft) {
  for (const bool streams : {false, true}) {
    SCOPED_TRACE(streams ? "while streaming" : "while the handler is idle");
    Streaming streaming;
    TestServer server(streaming.handler(streams));
    server.before_end([&] { streaming.exchange = nullptr; });
    {
      RawSocket socket(server.port());
      socket.send(kGet);
      ASSERT_TRUE(comes_true([&] { return streaming.started == 1; }));
      EXPECT_EQ(streaming.gone, 0);
    }
    const auto left = steady_clock::now();
    EXPECT_TRUE(comes_true([&] { return streaming.gone == 1; }));
    EXPECT_LT(steady_clock::now() - left, milliseconds(100));
    server.thread(0).run([&] {  // nothing more happens
      streaming.exchange->send_chunk("late");
      streaming.exchange->finish();
      EXPECT_EQ(streaming.exchange->unsent_bytes(), 0U);
      streaming.exchange->on_gone([&] { ++streaming.gone; });  // told again, to whoever asks late
    });
    EXPECT_TRUE(comes_true([&] { return streaming.gone == 2; }));
    EXPECT_TRUE(comes_true([&] {
      server.thread(0).run([&] { streaming.exchange = nullptr; });
      return server.server().connections() == 0;
    }));
  }
}

TEST(Server, TellsHowMuchAClientHasNotTakenAndWhenItHas) {
  Streaming streaming;
  TestServer server(streaming.handler());
  server.before_end([&] { streaming.exchange = nullptr; });
  RawSocket socket(server.port(), 64 << 10);
  socket.send(kGet);
  ASSERT_TRUE(comes_true([&] { return streaming.drained == 1; }));
  const std::string chunk(8U << 20U, 'x');
  server.thread(0).run(
      [&] { streaming.exchange->send_chunk("nobody has asked to be told again"); });
  std::this_thread::sleep_for(milliseconds(20));
  server.thread(0).run([&] {
    streaming.exchange->send_chunk(chunk);
    streaming.exchange->when_drained([&] { ++streaming.drained; });
  });
  std::this_thread::sleep_for(milliseconds(20));
  server.thread(0).run([&] { EXPECT_GT(streaming.exchange->unsent_bytes(), chunk.size() / 8); });
  EXPECT_EQ(streaming.drained, 1);
  EXPECT_GT(socket.read_until("x\r\n").size(), chunk.size());
  EXPECT_TRUE(comes_true([&] { return streaming.drained == 2; }));
  server.thread(0).run([&] {
    EXPECT_EQ(streaming.exchange->unsent_bytes(), 0U);
    streaming.exchange->finish();
  });
  EXPECT_EQ(socket.read_until("0\r\n\r\n"), "0\r\n\r\n");
}

TEST(Server, GivesUpOnAClientThatReadsNothing) {
  Streaming streaming;
  TestServer server(streaming.handler(), {.write_timeout = milliseconds(50)});
  server.before_end([&] { streaming.exchange = nullptr; });
  RawSocket socket(server.port(), 64 << 10);
  socket.send(kGet);
  ASSERT_TRUE(comes_true([&] { return streaming.started == 1; }));
  server.thread(0).run([&] { streaming.exchange->send_chunk(std::string(8U << 20U, 'x')); });
  EXPECT_TRUE(comes_true([&] { return streaming.gone == 1; }));
}

TEST(Server, TurnsAwayWhoComesBeyondTheLimit) {
  TestServer server(echo, {.connections_max = 2});
  RawSocket first(server.port());
  RawSocket second(server.port());
  ASSERT_TRUE(comes_true([&] { return server.server().connections() == 2; }));
  RawSocket third(server.port());
  third.send(kGet);
  const std::string answer = third.read_all();
  EXPECT_EQ(statuses(answer), std::vector<int>{503});
  EXPECT_NE(answer.find("too_many_connections"), std::string::npos);
  third.close();
  first.close();
  ASSERT_TRUE(comes_true([&] { return server.server().connections() == 1; }));
  RawSocket fourth(server.port());
  fourth.send(kGet);
  EXPECT_EQ(statuses(fourth.read_until("\r\n\r\n")), std::vector<int>{200});
}

TEST(Server, SaysThatThePortIsInUse) {
  TestServer server(echo);
  Loop loop;
  const std::vector<Loop*> loops{&loop};
  const auto second =
      Server::start(loops, {.listen = "127.0.0.1:" + std::to_string(server.port())}, echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_NE(second.error().message.find("port in use"), std::string::npos);
  for (const std::string listen : {"", "localhost", "127.0.0.1:x", "203.0.113.1:0"}) {
    const auto bad = Server::start(loops, {.listen = listen}, echo);
    ASSERT_FALSE(bad.has_value()) << listen;
    EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument) << listen;
  }
}

TEST(Server, SpreadsConnectionsOverItsLoopsInTurn) {
  std::mutex mutex;
  std::vector<int> by_loop(2);
  TestServer server(
      [&](std::size_t loop, const std::shared_ptr<Exchange>& exchange) {
        {
          const std::lock_guard lock(mutex);
          ++by_loop[loop];
        }
        echo(loop, exchange);
      },
      {}, 2);
  for (int i = 0; i < 6; ++i) {
    RawSocket socket(server.port());
    socket.send(kGet);
    EXPECT_EQ(statuses(socket.read_until("\r\n\r\n")), std::vector<int>{200});
  }
  const std::lock_guard lock(mutex);
  EXPECT_EQ(by_loop, (std::vector<int>{3, 3}));
}

}  // namespace
}  // namespace ooe::http::testing

// The client against servers that say exactly the bytes written here.
#include "http/client.h"

#include <atomic>
#include <string>
#include <thread>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

ClientRequest get(Url url) { return {.method = "GET", .url = std::move(url)}; }

TEST(Client, ReadsEveryFramingWhereverItIsCut) {
  struct Case {
    std::string_view what;
    std::string response;
    std::string_view method;
    int status;
    std::string_view body;
  };
  for (const Case& c : std::vector<Case>{
           {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "GET", 200, "hello"},
           {"no body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", 200, ""},
           {"chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            "chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: u\r\n\r\n",
            "GET", 200, "hello"},
           {"until close", "HTTP/1.1 200 OK\r\n\r\nhello", "GET", 200, "hello"},
           {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello", "GET", 200, "hello"},
           {"continue first",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 "
            "OK\r\nContent-Length: 5\r\n\r\nhello",
            "POST", 200, "hello"},
           {"204", "HTTP/1.1 204 No Content\r\n\r\n", "GET", 204, ""},
           {"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET", 304, ""},
           {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", 200, ""},
           {"an error with a body",
            "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\nno", "GET", 429,
            "no"}}) {
    RawServer server([&c](int fd, int number) {
      read_head(fd);
      const auto cut = static_cast<std::size_t>(number);
      send_all(fd, std::string_view(c.response).substr(0, cut));
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      send_all(fd, std::string_view(c.response).substr(cut));
    });
    TestClient client;
    for (std::size_t cut = 0; cut <= c.response.size(); ++cut) {
      SCOPED_TRACE(fmt::format("{}, cut at {}", c.what, cut));
      const Told told = client.call({.method = std::string(c.method), .url = server.url()});
      ASSERT_EQ(told.ends, 1) << told.message;
      EXPECT_EQ(told.faults, 0);
      EXPECT_EQ(told.status, c.status);
      EXPECT_EQ(told.body, c.body);
    }
  }
}

TEST(Client, TellsWhatIsWrongWithAnAnswer) {
  struct Case {
    std::string_view what;
    std::string response;
    std::string_view fault;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const Case& c : std::vector<Case>{
           {"nothing", "", "cut"},
           {"half a head", "HTTP/1.1 200", "cut"},
           {"a short body", ok + "Content-Length: 5\r\n\r\nhel", "cut"},
           {"a short chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "cut"},
           {"no last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", "cut"},
           {"no HTTP", "220 smtp ready\r\n\r\n", "malformed"},
           {"a bad status", "HTTP/1.1 20x OK\r\n\r\n", "malformed"},
           {"a bad chunk", ok + "Transfer-Encoding: chunked\r\n\r\nxx\r\n", "malformed"},
           {"both framings", ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            "malformed"},
           {"two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "malformed"},
           {"another encoding", ok + "Transfer-Encoding: gzip\r\n\r\n", "malformed"},
           {"another protocol", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "malformed"},
           {"a long head", ok + "A: " + std::string(100'000, 'x') + "\r\n\r\n", "malformed"},
           {"a head without end", ok + "A: " + std::string(100'000, 'x'), "malformed"},
           {"an endless chunk header",
            ok + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x'),
            "malformed"}}) {
    SCOPED_TRACE(c.what);
    RawServer server([&c](int fd, int) {
      read_head(fd);
      send_all(fd, c.response);
    });
    TestClient client;
    const Told told = client.get(server.url());
    EXPECT_EQ(told.fault, c.fault) << told.message;
    EXPECT_EQ(told.ends, 0);
    EXPECT_EQ(told.faults, 1);
  }
}

TEST(Client, TellsARefusedConnectionAndAnUnknownName) {
  std::uint16_t free_port = 0;
  {
    free_port = RawServer([](int, int) {}).port();
  }
  TestClient client;
  Told told = client.get({false, "127.0.0.1", std::to_string(free_port), "/"});
  EXPECT_EQ(told.fault, "connect");
  EXPECT_NE(told.message.find("127.0.0.1:"), std::string::npos);
  told = client.call(
      {.url = {false, "no such host", "80", "/"}, .connect_timeout = milliseconds(2'000)});
  EXPECT_EQ(told.fault, "resolve");
}

TEST(Client, RefusesToSendWhatWouldBreakTheHead) {
  TestClient client;
  const Url url{false, "127.0.0.1", "1", "/"};
  for (const ClientRequest& request :
       std::vector<ClientRequest>{{.method = "GET /x", .url = url},
                                  {.method = "", .url = url},
                                  {.url = {false, "127.0.0.1", "1", "/a b"}},
                                  {.url = {false, "127.0.0.1", "1", "x"}},
                                  {.url = url, .headers = {{"A", "b\r\nC: d"}}},
                                  {.url = url, .headers = {{"A:", "b"}}}}) {
    const Told told = client.call(request);
    EXPECT_EQ(told.fault, "malformed") << told.message;
  }
}

TEST(Client, TellsWhichTimeRanOut) {
  const auto silent = [](int fd, int) { sees_close(fd); };
  const auto stalls = [](int fd, int) {
    read_head(fd);
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    sees_close(fd);
  };
  TestClient client;
  {
    RawServer server(silent);
    auto request = get(server.url());
    request.head_timeout = milliseconds(30);
    EXPECT_EQ(client.call(request).fault, "head_timeout");
  }
  {
    RawServer server(stalls);
    auto request = get(server.url());
    request.stall_timeout = milliseconds(30);
    const Told told = client.call(request);
    EXPECT_EQ(told.fault, "stalled");
    EXPECT_EQ(told.body, "hel");
  }
}

TEST(Client, ADripThatKeepsComingDoesNotStall) {
  RawServer server([](int fd, int) {
    read_head(fd);
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
    for (int i = 0; i < 8; ++i) {
      std::this_thread::sleep_for(milliseconds(20));
      send_all(fd, "x");
    }
  });
  TestClient client;
  auto request = get(server.url());
  request.stall_timeout = milliseconds(100);
  EXPECT_EQ(client.call(request).body, "xxxxxxxx");
}

TEST(Client, SendsAgainOnceWhenAKeptConnectionWasClosedUnanswered) {
  std::atomic<int> requests = 0;
  // Each connection answers once, then closes as soon as it sees the next request.
  RawServer server([&](int fd, int) {
    if (read_head(fd).empty()) return;
    ++requests;
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    read_head(fd);
  });
  TestClient client;
  for (int i = 0; i < 3; ++i) {
    const Told told = client.get(server.url());
    EXPECT_EQ(told.ends, 1) << told.message;
    EXPECT_EQ(told.body, "hi");
    EXPECT_EQ(told.sent, 1) << "what a closed connection had was taken back";
  }
  EXPECT_EQ(requests, 3);
}

// It has read the request, and may have asked a model for its answer.
TEST(Client, DoesNotSendAgainWhatAServerHadTimeToWorkOn) {
  std::atomic<int> requests = 0;
  RawServer server([&](int fd, int) {
    if (read_head(fd).empty()) return;
    ++requests;
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    if (read_head(fd).empty()) return;
    ++requests;
    std::this_thread::sleep_for(milliseconds(400));
  });
  TestClient client;
  EXPECT_EQ(client.get(server.url()).body, "hi");
  EXPECT_EQ(client.get(server.url()).fault, "cut");
  EXPECT_EQ(requests, 2);
}

TEST(Client, DoesNotSendAgainOnANewConnection) {
  std::atomic<int> requests = 0;
  RawServer server([&](int fd, int) {
    if (!read_head(fd).empty()) ++requests;
  });
  TestClient client;
  EXPECT_EQ(client.get(server.url()).fault, "cut");
  EXPECT_EQ(requests, 1);
}

TEST(Client, DoesNotReuseAConnectionThatSaidTooMuchOrWantsToClose) {
  std::atomic<int> connections = 0;
  const std::string length = "Content-Length: 2\r\n";
  for (const std::string& response :
       {"HTTP/1.1 200 OK\r\n" + length + "\r\nhiHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n" + length + "\r\nhi",
        "HTTP/1.0 200 OK\r\n" + length + "\r\nhi"}) {
    connections = 0;
    RawServer server([&](int fd, int) {
      ++connections;
      read_head(fd);
      send_all(fd, response);
      EXPECT_TRUE(sees_close(fd));
    });
    TestClient client;
    EXPECT_EQ(client.get(server.url()).body, "hi");
    EXPECT_EQ(client.get(server.url()).body, "hi");
    EXPECT_EQ(connections, 2);
  }
}

TEST(Client, TakesAnAnswerThatComesBeforeTheRequestIsRead) {
  RawServer server([](int fd, int) {
    std::string some;
    read_some(fd, some);
    send_all(fd, "HTTP/1.1 413 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    ::shutdown(fd, SHUT_WR);
    sees_close(fd);
  });
  TestClient client;
  const Told told = client.call({.url = server.url(), .body = std::string(20'000'000, 'x')});
  EXPECT_EQ(told.status, 413) << told.message;
  EXPECT_EQ(told.body, "no");
}

// The second answer to one request, come while the next is on its way.
TEST(Client, TakesNoAnswerOnAKeptConnectionThatComesBeforeTheRequestIsSent) {
  std::atomic<bool> closed = false;
  RawServer server([&](int fd, int connection) {
    std::string some;
    if (connection > 0) {
      while (some.size() < 20'000'000) ASSERT_EQ(read_some(fd, some), Read::data);
      return send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
    }
    read_head(fd);
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
    read_some(fd, some);
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
    closed = sees_close(fd);
  });
  TestClient client;
  EXPECT_EQ(client.get(server.url()).body, "first");
  const Told told = client.call({.url = server.url(), .body = std::string(20'000'000, 'x')});
  EXPECT_EQ(told.body, "new") << told.message;
  EXPECT_TRUE(comes_true([&] { return closed.load(); }));
}

// Says "one", and on the same connection "old", unasked, when told to; on the next "new".
class Talker {
 public:
  [[nodiscard]] Url url() const { return server_.url(); }
  void say_more() {
    may_say_more_ = true;
    comes_true([&] { return said_more_.load(); });
  }

 private:
  std::atomic<bool> may_say_more_ = false;
  std::atomic<bool> said_more_ = false;
  RawServer server_{[this](int fd, int connection) {
    read_head(fd);
    const std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    if (connection > 0) return send_all(fd, std::string(ok) + "new");
    send_all(fd, std::string(ok) + "one");
    comes_true([&] { return may_say_more_.load(); });
    send_all(fd, std::string(ok) + "old");
    said_more_ = true;
    EXPECT_TRUE(sees_close(fd));
  }};
};

// As a gateway calls: told of a request nobody asks the system again, and the words are
// told behind it.
TEST(Client, TakesNoWordsForAnAnswerThatAreToldInTheSameTurn) {
  Talker talker;
  std::unique_ptr<Client> client;
  std::unique_ptr<Call> call;
  std::string told;
  TestServer gateway([&](std::size_t, const std::shared_ptr<Exchange>& exchange) {
    told.clear();
    call =
        client->start(get(talker.url()), {.on_body = [&](std::string_view bytes) { told += bytes; },
                                          .on_end =
                                              [&, exchange] {
                                                exchange->send({200, {}, told});
                                              }});
  });
  LoopThread& thread = gateway.thread(0);
  thread.run([&] { client = std::make_unique<Client>(thread.loop()); });
  RawSocket socket(gateway.port());
  constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  socket.send(kGet);
  EXPECT_TRUE(socket.read_until("one").ends_with("one"));
  thread.run([&] {  // the loop sees both afterwards, the request first
    socket.send(kGet);
    talker.say_more();
  });
  EXPECT_TRUE(socket.read_until("new").ends_with("new"));
  thread.run([&] {
    call.reset();
    client.reset();
  });
}

// They wait in the socket, and the loop has not heard of them yet.
TEST(Client, TakesNoWordsForAnAnswerThatCameAMomentBefore) {
  Talker talker;
  TestClient client;
  EXPECT_EQ(client.get(talker.url()).body, "one");
  std::unique_ptr<Call> next;
  std::string told;
  client.thread().run([&] {
    talker.say_more();
    next = client.client()->start(get(talker.url()),
                                  {.on_body = [&](std::string_view bytes) { told += bytes; }});
  });
  EXPECT_TRUE(comes_true([&] {
    bool whole = false;
    client.thread().run([&] { whole = told.size() == 3; });
    return whole;
  }));
  client.thread().run([&] { next.reset(); });
  EXPECT_EQ(told, "new");
}

TEST(Client, CancelClosesTheServersSideInEveryPhase) {
  struct Case {
    std::string_view what;
    std::string said;
    std::function<bool(const Told&)> reached;
  };
  for (const Case& c :
       std::vector<Case>{{"before the head", "", [](const Told&) { return true; }},
                         {"inside the head", "HTTP/1.1 200", [](const Told&) { return true; }},
                         {"after the head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                          [](const Told& told) { return told.status == 200; }},
                         {"inside the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
                          [](const Told& told) { return told.body == "hel"; }}}) {
    SCOPED_TRACE(c.what);
    std::atomic<bool> reading = false;
    std::atomic<bool> closed = false;
    RawServer server([&](int fd, int) {
      read_head(fd);
      send_all(fd, c.said);
      reading = true;
      closed = sees_close(fd);
    });
    TestClient client;
    client.start(get(server.url()));
    ASSERT_TRUE(comes_true([&] { return reading.load(); }));
    client.wait_for(c.reached);
    client.cancel();
    EXPECT_TRUE(comes_true([&] { return closed.load(); }));
    client.thread().run([] {});
    EXPECT_FALSE(client.wait_for([](const Told&) { return true; }).over());
  }
}

// An expert's last event, then the end of the body: in time, never, or buried under more.
TEST(Client, AReleasedCallKeepsItsConnectionOnlyIfTheBodyEndsSoon) {
  struct Case {
    std::string_view what;
    std::string rest;
    bool kept;
  };
  for (const Case& c :
       std::vector<Case>{{"the end", "0\r\n\r\n", true},
                         {"a little and the end", "2\r\nhi\r\n0\r\n\r\n", true},
                         {"nothing", "", false},
                         {"too much", "fffff\r\n" + std::string(0xfffff, 'x'), false},
                         {"no chunk", "xx\r\n", false}}) {
    SCOPED_TRACE(c.what);
    std::atomic<bool> released = false;
    std::atomic<int> connections = 0;
    std::atomic<bool> closed = false;
    RawServer server([&](int fd, int) {
      ++connections;
      read_head(fd);
      send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
      while (!released) std::this_thread::sleep_for(milliseconds(1));
      send_all(fd, c.rest);
      if (c.kept) {
        read_head(fd);
        send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
      } else {
        closed = sees_close(fd);
      }
    });
    TestClient client;
    client.start(get(server.url()), [&] {
      if (client.told().body != "a") return;
      client.current()->release();
      client.current().reset();
      released = true;
    });
    if (c.kept) {
      ASSERT_TRUE(comes_true([&] { return released.load(); }));
      std::this_thread::sleep_for(milliseconds(30));
      EXPECT_EQ(client.get(server.url()).body, "hi");
      EXPECT_EQ(connections, 1);
    } else {
      EXPECT_TRUE(comes_true([&] { return closed.load(); }));
      client.thread().run([&] {
        EXPECT_EQ(client.told().body, "a") << "nothing is told afterwards";
        EXPECT_FALSE(client.told().over());
      });
    }
  }
}

TEST(Client, CancelBeforeAnythingHappenedTellsNothing) {
  TestClient client;
  client.thread().run([&] {
    client.current() = client.client()->start(
        get({false, "localhost", "1", "/"}),
        {.on_fault = [](Fault, std::string) { ADD_FAILURE() << "told after cancel()"; }});
    client.current()->cancel();
  });
  // And while the name is looked up.
  client.start(get({false, "localhost", "1", "/"}));
  client.cancel();
  std::this_thread::sleep_for(milliseconds(20));
  client.thread().run([&] { EXPECT_EQ(client.told().ends, 0); });
}

TEST(Client, ACallbackMayEndItsCallOrTheClient) {
  const auto talk = [](int fd, int) {
    read_head(fd);
    send_all(fd,
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
  };
  for (const int callback : {1, 2, 3}) {  // head, body, end
    for (const bool client_too : {false, true}) {
      SCOPED_TRACE(fmt::format("in callback {}, client too: {}", callback, client_too));
      RawServer server(talk);
      TestClient client;
      auto count = std::make_shared<int>(0);
      client.start(get(server.url()), [&client, count, callback, client_too] {
        if (++*count != callback + (callback == 3 ? 1 : 0)) return;
        client.current().reset();
        if (client_too) client.client().reset();
        ++*count;  // captures live until the callback returns
        --*count;
      });
      EXPECT_TRUE(comes_true([&] {
        bool done = false;
        client.thread().run([&] { done = client.current() == nullptr; });
        return done;
      }));
      std::this_thread::sleep_for(milliseconds(2));
      client.thread().run([&] {
        EXPECT_EQ(*count, callback + (callback == 3 ? 1 : 0)) << "nothing is told afterwards";
      });
    }
  }
}

TEST(Client, AFaultMayStartTheNextCall) {
  RawServer server([](int fd, int number) {
    read_head(fd);
    if (number > 0) send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  TestClient client;
  std::unique_ptr<Call> second;
  std::string body;
  client.start(get(server.url()), [&] {
    if (client.told().faults == 0 || second) return;
    client.current().reset();
    second = client.client()->start(get(server.url()),
                                    {.on_body = [&](std::string_view bytes) { body += bytes; }});
  });
  EXPECT_TRUE(comes_true([&] {
    bool done = false;
    client.thread().run([&] { done = body == "hi"; });
    return done;
  }));
  client.thread().run([&] { second.reset(); });
}

// A name may lead elsewhere by then.
TEST(Client, AnOldConnectionIsNotUsedAgain) {
  TestServer server(echo);
  TestClient client({.age_max = milliseconds(0)});
  EXPECT_EQ(client.get(server.url()).ends, 1);
  EXPECT_TRUE(comes_true([&] { return server.server().connections() == 0; }));
}

TEST(Client, AConnectionThatGrewOldWhileItWaitedIsNotUsedAgain) {
  RawServer server([](int fd, int number) {
    while (!read_head(fd).empty()) {
      send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(number));
    }
  });
  TestClient client({.age_max = milliseconds(100)});
  EXPECT_EQ(client.get(server.url()).body, "0");
  std::this_thread::sleep_for(milliseconds(150));
  EXPECT_EQ(client.get(server.url()).body, "1") << "on another connection";
}

TEST(Client, KeepsIdleConnectionsForAWhileAndNotTooMany) {
  TestServer server(echo);
  {
    TestClient client({.idle_timeout = milliseconds(40)});
    EXPECT_EQ(client.get(server.url()).ends, 1);
    EXPECT_EQ(server.server().connections(), 1U);
    EXPECT_TRUE(comes_true([&] { return server.server().connections() == 0; }));
  }
  TestClient none({.idle_connections_max = 0});
  EXPECT_EQ(none.get(server.url()).ends, 1);
  EXPECT_TRUE(comes_true([&] { return server.server().connections() == 0; }));
}

}  // namespace
}  // namespace ooe::http::testing

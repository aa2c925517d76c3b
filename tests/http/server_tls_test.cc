// The server's TLS, against our own client and against OpenSSL's.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/http/harness.h"
#include "tests/http/identity.h"

namespace ooe::http::testing {
namespace {

class ServerTls : public ::testing::Test {
 protected:
  ServerTls() {
    std::signal(SIGPIPE, SIG_IGN);
    save(Identity("DNS:localhost,IP:127.0.0.1"));
  }
  ~ServerTls() override {
    std::filesystem::remove(files_.certificate);
    std::filesystem::remove(files_.key);
  }

  void save(const Identity& identity) const {
    identity.save(files_.certificate);
    identity.save_key(files_.key);
  }
  [[nodiscard]] ServerOptions options() const { return {.tls = files_}; }
  [[nodiscard]] static Url url(const TestServer& server) {
    return {true, "localhost", std::to_string(server.port()), "/x"};
  }

  const TlsFiles files_{
      .certificate = ::testing::TempDir() + fmt::format("ooe_server_{}.pem", ::getpid()),
      .key = ::testing::TempDir() + fmt::format("ooe_server_{}.key", ::getpid())};
};

TEST_F(ServerTls, AnswersManyRequestsOfOneConnectionWhateverTheirSize) {
  int requests = 0;
  TestServer server(
      [&](std::size_t loop, const std::shared_ptr<Exchange>& exchange) {
        ++requests;
        echo(loop, exchange);
      },
      options());
  TestClient client({.ca_file = files_.certificate});
  for (const std::size_t size : {0UL, 10UL, 16'384UL, 3'000'000UL}) {
    const std::string body(size, 'x');
    const Told told = client.call({.url = url(server), .body = body});
    EXPECT_EQ(told.status, 200) << told.message;
    EXPECT_TRUE(told.body == body) << told.body.size();
  }
  EXPECT_EQ(requests, 4);
  EXPECT_EQ(server.server().connections(), 1U);
}

TEST_F(ServerTls, StreamsAndBreaksWhatIsBroken) {
  TestServer server(
      [](std::size_t, const std::shared_ptr<Exchange>& exchange) {
        exchange->send_head(200, {});
        exchange->send_chunk("one,");
        exchange->send_chunk("two");
        exchange->request().target == "/x" ? exchange->finish() : exchange->abort();
      },
      options());
  TestClient client({.ca_file = files_.certificate});
  Told told = client.get(url(server));
  EXPECT_EQ(told.body, "one,two") << told.message;
  EXPECT_EQ(told.ends, 1);
  Url other = url(server);
  other.path = "/cut";
  told = client.get(other);
  EXPECT_EQ(told.body, "one,two");
  EXPECT_EQ(told.fault, "cut");
}

TEST_F(ServerTls, ShowsTheNewCertificateAfterAReloadAndKeepsTheOldOneWhenThatIsBad) {
  TestServer server(echo, options());
  const std::string first = files_.certificate + ".first";
  std::filesystem::copy_file(files_.certificate, first,
                             std::filesystem::copy_options::overwrite_existing);
  std::ofstream(files_.key) << "no key";
  const auto bad = server.server().reload_tls();
  ASSERT_FALSE(bad.has_value());
  EXPECT_NE(bad.error().message.find(files_.key), std::string::npos) << bad.error().message;
  TestClient of_old({.ca_file = first});
  EXPECT_EQ(of_old.get(url(server)).status, 200);

  save(Identity("DNS:localhost"));
  ASSERT_TRUE(server.server().reload_tls().has_value());
  EXPECT_EQ(of_old.get(url(server)).status, 200) << "a connection stays as it began";
  TestClient of_new({.ca_file = files_.certificate});
  EXPECT_EQ(of_new.get(url(server)).status, 200);
  TestClient late({.ca_file = first});
  EXPECT_EQ(late.get(url(server)).fault, "tls");
  std::filesystem::remove(first);
}

TEST_F(ServerTls, RefusesToStartWithTheKeyOfAnother) {
  Identity("DNS:localhost").save_key(files_.key);
  LoopThread thread;
  Loop* const loop = &thread.loop();
  const auto started = Server::start({&loop, 1}, {.listen = "127.0.0.1:0", .tls = files_}, echo);
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(started.error().message.find("is not the key of the certificate"), std::string::npos)
      << started.error().message;
}

// One handshake with OpenSSL's client; true when it went on with `session`, which it replaces.
bool resumes(const TestServer& server, std::shared_ptr<SSL_SESSION>& session,
             std::string& protocol) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* tls = SSL_new(context);
  static constexpr unsigned char kOffered[] = "\x02h2\x08http/1.1";
  SSL_set_alpn_protos(tls, kOffered, sizeof(kOffered) - 1);
  if (session) SSL_set_session(tls, session.get());
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  SSL_set_fd(tls, fd);
  EXPECT_EQ(SSL_connect(tls), 1);
  const std::string_view request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
  SSL_write(tls, request.data(), static_cast<int>(request.size()));
  std::array<char, 1'000> answer{};
  int last = 1;
  while (last > 0) last = SSL_read(tls, answer.data(), static_cast<int>(answer.size()));
  EXPECT_EQ(SSL_get_error(tls, last), SSL_ERROR_ZERO_RETURN) << "the server said goodbye";
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(tls, &chosen, &size);
  protocol.assign(reinterpret_cast<const char*>(chosen), size);
  const bool resumed = SSL_session_reused(tls) == 1;
  session.reset(SSL_get1_session(tls), SSL_SESSION_free);
  SSL_shutdown(tls);
  SSL_free(tls);
  ::close(fd);
  SSL_CTX_free(context);
  return resumed;
}

TEST_F(ServerTls, ResumesSessionsChoosesItsProtocolAndSaysGoodbye) {
  TestServer server(echo, options());
  std::shared_ptr<SSL_SESSION> session;
  std::string protocol;
  EXPECT_FALSE(resumes(server, session, protocol));
  EXPECT_EQ(protocol, "http/1.1");
  EXPECT_TRUE(resumes(server, session, protocol));
}

TEST_F(ServerTls, LetsNoHandshakeTakeForEverNorPlainHttpIn) {
  ServerOptions impatient = options();
  impatient.header_timeout = milliseconds(50);
  TestServer server(echo, impatient);
  RawSocket silent(server.port());
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_NE(silent.last(), Read::silence);
  RawSocket plain(server.port());
  plain.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_EQ(plain.read_all().find("HTTP/1.1"), std::string::npos);
  EXPECT_TRUE(comes_true([&] { return server.server().connections() == 0; }));
}

TEST_F(ServerTls, TellsWhenTheClientHasLeft) {
  std::atomic<bool> gone = false;
  std::atomic<bool> asked = false;
  std::shared_ptr<Exchange> kept;
  TestServer server(
      [&](std::size_t, std::shared_ptr<Exchange> exchange) {
        exchange->on_gone([&] { gone = true; });
        kept = std::move(exchange);
        asked = true;
      },
      options());
  server.before_end([&] { kept.reset(); });
  TestClient client({.ca_file = files_.certificate});
  client.start({.url = url(server)});
  ASSERT_TRUE(comes_true([&] { return asked.load(); }));
  client.cancel();
  EXPECT_TRUE(comes_true([&] { return gone.load(); }));
}

}  // namespace
}  // namespace ooe::http::testing

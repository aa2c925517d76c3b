// The client's TLS against OpenSSL's own server side, with a certificate authority made on the
// spot.
#include <atomic>
#include <csignal>
#include <filesystem>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/http/harness.h"
#include "tests/http/identity.h"

namespace ooe::http::testing {
namespace {

// Answers every request of one TLS connection (one, when there is no framing) with the server name
// it was asked for.
void talk_tls(int fd, const Identity& identity, std::string_view framing, bool say_goodbye) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, identity.certificate);
  SSL_CTX_use_PrivateKey(context, identity.key);
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, fd);
  if (SSL_accept(tls) == 1) {
    const char* name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
    const std::string body = name == nullptr ? "(no name)" : name;
    std::array<char, 4'096> buffer;
    while (SSL_read(tls, buffer.data(), static_cast<int>(buffer.size())) > 0) {
      const std::string answer = fmt::format("HTTP/1.1 200 OK\r\n{}\r\n{}", framing, body);
      SSL_write(tls, answer.data(), static_cast<int>(answer.size()));
      if (framing.empty()) break;
    }
    if (say_goodbye) SSL_shutdown(tls);
  }
  SSL_free(tls);
  SSL_CTX_free(context);
}

class Tls : public ::testing::Test {
 protected:
  // OpenSSL's socket writes would kill the test when the client has hung up.
  Tls()
      : path_((std::filesystem::path(::testing::TempDir()) /
               fmt::format("ooe_tls_{}.pem", ::getpid()))
                  .string()) {
    std::signal(SIGPIPE, SIG_IGN);
  }
  ~Tls() override { std::filesystem::remove(path_); }

  Told call(const Identity& server_identity, const std::string& host, bool trusted,
            std::string_view framing = "Content-Length: 9\r\n", bool say_goodbye = true) {
    RawServer server([&](int fd, int) { talk_tls(fd, server_identity, framing, say_goodbye); });
    server_identity.save(path_);
    TestClient client({.ca_file = trusted ? path_ : ""});
    return client.get({true, host, std::to_string(server.port()), "/"});
  }

  std::string path_;
};

TEST_F(Tls, TalksToAServerItsAuthorityVouchesFor) {
  const Identity identity("DNS:localhost,IP:127.0.0.1");
  Told told = call(identity, "localhost", true);
  EXPECT_EQ(told.body, "localhost") << told.message;
  told = call(identity, "127.0.0.1", true);
  EXPECT_EQ(told.body, "(no name)") << told.message;
}

TEST_F(Tls, RefusesAnotherNameAndAnUnknownAuthority) {
  const Identity other("DNS:other.example");
  Told told = call(other, "localhost", true);
  EXPECT_EQ(told.fault, "tls") << told.message;
  EXPECT_EQ(told.status, 0);
  const Identity right("DNS:localhost");
  told = call(right, "127.0.0.1", true);
  EXPECT_EQ(told.fault, "tls") << told.message;
  told = call(right, "localhost", false);
  EXPECT_EQ(told.fault, "tls");
  EXPECT_NE(told.message.find("self"), std::string::npos) << told.message;
}

TEST_F(Tls, KeepsTheConnectionForTheNextCall) {
  std::atomic<int> connections = 0;
  const Identity identity("DNS:localhost");
  RawServer server([&](int fd, int) {
    ++connections;
    talk_tls(fd, identity, "Content-Length: 9\r\n", true);
  });
  identity.save(path_);
  TestClient client({.ca_file = path_});
  const Url url{true, "localhost", std::to_string(server.port()), "/"};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get(url).body, "localhost");
  EXPECT_EQ(connections, 1);
}

TEST_F(Tls, ResumesTheSessionWithTheSameServerOnly) {
  const Identity identity("DNS:localhost,IP:127.0.0.1");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_use_certificate(context, identity.certificate);
    SSL_CTX_use_PrivateKey(context, identity.key);
    std::atomic<int> resumed = 0;
    RawServer server([&](int fd, int) {
      SSL* const tls = SSL_new(context);
      SSL_set_fd(tls, fd);
      std::array<char, 4'096> buffer;
      if (SSL_accept(tls) == 1 &&
          SSL_read(tls, buffer.data(), static_cast<int>(buffer.size())) > 0) {
        resumed += SSL_session_reused(tls);
        const std::string answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
        SSL_write(tls, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(tls);
      }
      SSL_free(tls);
    });
    identity.save(path_);
    {
      TestClient client({.ca_file = path_});
      const auto ask = [&](const std::string& host) {
        return client.get({true, host, std::to_string(server.port()), "/"}).body;
      };
      EXPECT_EQ(ask("localhost"), "hi");
      EXPECT_EQ(resumed, 0);
      EXPECT_EQ(ask("localhost"), "hi");
      EXPECT_EQ(ask("localhost"), "hi");
      EXPECT_EQ(resumed, 2) << version;
      EXPECT_EQ(ask("127.0.0.1"), "hi");  // another name: whom it is with is checked anew
      EXPECT_EQ(resumed, 2) << version;
    }
    SSL_CTX_free(context);
  }
}

// Without a length, only TLS's own goodbye tells the end from a cut.
TEST_F(Tls, ABodyUntilCloseNeedsTheGoodbye) {
  const Identity identity("DNS:localhost");
  EXPECT_EQ(call(identity, "localhost", true, "", true).ends, 1);
  EXPECT_EQ(call(identity, "localhost", true, "", false).fault, "cut");
}

TEST_F(Tls, SaysThatTheAuthorityFileIsBadOrThatItIsNoTls) {
  TestClient client({.ca_file = "/nonexistent.pem"});
  RawServer server([](int fd, int) { read_head(fd); });
  Told told = client.get({true, "localhost", std::to_string(server.port()), "/"});
  EXPECT_EQ(told.fault, "tls");
  EXPECT_NE(told.message.find("/nonexistent.pem"), std::string::npos);
  TestServer plain(echo);
  TestClient other;
  told = other.get({true, "127.0.0.1", std::to_string(plain.port()), "/"});
  EXPECT_EQ(told.fault, "tls") << told.message;
}

}  // namespace
}  // namespace ooe::http::testing

// What the client says when no connection can be made: because this machine or process has nothing
// left to make one with, or because of the server.
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/client.h"
#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

// The limit of the process, lowered to what it has open, for as long as this lives.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);  // the lowest that is free
    ::close(next);
    const rlimit now = {.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &now), 0);
  }
  ~NoMoreDescriptors() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(ClientSockets, TellsItsOwnLackOfSocketsFromTheServersFaults) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan asks through a pipe whether memory can be read";
#endif
  RawServer server([](int fd, int) {
    read_head(fd);
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  TestClient client;
  {
    const NoMoreDescriptors none;
    EXPECT_EQ(client.get(server.url()).fault, "no_socket");
    const auto port = std::to_string(server.port());
    EXPECT_EQ(client.get({false, "localhost", port, "/"}).fault, "no_socket");
  }
  EXPECT_EQ(client.get(server.url()).body, "hi");
}

TEST(ClientSockets, ClosesAKeptConnectionWhereThereAreNoMoreDescriptors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan asks through a pipe whether memory can be read";
#endif
  TestServer first(echo);
  TestServer second(echo);
  TestClient client;
  ASSERT_EQ(client.get(first.url()).ends, 1);
  const NoMoreDescriptors none;
  EXPECT_EQ(client.get(second.url()).ends, 1);
}

// Where "localhost" is IPv6's first, nobody answers there: connections beyond the backlog wait.
TEST(ClientSockets, AnAddressThatDoesNotAnswerLeavesTimeForTheNext) {
  RawServer server([](int fd, int) {
    read_head(fd);
    send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(static_cast<std::uint16_t>(std::stoi(server.url().port)));
  const auto* const there = reinterpret_cast<const sockaddr*>(&address);
  const int hole = ::socket(AF_INET6, SOCK_STREAM, 0);
  const bool listens = ::bind(hole, there, sizeof(address)) == 0 && ::listen(hole, 0) == 0;
  std::array<int, 8> waiting{};
  for (int& fd : waiting) {
    fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ::connect(fd, there, sizeof(address));
  }
  if (listens) {
    TestClient client;
    ClientRequest request{.method = "GET", .url = server.url()};
    request.url.host = "localhost";
    request.connect_timeout = milliseconds(2'000);
    const Told told = client.call(std::move(request));
    EXPECT_EQ(told.body, "hi") << told.fault;
  }
  for (const int fd : waiting) ::close(fd);
  ::close(hole);
  if (!listens) GTEST_SKIP() << "no IPv6 here";
}

// Takes the loop's thread into a network of its own, where no address leads anywhere; returns
// whether it may.
bool enter_network_of_its_own(TestClient& client) {
  bool entered = false;
  client.thread().run([&] { entered = ::unshare(CLONE_NEWNET) == 0; });
  return entered;
}

// As on a machine without IPv6.
TEST(ClientSockets, TakesAnAddressThatLeadsNowhereForTheServersFault) {
  TestClient client;
  if (!enter_network_of_its_own(client)) GTEST_SKIP() << "needs the right to make a network";
  EXPECT_EQ(client.get({false, "::1", "9", "/"}).fault, "connect");
  EXPECT_EQ(client.get({false, "127.0.0.1", "9", "/"}).fault, "connect");
  EXPECT_EQ(client.get({false, "localhost", "9", "/"}).fault, "connect");
}

TEST(ClientSockets, TellsPortsThatRanOutFromTheServersFaults) {
  constexpr std::uint16_t kServerPort = 30'000;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kServerPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  TestClient client;
  if (!enter_network_of_its_own(client)) GTEST_SKIP() << "needs the right to make a network";
  bool ready = false;
  std::array<int, 2> sockets = {-1, -1};
  client.thread().run([&] {
    for (int& one : sockets) one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ifreq up{};
    std::strcpy(up.ifr_name, "lo");
    up.ifr_flags = IFF_UP;
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40000 40000";
    ready = ::ioctl(sockets[0], SIOCSIFFLAGS, &up) == 0 &&
            ::bind(sockets[0], to, sizeof(address)) == 0 && ::listen(sockets[0], 4) == 0 &&
            ::connect(sockets[1], to, sizeof(address)) == 0;
    const int third = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ready = ready && ::connect(third, to, sizeof(address)) != 0 && errno == EADDRNOTAVAIL;
    ::close(third);
  });
  if (ready) {
    const auto port = std::to_string(kServerPort);
    EXPECT_EQ(client.get({false, "127.0.0.1", port, "/"}).fault, "no_socket");
  }
  for (const int one : sockets) ::close(one);
  if (!ready) GTEST_SKIP() << "needs the right to leave a network one port";
}

}  // namespace
}  // namespace ooe::http::testing

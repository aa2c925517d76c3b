// What the tests of this room share: loops on threads of their own, a server on them, raw sockets
// that say exactly the bytes a test wants said, and a recorder of one client call.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "http/client.h"
#include "http/loop.h"
#include "http/server.h"

namespace ooe::http::testing {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long a test waits for what must happen. Generous: only a failing test waits so long.
inline constexpr milliseconds kPatience{20'000};

inline bool comes_true(const std::function<bool()>& condition) {
  const auto until = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

// A loop that runs on a thread of its own until stop().
class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() { stop(); }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  // Runs `work` on the loop and waits for it.
  void run(const std::function<void()>& work) {
    std::promise<void> done;
    loop_.post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  Loop loop_;
  std::thread thread_;
};

class TestServer {
 public:
  explicit TestServer(Handler handler, ServerOptions options = {}, std::size_t loop_count = 1)
      : threads_(loop_count) {
    std::vector<Loop*> loops;
    for (LoopThread& thread : threads_) loops.push_back(&thread.loop());
    options.listen = "127.0.0.1:0";
    auto started = Server::start(loops, std::move(options), std::move(handler));
    OOE_CHECK(started.has_value(), "the test server starts");
    server_ = std::move(*started);
  }
  ~TestServer() {
    for (LoopThread& thread : threads_) thread.stop();
    if (before_end_) before_end_();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // `work` is called when the loops have stopped and still exist: time to drop exchanges.
  void before_end(std::function<void()> work) { before_end_ = std::move(work); }
  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] Url url(std::string path = "/") const {
    return {false, "127.0.0.1", std::to_string(port()), std::move(path)};
  }
  [[nodiscard]] LoopThread& thread(std::size_t i) { return threads_[i]; }

 private:
  std::vector<LoopThread> threads_;
  std::unique_ptr<Server> server_;
  std::function<void()> before_end_;
};

// A handler that starts a stream and keeps the exchange.
struct Streaming {
  std::shared_ptr<Exchange> exchange;  // on the loop's thread
  std::atomic<int> started = 0;
  std::atomic<int> gone = 0;
  std::atomic<int> drained = 0;
  Handler handler(bool with_head = true) {
    return [this, with_head](std::size_t, std::shared_ptr<Exchange> given) {
      exchange = std::move(given);
      exchange->on_gone([this] { ++gone; });
      exchange->when_drained([this] { ++drained; });
      if (with_head) {
        exchange->send_head(200, {});
        exchange->send_chunk("one");
      }
      ++started;
    };
  }
};

inline void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

enum class Read { data, end, reset, silence };

// Appends what comes within `patience` to `text`.
inline Read read_some(int fd, std::string& text, milliseconds patience = kPatience) {
  pollfd waiting{fd, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(patience.count())) != 1) return Read::silence;
  std::array<char, 65'536> buffer;
  const auto n = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (n < 0) return Read::reset;
  if (n == 0) return Read::end;
  text.append(buffer.data(), static_cast<std::size_t>(n));
  return Read::data;
}

// A blocking client socket.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int failed = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    OOE_CHECK(failed == 0, "the test's server accepts connections");
  }
  ~RawSocket() { close(); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void send(std::string_view bytes) const { send_all(fd_, bytes); }
  void half_close() const { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  // Everything up to and including `mark`, or what came before the connection ended.
  [[nodiscard]] std::string read_until(std::string_view mark) {
    std::size_t from = 0;
    auto at = text_.find(mark);
    while (at == std::string::npos && more()) {
      at = text_.find(mark, from);
      from = text_.size() - std::min(text_.size(), mark.size());
    }
    const auto size = at == std::string::npos ? text_.size() : at + mark.size();
    auto result = text_.substr(0, size);
    text_.erase(0, size);
    return result;
  }
  [[nodiscard]] std::string read_all() {
    while (more()) {
    }
    return std::exchange(text_, {});
  }
  // How the last reading ended.
  [[nodiscard]] Read last() const { return last_; }
  // True when the server says nothing for a while and keeps the connection.
  [[nodiscard]] bool is_quiet_for(milliseconds time) {
    return read_some(fd_, text_, time) == Read::silence;
  }

 private:
  bool more() {
    last_ = read_some(fd_, text_);
    return last_ == Read::data;
  }

  int fd_;
  std::string text_;
  Read last_ = Read::data;
};

// A server whose connections are handled by `talk(fd, connection number)`, one after the other.
class RawServer {
 public:
  explicit RawServer(std::function<void(int fd, int number)> talk)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(fd_, 16);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, talk = std::move(talk)] {
      for (int number = 0;; ++number) {
        const int fd = ::accept(fd_, nullptr, nullptr);
        if (fd < 0) return;
        talk(fd, number);
        ::close(fd);
      }
    });
  }
  ~RawServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Url url(std::string path = "/") const {
    return {false, "127.0.0.1", std::to_string(port_), std::move(path)};
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// For `talk`: reads one request without body.
inline std::string read_head(int fd) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos && read_some(fd, text) == Read::data) {
  }
  return text;
}
// For `talk`: true when the client closes before patience ends.
inline bool sees_close(int fd) {
  std::string ignored;
  Read last = Read::data;
  while (last == Read::data) last = read_some(fd, ignored);
  return last != Read::silence;
}

// What one call told.
struct Told {
  int status = 0;
  Headers headers;
  std::string body;
  int sent = 0;       // calls of on_sent, without those that on_unsent took back
  int ends = 0;       // calls of on_end
  int faults = 0;     // calls of on_fault
  std::string fault;  // the last one's name
  std::string message;
  [[nodiscard]] bool over() const { return ends + faults > 0; }
};

// A client on its own loop thread, for one call at a time.
class TestClient {
 public:
  explicit TestClient(ClientOptions options = {}) {
    thread_.run([&] { client_ = std::make_unique<Client>(thread_.loop(), std::move(options)); });
  }
  ~TestClient() {
    thread_.run([&] {
      call_.reset();
      client_.reset();
    });
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // Starts a call and returns; `on_told` runs on the loop after every callback.
  void start(ClientRequest request, std::function<void()> on_told = {}) {
    thread_.run([&] {
      told_ = {};
      on_told_ = std::move(on_told);
      call_ = client_->start(std::move(request), recorder());
    });
  }
  // Starts a call and waits for its end.
  Told call(ClientRequest request) {
    start(std::move(request));
    return wait();
  }
  Told get(Url url) { return call({.method = "GET", .url = std::move(url)}); }
  Told wait() {
    return wait_for([](const Told& told) { return told.over(); });
  }
  // Returns what was told once `enough`, or after patience.
  Told wait_for(const std::function<bool(const Told&)>& enough) {
    comes_true([&] {
      bool is_enough = false;
      thread_.run([&] { is_enough = enough(told_); });
      return is_enough;
    });
    Told result;
    thread_.run([&] { result = told_; });  // once: a body may be long
    return result;
  }
  // On the loop's thread: the call in progress, if any.
  [[nodiscard]] std::unique_ptr<Call>& current() { return call_; }
  [[nodiscard]] std::unique_ptr<Client>& client() { return client_; }
  [[nodiscard]] Told& told() { return told_; }
  [[nodiscard]] LoopThread& thread() { return thread_; }
  void cancel() {
    thread_.run([&] { call_->cancel(); });
  }

 private:
  CallHandlers recorder() {
    return {.on_body =
                [this](std::string_view bytes) {
                  told_.body += bytes;
                  tell();
                },
            .on_sent = [this] { ++told_.sent; },
            .on_unsent = [this] { --told_.sent; },
            .on_head =
                [this](int status, const Headers& headers) {
                  told_.status = status;
                  told_.headers = headers;
                  tell();
                },
            .on_end =
                [this] {
                  ++told_.ends;
                  tell();
                },
            .on_fault =
                [this](Fault fault, std::string message) {
                  ++told_.faults;
                  told_.fault = to_string(fault);
                  told_.message = std::move(message);
                  tell();
                }};
  }
  void tell() {
    if (on_told_) on_told_();
  }

  LoopThread thread_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<Call> call_;
  std::function<void()> on_told_;
  Told told_;
};

// A handler that sends the request's body back.
inline void echo(std::size_t /*loop*/, const std::shared_ptr<Exchange>& exchange) {
  exchange->send({200, {{"x-target", exchange->request().target}}, exchange->request().body});
}

}  // namespace ooe::http::testing

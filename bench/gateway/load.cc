// A load of chat requests on one address, and what became of them. One thread, plain sockets and
// epoll: it must cost less than what it measures.
//
//   gateway_load --port P --bodies FILE [--connections N] [--requests N | --seconds S]
//                [--rate R]       open loop: R requests a second by the clock, whoever is late; a
//                                 latency counts from the moment its request was due
//                [--until-gone]   ends, without complaint, when the server has gone
//                [--header H]     one more, "name: value"; may come again
//                [--first-byte]   a latency ends with the first byte of the body, not with the last
//                [--hold]         every connection opens one stream, and all are held together: a
//                                 line "held=N" says when all N have begun and none has ended, and
//                                 chunks= counts the events of streams from then on
//
// FILE: one JSON body a line, used in turn. Prints one line of name=value.
// Open loop, and latency from the due time: Tene, "How NOT to Measure Latency" (coordinated
// omission).
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::microseconds;

struct Options {
  std::uint16_t port = 0;
  std::string bodies;
  std::string headers;  // more of them, as bytes
  std::size_t connections = 1;
  std::int64_t requests = -1;
  double seconds = 5.0;
  double rate = 0.0;
  bool hold = false;
  bool first_byte = false;
  bool until_gone = false;
};

[[noreturn]] void die(const std::string& why) {
  std::cerr << "gateway_load: " << why << "\n";
  std::exit(2);
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--hold" || name == "--first-byte" || name == "--until-gone") {
      (name == "--hold"         ? options.hold
       : name == "--first-byte" ? options.first_byte
                                : options.until_gone) = true;
      continue;
    }
    if (++i == argc) die("no value for " + std::string(name));
    const std::string value = argv[i];
    if (name == "--port") {
      options.port = static_cast<std::uint16_t>(std::stoi(value));
    } else if (name == "--bodies") {
      options.bodies = value;
    } else if (name == "--header") {
      options.headers += value + "\r\n";
    } else if (name == "--connections") {
      options.connections = std::stoul(value);
    } else if (name == "--requests") {
      options.requests = std::stoll(value);
    } else if (name == "--seconds") {
      options.seconds = std::stod(value);
    } else if (name == "--rate") {
      options.rate = std::stod(value);
    } else {
      die("unknown option " + std::string(name));
    }
  }
  if (options.port == 0 || options.bodies.empty()) die("needs --port and --bodies");
  return options;
}

std::vector<std::string> requests_of(const Options& options) {
  std::ifstream file(options.bodies);
  std::vector<std::string> requests;
  for (std::string body; std::getline(file, body);) {
    requests.push_back(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(options.port) +
        "\r\ncontent-type: application/json\r\nauthorization: Bearer none\r\n" + options.headers +
        "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  if (requests.empty()) die("no bodies in " + options.bodies);
  return requests;
}

struct Connection {
  int descriptor = -1;
  bool busy = false;
  Clock::time_point due;
  std::string input;
  bool began = false;  // the first byte of the body is here
};

// Returns how many bytes the response at the front takes; 0: it is not whole.
std::size_t response_size(std::string_view bytes) {
  const auto head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return 0;
  const std::string_view head = bytes.substr(0, head_end);
  const std::size_t body = head_end + 4;
  for (const std::string_view name : {"content-length: ", "Content-Length: "}) {
    const auto at = head.find(name);
    if (at == std::string_view::npos) continue;
    std::size_t length = 0;
    const char* begin = head.data() + at + name.size();
    std::from_chars(begin, head.data() + head.size(), length);
    return bytes.size() >= body + length ? body + length : 0;
  }
  const auto last = bytes.find("0\r\n\r\n", body);
  return last != std::string_view::npos && bytes.substr(last - 2, 2) == "\r\n" ? last + 5 : 0;
}

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options), requests_(requests_of(options)), connections_(options.connections) {}

  int run() {
    epoll_ = epoll_create1(0);
    for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
    const auto start = Clock::now();
    const auto end =
        start + std::chrono::duration_cast<Clock::duration>(duration<double>(options_.seconds));
    for (std::size_t i = 0; i < connections_.size(); ++i) idle_.push_back(i);
    while (true) {
      const auto now = Clock::now();
      const bool over = options_.hold ? finished_ >= connections_.size() || now >= end
                        : options_.requests >= 0
                            ? finished_ >= static_cast<std::size_t>(options_.requests)
                            : now >= end;
      if (over || gone_) break;
      send_due(start, now);
      wait(start, end);
    }
    report(duration<double>(Clock::now() - start).count());
    return errors_ == 0 ? 0 : 1;
  }

 private:
  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection = {};
    connection.descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
        0) {
      if (!options_.until_gone) die("cannot connect: " + std::to_string(errno));
      gone_ = true;
    }
    const int yes = 1;
    setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.descriptor, &event);
  }

  [[nodiscard]] Clock::time_point due_at(Clock::time_point start, std::size_t number) const {
    return start + std::chrono::duration_cast<Clock::duration>(
                       duration<double>(static_cast<double>(number) / options_.rate));
  }
  [[nodiscard]] bool more() const {
    if (options_.hold) return sent_ < connections_.size();
    return options_.requests < 0 || sent_ < static_cast<std::size_t>(options_.requests);
  }

  void send_due(Clock::time_point start, Clock::time_point now) {
    while (!idle_.empty() && more()) {
      Clock::time_point due = now;
      if (options_.rate > 0.0) {
        due = due_at(start, sent_);
        if (due > now) return;
      }
      Connection& connection = connections_[idle_.front()];
      idle_.pop_front();
      const std::string& request = requests_[sent_++ % requests_.size()];
      connection.busy = true;
      connection.began = false;
      connection.due = due;
      if (send(connection.descriptor, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size())) {
        options_.until_gone ? static_cast<void>(gone_ = true) : static_cast<void>(++errors_);
      }
    }
  }

  void wait(Clock::time_point start, Clock::time_point end) {
    std::array<epoll_event, 256> events{};
    timespec timeout{0, 1'000'000};
    if (options_.rate > 0.0 && more() && !idle_.empty()) {
      const auto left = std::min(due_at(start, sent_), end) - Clock::now();
      timeout.tv_nsec = std::clamp<std::int64_t>(
          std::chrono::duration_cast<std::chrono::nanoseconds>(left).count(), 0, 1'000'000);
    }
    const int n =
        epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    for (int i = 0; i < n; ++i) read(events[static_cast<std::size_t>(i)].data.u64);
  }

  void read(std::size_t index) {
    Connection& connection = connections_[index];
    std::array<char, 65536> buffer;
    const auto n = recv(connection.descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0 && options_.until_gone) {
      gone_ = true;
      return;
    }
    if (n <= 0) {
      if (connection.busy) ++errors_, ++finished_;
      close(connection.descriptor);
      open(index);
      if (!options_.hold) idle_.push_back(index);
      return;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
    connection.input.append(bytes);
    if (all_held_) count_events(bytes);
    const auto head_end = connection.input.find("\r\n\r\n");
    if (!connection.began && head_end != std::string::npos &&
        connection.input.size() > head_end + 4) {
      begin(connection);
    }
    const std::size_t size = response_size(connection.input);
    if (size == 0) return;
    if (connection.input.compare(0, 12, "HTTP/1.1 200") != 0) ++errors_;
    if (!options_.hold) {
      if (!options_.first_byte) note(connection.due);
      idle_.push_back(index);
    }
    connection.input.erase(0, size);
    connection.busy = false;
    ++finished_;
  }

  // The first byte of the body is here.
  void begin(Connection& connection) {
    connection.began = true;
    if (options_.hold || options_.first_byte) note(connection.due);
    if (!options_.hold || ++began_ < connections_.size() || finished_ > 0) return;
    all_held_ = true;
    std::printf("held=%zu\n", began_);
    std::fflush(stdout);
  }

  // An event that two reads have cut is missed: one in some thousands.
  void count_events(std::string_view bytes) {
    for (auto at = bytes.find("data: "); at != std::string_view::npos;
         at = bytes.find("data: ", at + 1)) {
      ++chunks_;
    }
  }

  void note(Clock::time_point due) {
    latencies_.push_back(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - due).count());
  }

  void report(double seconds) {
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double share) {
      if (latencies_.empty()) return 0.0;
      const auto index =
          static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1));
      return static_cast<double>(latencies_[index]) / 1e3;
    };
    std::printf("requests=%zu errors=%zu seconds=%.2f per_second=%.0f p50_us=%.1f p99_us=%.1f",
                finished_, errors_, seconds, static_cast<double>(finished_) / seconds, at(0.5),
                at(0.99));
    if (options_.hold) std::printf(" chunks=%zu", chunks_);
    std::printf("\n");
  }

  const Options options_;
  const std::vector<std::string> requests_;
  std::vector<Connection> connections_;
  std::deque<std::size_t> idle_;
  std::vector<std::int64_t> latencies_;  // ns
  std::size_t sent_ = 0;
  std::size_t finished_ = 0;
  std::size_t errors_ = 0;
  std::size_t began_ = 0;
  bool all_held_ = false;
  std::size_t chunks_ = 0;  // since then
  int epoll_ = -1;
  bool gone_ = false;
};

}  // namespace

int main(int argc, char** argv) { return Load(options_of(argc, argv)).run(); }

#include "http/address.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/system_words.h"
#include "http/descriptor.h"

namespace ooe::http {
namespace {

struct FreeFound {
  void operator()(addrinfo* found) const { ::freeaddrinfo(found); }
};

// The system's code for a failed look-up says little of why: without a descriptor it cannot read
// its own files of names.
bool has_descriptors() {
  const Descriptor probe(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return probe.is_open() || !is_out_of_resources(errno);
}

// Errors: as look_up, but for descriptors, in the system's words.
Result<std::vector<Endpoint>> ask(const std::string& host, const std::string& port, int flags) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags;
  addrinfo* first = nullptr;
  const int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &first);
  if (error != 0) {
    return fail(error == EAI_MEMORY ? ErrorCode::resource_exhausted : ErrorCode::unavailable, "{}",
                error == EAI_SYSTEM ? system_words(errno) : ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, FreeFound> found(first);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* one = first; one != nullptr; one = one->ai_next) {
    Endpoint& endpoint = endpoints.emplace_back();
    endpoint.size = one->ai_addrlen;
    std::memcpy(&endpoint.address, one->ai_addr, one->ai_addrlen);
  }
  return endpoints;
}

}  // namespace

std::uint16_t Endpoint::port() const {
  if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  return 0;
}

std::string to_string(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (endpoint.family() == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(endpoint.address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, host.data(), host.size());
    return fmt::format("[{}]:{}", host.data(), endpoint.port());
  }
  if (endpoint.family() == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(endpoint.address);
    ::inet_ntop(AF_INET, &v4.sin_addr, host.data(), host.size());
    return fmt::format("{}:{}", host.data(), endpoint.port());
  }
  return {};
}

bool is_numeric(const std::string& host) { return numeric_endpoint(host, "0").has_value(); }

std::optional<Endpoint> numeric_endpoint(const std::string& host, const std::string& port) {
  const auto found = ask(host, port, AI_NUMERICHOST | AI_NUMERICSERV);
  if (!found) return std::nullopt;
  return found->front();
}

Result<std::vector<Endpoint>> look_up(const std::string& host, const std::string& port) {
  auto endpoints = ask(host, port, AI_NUMERICSERV);
  if (!endpoints && !has_descriptors()) endpoints.error().code = ErrorCode::resource_exhausted;
  return endpoints;
}

bool is_out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == ENOSPC;
}

bool is_reachable_by_udp(const Endpoint& endpoint) {
  const Descriptor probe(::socket(endpoint.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe.is_open()) return is_out_of_resources(errno);
  return ::connect(probe.get(), endpoint.get(), endpoint.size) == 0;
}

}  // namespace ooe::http

// Private to this room: where a socket leads, as the system has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "base/result.h"

namespace ooe::http {

struct Endpoint {
  sockaddr_storage address = {};
  socklen_t size = sizeof(sockaddr_storage);

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&address); }
  [[nodiscard]] int family() const { return address.ss_family; }
  [[nodiscard]] std::uint16_t port() const;
};

// "127.0.0.1:51234", "[::1]:51234"; empty for what has neither form.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

[[nodiscard]] bool is_numeric(const std::string& host);

// Returns nothing when the host is a name. `port`: decimal.
[[nodiscard]] std::optional<Endpoint> numeric_endpoint(const std::string& host,
                                                       const std::string& port);

// Asks the system, which may take its time. Never empty. Errors: unavailable; resource_exhausted
// when it could not ask for want of descriptors or memory.
[[nodiscard]] Result<std::vector<Endpoint>> look_up(const std::string& host,
                                                    const std::string& port);

// Whether an error number says that the machine or the process has no more descriptors or memory.
[[nodiscard]] bool is_out_of_resources(int error);

// Whether a datagram could be sent there; sends none.
[[nodiscard]] bool is_reachable_by_udp(const Endpoint& endpoint);

}  // namespace ooe::http

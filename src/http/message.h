// HTTP messages as plain data, shared by server and client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ooe::http {

struct Header {
  std::string name;
  std::string value;
};
using Headers = std::vector<Header>;

// Returns the value of the first header of that name (ASCII case ignored), empty when there is
// none.
[[nodiscard]] std::string_view find_header(const Headers& headers, std::string_view name);

// Whether the client wants what comes behind a body (`TE: trailers`; RFC 9110, 10.1.4).
[[nodiscard]] bool takes_trailers(const Headers& headers);

// Returns how many headers of that name there are.
[[nodiscard]] std::size_t count_headers(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string target;  // origin form as sent, "/v1/models?x=1"
  Headers headers;
  std::string body;
  std::string peer;  // "127.0.0.1:51234", for logs
};

struct Response {
  int status = 200;
  Headers headers = {};  // Content-Length, Date and Connection are the server's business
  std::string body = {};
};

// An http:// or https:// address taken apart.
struct Url {
  bool tls = false;
  std::string host;
  std::string port;  // decimal, the scheme's default when not given
  std::string path;  // starts with '/', or empty

  bool operator==(const Url&) const = default;
};

// Errors: invalid_argument for another scheme, user info, a fragment, a bad port, control
// characters or no host.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// "a%2Fb" is "a/b"; a '%' without two hexadecimal digits behind it stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

// "host:port" to listen on; "[::1]:8080" for IPv6; port 0 asks the system for a free one.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

// Whether only this machine reaches what listens there.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace ooe::http

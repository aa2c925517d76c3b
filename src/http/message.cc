#include "http/message.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/parse_number.h"
#include "http/token.h"

namespace ooe::http {

namespace {

struct HostPort {
  std::string_view host;
  std::string_view port;  // empty when not given
};

bool is_visible_ascii(char c) { return c > ' ' && c < 0x7f; }

// Characters that end a host, or that no host has: letting them through would let an address mean
// one server to us and another to whoever checked it before.
bool is_host_char(char c) {
  return is_visible_ascii(c) &&
         std::string_view("/\\?#@[]:%<>\"`{}|^").find(c) == std::string_view::npos;
}

bool is_ipv6_char(char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; }

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_number<std::uint16_t>(text);
  if (port) return *port;
  return fail(ErrorCode::invalid_argument, "port '{}' is not a number from 0 to 65535", text);
}

Result<HostPort> split_authority(std::string_view text) {
  HostPort result;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) {
      return fail(ErrorCode::invalid_argument, "'{}' opens a bracket and does not close it", text);
    }
    result.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (result.host.find(':') == std::string_view::npos ||
        !std::ranges::all_of(result.host, is_ipv6_char)) {
      return fail(ErrorCode::invalid_argument, "'{}' is not an IPv6 address", result.host);
    }
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    rest = text.substr(colon);
    if (result.host.empty()) {
      return fail(ErrorCode::invalid_argument, "'{}' names no host", text);
    }
    if (!std::ranges::all_of(result.host, is_host_char)) {
      return fail(ErrorCode::invalid_argument, "host '{}' has a character no host has",
                  result.host);
    }
  }
  if (rest.empty()) return result;
  if (rest.front() != ':' || rest.size() == 1) {
    return fail(ErrorCode::invalid_argument, "'{}' needs a port after the host, as in host:8080",
                text);
  }
  result.port = rest.substr(1);
  return result;
}

}  // namespace

std::string_view find_header(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [name](const Header& header) { return equal_names(header.name, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

bool takes_trailers(const Headers& headers) {
  std::string_view list = find_header(headers, "te");
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equal_names(without_ows(list.substr(0, comma)), "trailers")) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::size_t count_headers(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [name](const Header& header) { return equal_names(header.name, name); }));
}

Result<Url> parse_url(std::string_view text) {
  if (!std::ranges::all_of(text, is_visible_ascii)) {
    return fail(
        ErrorCode::invalid_argument,
        "an address has a space, a control character or a non-ASCII one; percent-encode it");
  }
  const auto scheme_end = std::min(text.find("://"), text.size());
  const auto scheme = text.substr(0, scheme_end);
  Url url;
  url.tls = equal_names(scheme, "https");
  if (scheme_end == text.size() || (!url.tls && !equal_names(scheme, "http"))) {
    return fail(ErrorCode::invalid_argument, "address '{}' must start with http:// or https://",
                text);
  }
  if (text.find('#') != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "address '{}' has a fragment; drop what follows '#'",
                text);
  }
  const auto rest = text.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) {
    // Not quoted: it may be a password.
    return fail(ErrorCode::invalid_argument,
                "an address has user information before '@'; pass keys by environment variable");
  }
  const auto split = split_authority(authority);
  if (!split) return fail(split.error());
  url.host = std::string(split->host);
  std::ranges::transform(url.host, url.host.begin(), lower_byte);
  url.port = url.tls ? "443" : "80";
  if (!split->port.empty()) {
    const auto port = parse_port(split->port);
    if (!port) return fail(port.error());
    if (*port == 0) return fail(ErrorCode::invalid_argument, "address '{}' has port 0", text);
    url.port = std::to_string(*port);
  }
  const auto path = rest.substr(authority.size());
  url.path = path.starts_with('?') ? "/" + std::string(path) : std::string(path);
  return url;
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto split = split_authority(text);
  if (!split) return fail(split.error());
  if (split->port.empty()) {
    return fail(ErrorCode::invalid_argument,
                "listen address '{}' needs a port, as in 127.0.0.1:8080 or [::1]:8080", text);
  }
  const auto port = parse_port(split->port);
  if (!port) return fail(port.error());
  return ListenAddress{std::string(split->host), *port};
}

bool is_loopback(std::string_view host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? hex_code_at(text, i + 1, 2) : std::nullopt;
    if (byte) {
      decoded += static_cast<char>(*byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace ooe::http

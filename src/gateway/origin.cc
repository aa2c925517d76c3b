#include "gateway/origin.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "http/token.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

// Browsers take all of 127/8 and every name below localhost for it (RFC 6761, 6.3).
bool is_of_this_machine(std::string_view host) {
  const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return http::is_loopback(host) || host.ends_with(".localhost") ||
         (numbers && host.starts_with("127."));
}

// A name that nobody can have made to lead here for a page of theirs (DNS rebinding): an address,
// a name of this machine, or one that no public server answers for.
bool is_nobodys(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);  // of the root
  if (is_of_this_machine(host) || host.find(':') != std::string_view::npos) return true;
  if (host.find('.') == std::string_view::npos) return true;
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) return true;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{".local", ".lan", ".home", ".home.arpa",
                                              ".localdomain", ".internal", ".intranet", ".corp",
                                              ".test", ".fritz.box"},
      [&](std::string_view suffix) { return host.ends_with(suffix) || host == suffix.substr(1); });
}

}  // namespace

bool comes_from_another_page(const http::Headers& headers, bool open_to_network) {
  const std::string_view origin = http::find_header(headers, "origin");
  if (origin.empty()) return false;
  if (origin == "null") return true;
  const std::string_view scheme = origin.starts_with(kHttps) ? kHttps : kHttp;
  if (!origin.starts_with(scheme)) return false;
  const auto url = http::parse_url(origin);
  if (!url) return true;
  const bool own =
      http::equal_names(origin.substr(scheme.size()), http::find_header(headers, "host"));
  return own ? !open_to_network && !is_nobodys(url->host) : !is_of_this_machine(url->host);
}

bool is_asked_for_by_a_strange_name(const http::Headers& headers, std::string_view listen_host) {
  const std::string_view host = http::find_header(headers, "host");
  // Nearly all ask by an address and a port, and every request comes here.
  if (std::ranges::all_of(host, [](char c) { return c >= '.' && c <= ':' && c != '/'; })) {
    return false;
  }
  const auto url = http::parse_url(std::string(kHttp).append(host));
  if (!url) return true;
  return !is_nobodys(url->host) && !http::equal_names(url->host, listen_host);
}

}  // namespace ooe::gateway

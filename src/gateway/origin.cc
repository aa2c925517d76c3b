#include "gateway/origin.h"

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

}  // namespace

bool comes_from_another_page(const http::Headers& headers) {
  const std::string_view origin = http::find_header(headers, "origin");
  if (origin.empty()) return false;
  if (origin == "null") return true;
  const std::string_view scheme = origin.starts_with(kHttps) ? kHttps : kHttp;
  if (!origin.starts_with(scheme)) return false;
  if (http::equal_names(origin.substr(scheme.size()), http::find_header(headers, "host"))) {
    return false;
  }
  const auto url = http::parse_url(origin);
  return !url || !is_of_this_machine(url->host);
}

}  // namespace ooe::gateway

#include "gateway/origin.h"

#include <string_view>

#include "http/token.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

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
  return !url || !http::is_loopback(url->host);
}

}  // namespace ooe::gateway

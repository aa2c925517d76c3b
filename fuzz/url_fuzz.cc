// Addresses come from configuration files. What parse_url accepts must mean the same when written
// out and parsed again.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto listen = ooe::http::parse_listen_address(text);
  OOE_CHECK(!listen || !listen->host.empty(), "a listen address has a host");
  const auto url = ooe::http::parse_url(text);
  if (!url) return 0;
  const bool v6 = url->host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + url->host + "]" : url->host;
  const std::string again =
      (url->tls ? "https://" : "http://") + host + ":" + url->port + url->path;
  const auto reparsed = ooe::http::parse_url(again);
  OOE_CHECK(reparsed.has_value(), "an accepted address is accepted again");
  OOE_CHECK(reparsed->host == url->host && reparsed->port == url->port &&
                reparsed->path == url->path && reparsed->tls == url->tls,
            "an accepted address means the same when written out");
  return 0;
}

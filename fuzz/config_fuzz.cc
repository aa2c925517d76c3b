// ooe.toml is written by people. Whatever they write, the answer is a configuration or an error
// that names the place; what is accepted keeps the promises that the rest of the program builds on.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "cli/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = ooe::cli::parse_config(text, "c.toml");
  if (!config) {
    OOE_CHECK(config.error().message.find("c.toml") != std::string::npos,
              "an error says which file it is about");
    return 0;
  }
  OOE_CHECK(ooe::http::parse_listen_address(config->gateway.server.listen).has_value(),
            "an accepted address can be listened on");
  OOE_CHECK(config->gateway.server.connections_max > 0, "somebody may connect");
  for (const ooe::Expert& expert : config->catalogue.experts()) {
    OOE_CHECK(!expert.name.empty(), "an expert has a name");
    OOE_CHECK(ooe::http::parse_url(expert.base_url).has_value(), "and an address");
    OOE_CHECK(expert.context_tokens >= 0, "and a context that is not negative");
  }
  return 0;
}

// A client's body: whatever is accepted must still be JSON, with our model in it, after rewriting.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "gateway/chat_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const auto request = ooe::gateway::ChatRequestParser().parse(body);
  // simdjson passes over members it is not asked about without checking all of them: only bodies
  // that are JSON throughout must stay so.
  if (!request || !nlohmann::json::accept(body)) return 0;
  const auto sent =
      nlohmann::json::parse(ooe::gateway::body_for_expert(*request, "m"), nullptr, false);
  if (!sent.is_object() || sent.value("model", "") != "m") std::abort();
  return 0;
}

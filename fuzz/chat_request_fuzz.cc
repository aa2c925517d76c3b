// Whatever a client sends as a chat request: refused with a message, or read so that the body for
// an expert is JSON again and names that expert's model.
#include <cstddef>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "experts/half_pairs.h"
#include "gateway/chat_request.h"
#include "gateway/expert_body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ooe::gateway::ChatRequestParser parser;
  const auto request = parser.parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!request) {
    OOE_CHECK(!request.error().message.empty(), "an error says why");
    return 0;
  }
  ooe::Expert expert;
  expert.model = "m";
  // Half a surrogate pair is JSON by its grammar, and passes; this reader takes none.
  const std::string sent = ooe::gateway::body_for_expert(*request, expert);
  const auto body =
      nlohmann::json::parse(ooe::experts::without_half_pairs(sent).value_or(sent), nullptr, false);
  OOE_CHECK(body.is_object() && body["model"] == "m", "the expert gets JSON with its own model");
  return 0;
}

// Whatever an expert sends as a whole answer: read, or refused with a message; never a crash, never
// a count outside its bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "experts/openai_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto completion = ooe::experts::parse_answer(body);
  if (!completion) OOE_CHECK(!completion.error().message.empty(), "an error says why");
  if (completion && completion->usage) {
    OOE_CHECK(completion->usage_fault.empty(), "what is told is not wrong too");
  }
  if (completion && completion->usage) {
    const ooe::TokenCounts& tokens = *completion->usage;
    OOE_CHECK(tokens.input >= 0 && tokens.input <= ooe::experts::kTokensMax, "input is bounded");
    OOE_CHECK(tokens.output >= 0 && tokens.output <= ooe::experts::kTokensMax, "output is bounded");
    OOE_CHECK(tokens.cached_input >= 0 && tokens.cached_input <= tokens.input, "cached is part");
  }
  OOE_CHECK(ooe::experts::said_in(body).content_bytes <= 6 * size, "in bounds");
  OOE_CHECK(ooe::experts::error_message(body).size() < 1'000, "messages are bounded");
  return 0;
}

// Whatever parse_usd accepts, it prints back to the same amount, and never a negative one.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/money.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto amount = ooe::parse_usd(text);
  if (!amount) return 0;
  OOE_CHECK(amount->nano >= 0, "amounts are not negative");
  const auto again = ooe::parse_usd(ooe::to_string(*amount));
  OOE_CHECK(again && *again == *amount, "an amount survives printing and reading");
  return 0;
}

// A line of the spool: refused with a message, or read so that it writes itself again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "store/receipt_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto receipt = ooe::store::parse_receipt_line({reinterpret_cast<const char*>(data), size});
  if (!receipt) {
    OOE_CHECK(!receipt.error().message.empty(), "an error says why");
    return 0;
  }
  const auto again = ooe::store::parse_receipt_line(ooe::store::receipt_line(*receipt));
  OOE_CHECK(again.has_value() && again->id == receipt->id, "what was read can be written");
  return 0;
}

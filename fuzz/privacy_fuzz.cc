// Any bytes are inspected without fault, and every finding lies inside them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "privacy/scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& finding : ooe::privacy::find_personal_data(text)) {
    OOE_CHECK(finding.begin < finding.end && finding.end <= size, "a finding lies in its text");
  }
  return 0;
}

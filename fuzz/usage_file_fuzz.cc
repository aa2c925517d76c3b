#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataset/usage_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ooe::dataset::parse_usage(text, "fuzz");
  return 0;
}

// Answers in OpenAI's dialect, for the tests of what reads them.
#pragma once

#include <string>
#include <string_view>

namespace ooe::experts {

inline std::string answer(std::string_view message, std::string_view rest = "") {
  return R"({"choices":[{"index":0,"message":)" + std::string(message) +
         R"(,"finish_reason":"stop"}])" + std::string(rest) + "}";
}

inline std::string with_usage(std::string_view usage) {
  return answer(R"({"content":"x"})", R"(,"usage":)" + std::string(usage));
}

}  // namespace ooe::experts

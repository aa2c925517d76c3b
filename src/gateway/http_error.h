// Answers of our own, in JSON. Errors as clients see them have OpenAI's shape and stable codes
// (docs/http.md lists them).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace ooe::gateway {

// What is full now may not be in a moment.
inline constexpr std::chrono::seconds kRetryLater{1};

[[nodiscard]] http::Response json_response(int status, std::string body);

// {"error":{"message","type","param":null,"code"}}; `type` follows from the status.
[[nodiscard]] std::string error_body(int status, std::string_view code, std::string_view message);

[[nodiscard]] http::Response error_response(
    int status, std::string_view code, std::string_view message,
    std::optional<std::chrono::seconds> retry_after = std::nullopt);

}  // namespace ooe::gateway

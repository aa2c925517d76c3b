// The Retry-After header, and OpenAI's own retry-after-ms. Source: RFC 9110, section 10.2.3.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace ooe::experts {

// An expert that wants to be left alone longer is asked again after this.
inline constexpr std::chrono::seconds kRetryAfterMax{24 * 3600};

// Reads seconds ("120"; of some servers "1.5", which is rounded up) or a date ("Sun, 06 Nov 1994
// 08:49:37 GMT"), which is compared with `now` and rounded up; a date that has passed is zero.
// Returns nothing for anything else.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                                    WallTime now);

// Reads milliseconds ("1500", "1500.5"), rounded up to seconds.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after_ms(std::string_view text);

}  // namespace ooe::experts

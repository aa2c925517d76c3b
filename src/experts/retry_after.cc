#include "experts/retry_after.h"

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

#include "base/ascii.h"

namespace ooe::experts {
namespace {

using std::chrono::seconds;

std::optional<seconds> parse_seconds(std::string_view digits) {
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  seconds total{0};
  for (const char digit : digits) {
    total = std::min(total * 10 + seconds(digit - '0'), kRetryAfterMax);
  }
  return total;
}

// The one form that servers may still send; the two older ones of RFC 9110 are not worth their
// code.
std::optional<WallTime> parse_date(std::string_view text) {
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  std::tm parts{};
  in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S");
  std::string zone;
  in >> zone;
  const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1900),
                                        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!in || zone != "GMT" || in.peek() != std::istringstream::traits_type::eof() || !day.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + seconds(parts.tm_sec);
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view text, WallTime now) {
  if (text.empty()) return std::nullopt;  // nearly always
  if (const auto delay = parse_seconds(text)) return delay;
  const auto date = parse_date(text);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), kRetryAfterMax);
}

}  // namespace ooe::experts

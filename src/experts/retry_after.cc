#include "experts/retry_after.h"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

#include "base/ascii.h"

namespace ooe::experts {
namespace {

using std::chrono::seconds;

bool is_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }

// A decimal number of `unit`s, rounded up to seconds.
std::optional<seconds> parse_decimal(std::string_view text, std::chrono::milliseconds unit) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view digits = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const bool ends = point == text.size() || !fraction.empty();
  if (digits.empty() || !ends || !is_digits(digits) || !is_digits(fraction)) return std::nullopt;
  const std::int64_t most = kRetryAfterMax / unit;
  std::int64_t units = 0;
  for (const char digit : digits) units = std::min(units * 10 + (digit - '0'), most);
  const bool more = fraction.find_first_not_of('0') != std::string_view::npos;
  return std::min(std::chrono::ceil<seconds>((units + (more ? 1 : 0)) * unit), kRetryAfterMax);
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
  if (const auto delay = parse_decimal(text, seconds(1))) return delay;
  const auto date = parse_date(text);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), kRetryAfterMax);
}

std::optional<seconds> parse_retry_after_ms(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return parse_decimal(text, std::chrono::milliseconds(1));
}

}  // namespace ooe::experts

#include "http/date.h"

#include <array>
#include <chrono>
#include <ctime>
#include <string>

#include <fmt/format.h>

namespace ooe::http {
namespace {

constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string date_of(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string_view date_now() {
  thread_local std::time_t written = -1;
  thread_local std::string text;
  if (const std::time_t now = std::time(nullptr); now != written) {
    text = date_of(std::chrono::sys_seconds(std::chrono::seconds(now)));
    written = now;
  }
  return text;
}

}  // namespace ooe::http

#include "privacy/check_digits.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace ooe::privacy {
namespace {

int digit(char c) { return c - '0'; }

std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) value = 10 * value + digit(c);
  return value;
}

template <std::size_t n>
int weighted(std::string_view digits, const std::array<int, n>& weights) {
  int sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += weights[i] * digit(digits[i]);
  return sum;
}

bool all_equal(std::string_view digits) {
  return digits.find_first_not_of(digits.front()) == std::string_view::npos;
}

}  // namespace

bool luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    const int value = digit(digits[i]) * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

int mod_97(std::string_view letters_and_digits) {
  int rest = 0;
  for (const char c : letters_and_digits) {
    if (c >= '0' && c <= '9') {
      rest = (10 * rest + digit(c)) % 97;
    } else {
      rest = (100 * rest + (c | 0x20) - 'a' + 10) % 97;
    }
  }
  return rest;
}

bool iso_7064_mod_11_10(std::string_view digits) {
  int product = 10;
  for (const char c : digits.substr(0, digits.size() - 1)) {
    int sum = (digit(c) + product) % 10;
    if (sum == 0) sum = 10;
    product = 2 * sum % 11;
  }
  return (11 - product) % 10 == digit(digits.back());
}

bool nhs_number(std::string_view digits) {
  const int check = 11 - weighted(digits, std::array{10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return !all_equal(digits) && (check == 11 ? 0 : check) == digit(digits[9]);
}

bool us_number(std::string_view digits) {
  const auto area = number(digits.substr(0, 3));
  const auto group = number(digits.substr(3, 2));
  if (area == 0 || area == 666 || group == 0 || number(digits.substr(5)) == 0) return false;
  return area < 900 || (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
         (group >= 90 && group <= 92) || (group >= 94 && group <= 99);
}

bool day_and_month(std::string_view day, std::string_view month) {
  static constexpr std::array kDays{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto m = number(month);
  const auto d = number(day);
  return m >= 1 && m <= 12 && d >= 1 && d <= kDays[static_cast<std::size_t>(m - 1)];
}

bool french_nir_15(std::string_view digits) {
  const auto month = number(digits.substr(3, 2));
  // 20 and above: months of people whose birthday is not known.
  const bool dated = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
  return (digits[0] == '1' || digits[0] == '2') && dated &&
         97 - number(digits.substr(0, 13)) % 97 == number(digits.substr(13));
}

bool dutch_bsn_9(std::string_view digits) {
  return !all_equal(digits) && weighted(digits, std::array{9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
}

bool polish_pesel_11(std::string_view digits) {
  const auto month = number(digits.substr(2, 2)) % 20;  // the century is coded in the month
  const auto day = number(digits.substr(4, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
         weighted(digits, std::array{1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0;
}

bool belgian_number_11(std::string_view digits) {
  const auto base = number(digits.substr(0, 9));
  const auto check = number(digits.substr(9));
  return 97 - base % 97 == check || 97 - (2'000'000'000 + base) % 97 == check;
}

bool swedish_number_10(std::string_view digits) {
  const auto day = number(digits.substr(4, 2)) % 60;  // 60 more in co-ordination numbers
  const auto month = number(digits.substr(2, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && luhn(digits);
}

bool danish_cpr_10(std::string_view digits) {
  return day_and_month(digits.substr(0, 2), digits.substr(2, 2));
}

bool portuguese_nif_9(std::string_view digits) {
  const int check = 11 - weighted(digits, std::array{9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return (check >= 10 ? 0 : check) == digit(digits[8]);
}

bool austrian_svnr_10(std::string_view digits) {
  return weighted(digits, std::array{3, 7, 9, 0, 5, 8, 4, 2, 1, 6}) % 11 == digit(digits[3]);
}

bool romanian_cnp_13(std::string_view digits) {
  const int rest = weighted(digits, std::array{2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}) % 11;
  return (rest == 10 ? 1 : rest) == digit(digits[12]) &&
         day_and_month(digits.substr(5, 2), digits.substr(3, 2));
}

bool czech_number_10(std::string_view digits) {
  const auto month = number(digits.substr(2, 2)) % 50 % 20;  // 50 more for women, 20 when full
  const auto day = number(digits.substr(4, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && number(digits) % 11 == 0;
}

bool greek_amka_11(std::string_view digits) {
  return day_and_month(digits.substr(0, 2), digits.substr(2, 2)) && luhn(digits);
}

bool baltic_code_11(std::string_view digits) {
  int rest = weighted(digits, std::array{1, 2, 3, 4, 5, 6, 7, 8, 9, 1}) % 11;
  if (rest == 10) rest = weighted(digits, std::array{3, 4, 5, 6, 7, 8, 9, 1, 2, 3}) % 11 % 10;
  return rest == digit(digits[10]) && day_and_month(digits.substr(5, 2), digits.substr(3, 2));
}

bool bulgarian_egn_10(std::string_view digits) {
  const int rest = weighted(digits, std::array{2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11 % 10;
  return rest == digit(digits[9]);
}

char spanish_letter(std::string_view digits) {
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number(digits) % 23];
}

char finnish_letter(std::string_view digits) {
  return "0123456789ABCDEFHJKLMNPRSTUVWXY"[number(digits) % 31];
}

char irish_letter(std::string_view digits, char second) {
  const int extra = second == 0 || second == 'W' ? 0 : 9 * (second - 'A' + 1);
  return "WABCDEFGHIJKLMNOPQRSTUV"[(weighted(digits, std::array{8, 7, 6, 5, 4, 3, 2}) + extra) %
                                   23];
}

bool italian_code(std::string_view code) {
  static constexpr std::array kOdd{1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                   20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const int value = code[i] <= '9' ? digit(code[i]) : code[i] - 'A';
    sum += i % 2 == 0 ? kOdd[static_cast<std::size_t>(value)] : value;
  }
  return code[15] == static_cast<char>('A' + sum % 26);
}

}  // namespace ooe::privacy

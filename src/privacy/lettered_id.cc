// Account and personal numbers that begin with letters: IBAN, UK National Insurance, Spanish NIE,
// Italian codice fiscale.
#include <algorithm>
#include <array>
#include <string>

#include "privacy/byte_class.h"
#include "privacy/check_digits.h"
#include "privacy/scan.h"

namespace ooe::privacy {
namespace {

struct Country {
  std::array<char, 2> code;
  std::uint8_t length;
};
// Source: SWIFT, IBAN registry, release 96. In alphabetical order.
constexpr std::array kIbanLengths{
    Country{{'A', 'D'}, 24}, Country{{'A', 'E'}, 23}, Country{{'A', 'L'}, 28},
    Country{{'A', 'T'}, 20}, Country{{'A', 'Z'}, 28}, Country{{'B', 'A'}, 20},
    Country{{'B', 'E'}, 16}, Country{{'B', 'G'}, 22}, Country{{'B', 'H'}, 22},
    Country{{'B', 'I'}, 27}, Country{{'B', 'R'}, 29}, Country{{'B', 'Y'}, 28},
    Country{{'C', 'H'}, 21}, Country{{'C', 'R'}, 22}, Country{{'C', 'Y'}, 28},
    Country{{'C', 'Z'}, 24}, Country{{'D', 'E'}, 22}, Country{{'D', 'J'}, 27},
    Country{{'D', 'K'}, 18}, Country{{'D', 'O'}, 28}, Country{{'E', 'E'}, 20},
    Country{{'E', 'G'}, 29}, Country{{'E', 'S'}, 24}, Country{{'F', 'I'}, 18},
    Country{{'F', 'K'}, 18}, Country{{'F', 'O'}, 18}, Country{{'F', 'R'}, 27},
    Country{{'G', 'B'}, 22}, Country{{'G', 'E'}, 22}, Country{{'G', 'I'}, 23},
    Country{{'G', 'L'}, 18}, Country{{'G', 'R'}, 27}, Country{{'G', 'T'}, 28},
    Country{{'H', 'R'}, 21}, Country{{'H', 'U'}, 28}, Country{{'I', 'E'}, 22},
    Country{{'I', 'L'}, 23}, Country{{'I', 'Q'}, 23}, Country{{'I', 'S'}, 26},
    Country{{'I', 'T'}, 27}, Country{{'J', 'O'}, 30}, Country{{'K', 'W'}, 30},
    Country{{'K', 'Z'}, 20}, Country{{'L', 'B'}, 28}, Country{{'L', 'C'}, 32},
    Country{{'L', 'I'}, 21}, Country{{'L', 'T'}, 20}, Country{{'L', 'U'}, 20},
    Country{{'L', 'V'}, 21}, Country{{'L', 'Y'}, 25}, Country{{'M', 'C'}, 27},
    Country{{'M', 'D'}, 24}, Country{{'M', 'E'}, 22}, Country{{'M', 'K'}, 19},
    Country{{'M', 'N'}, 20}, Country{{'M', 'R'}, 27}, Country{{'M', 'T'}, 31},
    Country{{'M', 'U'}, 30}, Country{{'N', 'I'}, 28}, Country{{'N', 'L'}, 18},
    Country{{'N', 'O'}, 15}, Country{{'O', 'M'}, 23}, Country{{'P', 'K'}, 24},
    Country{{'P', 'L'}, 28}, Country{{'P', 'S'}, 29}, Country{{'P', 'T'}, 25},
    Country{{'Q', 'A'}, 29}, Country{{'R', 'O'}, 24}, Country{{'R', 'S'}, 22},
    Country{{'R', 'U'}, 33}, Country{{'S', 'A'}, 24}, Country{{'S', 'C'}, 31},
    Country{{'S', 'D'}, 18}, Country{{'S', 'E'}, 24}, Country{{'S', 'I'}, 19},
    Country{{'S', 'K'}, 24}, Country{{'S', 'M'}, 27}, Country{{'S', 'O'}, 23},
    Country{{'S', 'T'}, 25}, Country{{'S', 'V'}, 28}, Country{{'T', 'L'}, 23},
    Country{{'T', 'N'}, 24}, Country{{'T', 'R'}, 26}, Country{{'U', 'A'}, 29},
    Country{{'V', 'A'}, 22}, Country{{'V', 'G'}, 24}, Country{{'X', 'K'}, 20},
    Country{{'Y', 'E'}, 30}};

std::size_t iban_length(char first, char second) {
  const std::array<char, 2> code{upper(first), upper(second)};
  const auto at = std::ranges::lower_bound(kIbanLengths, code, {}, &Country::code);
  return at != kIbanLengths.end() && at->code == code ? at->length : 0;
}

// How many bytes the space or hyphen between two groups has at `at`; 0: there is none.
std::size_t gap_at(const Scan& scan, std::size_t at) {
  const char c = scan.at(at);
  return c == ' ' || c == '-' ? 1 : group_mark_at(scan.text, at).size;
}

std::size_t try_iban(Scan& scan, std::size_t at) {
  const std::size_t length = iban_length(scan.at(at), scan.at(at + 1));
  if (length == 0) return kNothing;
  std::array<char, 34> iban{};
  std::size_t n = 0;
  std::size_t end = at;
  while (n < length) {
    const char c = scan.at(end);
    if (is_alnum(c)) {
      iban[n++] = c;
      ++end;
      continue;
    }
    const std::size_t gap = gap_at(scan, end);
    if (n % 4 != 0 || gap == 0 || !is_alnum(scan.at(end + gap))) {
      return kNothing;  // in print, groups of four
    }
    end += gap;
  }
  if (is_word(scan.at(end))) return kNothing;
  // The check digits come last in the sum (ISO 13616).
  std::ranges::rotate(iban.begin(), iban.begin() + 4,
                      iban.begin() + static_cast<std::ptrdiff_t>(n));
  if (mod_97({iban.data(), n}) != 1) return kNothing;
  return scan.found(FindingType::iban, at, end);
}

// Two letters, three pairs of digits, A to D. Source: HMRC, National Insurance Manual NIM39110.
std::size_t try_national_insurance(Scan& scan, std::size_t at) {
  const char first = scan.at(at);
  const char second = scan.at(at + 1);
  constexpr std::string_view kNever = "DFIQUV";
  constexpr std::array<std::string_view, 7> kPrefixes{"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  if (!is(first, kUpper) || !is(second, kUpper) || second == 'O' ||
      kNever.find(first) != std::string_view::npos ||
      kNever.find(second) != std::string_view::npos ||
      std::ranges::find(kPrefixes, scan.text.substr(at, 2)) != kPrefixes.end()) {
    return kNothing;
  }
  const std::size_t gap = gap_at(scan, at + 2);
  const std::string_view separator = scan.text.substr(at + 2, gap);
  std::size_t end = at + 2;
  for (int pair = 0; pair < 3; ++pair) {
    if (!scan.starts_with(end, separator)) return kNothing;
    end += gap;
    if (!is_digit(scan.at(end)) || !is_digit(scan.at(end + 1))) return kNothing;
    end += 2;
  }
  if (scan.starts_with(end, separator)) end += gap;
  const char suffix = scan.at(end);
  if (suffix < 'A' || suffix > 'D' || is_word(scan.at(end + 1))) return kNothing;
  return scan.found(FindingType::uk_id, at, end + 1);
}

std::size_t try_spanish_foreigner(Scan& scan, std::size_t at) {
  const char first = upper(scan.at(at));
  std::size_t end = at + (scan.at(at + 1) == '-' ? 2 : 1);
  std::string digits(1, static_cast<char>('0' + (first - 'X')));
  while (digits.size() < 8 && is_digit(scan.at(end))) digits += scan.at(end++);
  if (digits.size() != 8) return kNothing;
  if (scan.at(end) == '-') ++end;
  if (upper(scan.at(end)) != spanish_letter(digits) || is_word(scan.at(end + 1))) return kNothing;
  return scan.found(FindingType::eu_id, at, end + 1);
}

std::size_t try_italian(Scan& scan, std::size_t at) {
  if (at + 16 > scan.text.size() || is_word(scan.at(at + 16))) return kNothing;
  std::string code(scan.text.substr(at, 16));
  // Letters may stand in for digits where two people would share a code.
  constexpr std::string_view kForm = "LLLLLLDDLDDLDDDL";
  for (std::size_t i = 0; i < code.size(); ++i) {
    code[i] = upper(code[i]);
    const bool letter = is_letter(code[i]);
    constexpr std::string_view kForDigits = "LMNPQRSTUV";
    if (!letter && !is_digit(code[i])) return kNothing;
    if (kForm[i] == 'L' ? !letter : letter && kForDigits.find(code[i]) == std::string_view::npos) {
      return kNothing;
    }
  }
  return italian_code(code) ? scan.found(FindingType::eu_id, at, at + 16) : kNothing;
}

}  // namespace

std::size_t scan_iban(Scan& scan, std::size_t at) {
  return is_digit(scan.at(at + 2)) && is_digit(scan.at(at + 3)) ? try_iban(scan, at) : kNothing;
}

std::size_t scan_id_with_letters(Scan& scan, std::size_t at) {
  const char second = scan.at(at + 1);
  if (!is_letter(second)) {
    const char first = upper(scan.at(at));
    const bool foreigner = first >= 'X' && first <= 'Z' && (is_digit(second) || second == '-');
    return foreigner ? try_spanish_foreigner(scan, at) : kNothing;
  }
  const char third = scan.at(at + 2);
  if (is_digit(third) && is_digit(scan.at(at + 3))) {
    if (const std::size_t end = try_iban(scan, at); end != kNothing) return end;
  }
  if (is_digit(third) || third == ' ' || third == '-' || is(third, kHigh)) {
    return try_national_insurance(scan, at);
  }
  if (is_letter(third) && is_digit(scan.at(at + 6)) && is_letter(scan.at(at + 5))) {
    return try_italian(scan, at);
  }
  return kNothing;
}

}  // namespace ooe::privacy

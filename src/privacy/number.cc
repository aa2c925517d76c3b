// What begins with a digit: IPv4 addresses, payment cards, personal numbers, telephone numbers. In
// this order, from the form that proves most to the one that proves least.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "privacy/byte_class.h"
#include "privacy/check_digits.h"
#include "privacy/number_run.h"
#include "privacy/scan.h"

namespace ooe::privacy {
namespace {

using Run = NumberRun;

// How the bytes around a run restrict what it can be.
struct Place {
  bool glued = false;    // behind a '-', '.' or '/' that belongs to a longer name or number
  bool mid_run = false;  // behind a space that follows a digit: part of a longer row of numbers
};

Place place_of(const Scan& scan, std::size_t at) {
  const char mark = scan.before(at);
  const char ahead = scan.before(at, 2);
  return {.glued = (mark == '-' || mark == '.' || mark == '/') && is_word(ahead),
          .mid_run = mark == ' ' && is_digit(ahead)};
}

// Nothing that would make the number longer stands at `end`.
bool ends_clean(const Scan& scan, std::size_t end) {
  const char c = scan.at(end);
  if (is_word(c)) return false;
  return !((c == '-' || c == '.' || c == '/') && is_alnum(scan.at(end + 1)));
}

// The words behind a number, for the few forms where they decide: "512 34 5678 in the SSN box".
bool hint_follows(const Scan& scan, std::size_t at, Hint hint, Hint or_hint) {
  const std::size_t limit = std::min(scan.text.size(), at + 24);
  while (at < limit) {
    WordHash hash;
    const std::size_t begin = at;
    while (is_letter(scan.at(at))) hash.add(lower(scan.at(at++)));
    if (at == begin) {
      ++at;
    } else if (const auto told = hint_of(hash.value()); told == hint || told == or_hint) {
      return true;
    }
  }
  return false;
}

bool hint_follows(const Scan& scan, std::size_t at, Hint hint) {
  return hint_follows(scan, at, hint, hint);
}

// ---- IPv4 --------------------------------------------------------------------------------------

// Behind a decimal number and a space: in the paths of drawings numbers are told apart by their
// points alone, "4.42 3.51.98.32". A time has colons too.
bool behind_decimal(const Scan& scan, std::size_t at) {
  constexpr std::size_t kNear = 16;
  if (scan.before(at) != ' ') return false;
  bool point = false;
  for (std::size_t i = 2; i < kNear; ++i) {
    const char c = scan.before(at, i);
    if (!is_digit(c) && c != '.') return point && c != ':';
    point = point || c == '.';
  }
  return point;
}

std::size_t try_ipv4(Scan& scan, const Run& run, std::size_t at) {
  if (run.n_groups < 4) return kNothing;
  std::array<int, 4> octets{};
  int largest = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Run::Group& group = run.group(i);
    if (group.size() > 3 || (i > 0 && group.separator != '.')) return kNothing;
    for (const char c : run.digits().substr(group.digits_before, group.size())) {
      octets[i] = 10 * octets[i] + (c - '0');
    }
    if (octets[i] > 255 || (group.size() > 1 && scan.at(group.begin) == '0')) return kNothing;
    largest = std::max(largest, octets[i]);
  }
  // Loopback, "any", netmasks and multicast tell nothing about anybody.
  if (octets[0] == 0 || octets[0] == 127 || octets[0] >= 224) return kNothing;
  std::size_t end = run.group(3).end;
  const char ahead = scan.before(at);
  const bool in_url = ahead == '/' && scan.before(at, 2) == '/';
  if ((ahead == '.' || ahead == '/' || ahead == '-' || ahead == '_') && !in_url) return kNothing;
  const char next = scan.at(end);
  const bool more = next == '.' || next == '-';
  if (is_word(next) || (more && is_alnum(scan.at(end + 1)))) return kNothing;
  if (scan.hinted(Hint::version, at) && !in_url) return kNothing;
  if (next == '/' && is_digit(scan.at(end + 1))) {  // a network's length belongs to it
    end += 2;
    while (is_digit(scan.at(end))) ++end;
  } else if (largest < 10 && !in_url && !scan.hinted(Hint::ip, at)) {
    return kNothing;  // 1.2.3.4 is a version, unless somebody says otherwise
  } else if (largest < 100 && behind_decimal(scan, at) && !scan.hinted(Hint::ip, at)) {
    return kNothing;
  }
  return scan.found(FindingType::ip, at, end);
}

// ---- payment cards -----------------------------------------------------------------------------

// Issuer identification numbers, ISO/IEC 7812; lengths as the schemes publish them.
bool card_number(std::string_view digits) {
  const std::size_t n = digits.size();
  int six = 0;
  for (const char c : digits.substr(0, 6)) six = 10 * six + (c - '0');
  const int four = six / 100;
  const int two = six / 10'000;
  const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
  const bool known =
      (digits[0] == '4' && (n == 13 || n == 16 || n == 19)) ||
      (n == 16 && (within(two, 51, 55) || within(four, 2221, 2720) || within(four, 2200, 2204))) ||
      (n == 15 && (two == 34 || two == 37)) ||
      (n == 14 && (within(four, 3000, 3059) || two == 36 || two == 38)) ||
      (n >= 16 && (within(four, 3528, 3589) || four == 6011 || two == 65 || two == 62 ||
                   within(six / 1'000, 644, 649))) ||
      (n >= 13 && (two == 50 || within(two, 56, 58) || two == 67 || within(four, 6304, 6390)));
  return known && luhn(digits);
}

std::size_t try_card(Scan& scan, const Run& run, std::size_t at) {
  const char ahead = scan.before(at);
  if (ahead == '.' || (ahead == '-' && is_digit(scan.before(at, 2)))) return kNothing;
  // In a path a number stands in one piece.
  if (ahead == '/' && run.group(0).size() < 13) return kNothing;
  std::size_t n = 0;
  if (run.group(0).size() >= 13) {
    n = run.group(0).size();
  } else if (run.shaped_alike("4444", " -.\t")) {
    n = run.n_groups > 4 && run.group(4).size() == 3 ? 19 : 16;
  } else if (run.shaped_alike("465", " -")) {
    n = 15;
  } else if (run.shaped_alike("464", " -")) {
    n = 14;
  }
  if (n < 13 || n > 19) return kNothing;
  std::size_t groups = run.groups_of(n);
  if (n == 19 && (groups == 0 || !card_number(run.digits().substr(0, n)))) {
    n = 16;  // a card, then three digits of something else
    groups = run.groups_of(n);
  }
  if (groups == 0 || !card_number(run.digits().substr(0, n))) return kNothing;
  const std::size_t end = run.group(groups - 1).end;
  if (is_word(scan.at(end)) || (scan.at(end) == '-' && is_digit(scan.at(end + 1)))) return kNothing;
  return scan.found(FindingType::card, at, end);
}

// ---- personal numbers --------------------------------------------------------------------------

struct NamedNumber {
  Hint name;
  std::size_t n_digits;
  bool (*valid)(std::string_view);
  FindingType type;
};

// Bare digits that count only behind their name.
constexpr std::array kNamedNumbers{
    NamedNumber{Hint::us_id, 9, us_number, FindingType::us_id},
    NamedNumber{Hint::nhs, 10, nhs_number, FindingType::uk_id},
    NamedNumber{Hint::german_tax, 11, iso_7064_mod_11_10, FindingType::eu_id},
    NamedNumber{Hint::croatian, 11, iso_7064_mod_11_10, FindingType::eu_id},
    NamedNumber{Hint::dutch, 9, dutch_bsn_9, FindingType::eu_id},
    NamedNumber{Hint::polish, 11, polish_pesel_11, FindingType::eu_id},
    NamedNumber{Hint::belgian, 11, belgian_number_11, FindingType::eu_id},
    NamedNumber{Hint::danish, 10, danish_cpr_10, FindingType::eu_id},
    NamedNumber{Hint::portuguese, 9, portuguese_nif_9, FindingType::eu_id},
    NamedNumber{Hint::austrian, 10, austrian_svnr_10, FindingType::eu_id},
    NamedNumber{Hint::romanian, 13, romanian_cnp_13, FindingType::eu_id},
    NamedNumber{Hint::greek, 11, greek_amka_11, FindingType::eu_id},
    NamedNumber{Hint::baltic, 11, baltic_code_11, FindingType::eu_id},
    NamedNumber{Hint::bulgarian, 10, bulgarian_egn_10, FindingType::eu_id},
};

std::size_t try_named_number(Scan& scan, const Run& run, std::size_t at) {
  for (const NamedNumber& number : kNamedNumbers) {
    if (!scan.hinted(number.name, at)) continue;
    const std::size_t groups = run.groups_of(number.n_digits);
    if (groups == 0 || !number.valid(run.digits().substr(0, number.n_digits))) continue;
    const std::size_t end = run.group(groups - 1).end;
    if (!ends_clean(scan, end)) continue;
    return scan.found(number.type, at, end);
  }
  return kNothing;
}

// Numbers whose form and check digits prove enough.
std::size_t try_shaped_number(Scan& scan, const Run& run, std::size_t at, bool in_row) {
  struct Shape {
    std::string_view sizes;
    std::string_view separators;
    bool (*valid)(std::string_view);
    FindingType type;
  };
  static constexpr std::array kShapes{
      Shape{"324", "--", us_number, FindingType::us_id},
      Shape{"64", "-", swedish_number_10, FindingType::eu_id},
      Shape{"64", "/", czech_number_10, FindingType::eu_id},
      Shape{"22232", "..-.", belgian_number_11, FindingType::eu_id},
      Shape{"2333", "   ", iso_7064_mod_11_10, FindingType::eu_id},
      Shape{"1222332", "      ", french_nir_15, FindingType::eu_id},
  };
  for (const Shape& shape : kShapes) {
    if (!run.shaped(shape.sizes, shape.separators)) continue;
    if (in_row && shape.separators.front() == ' ') continue;  // as any row of numbers may be
    std::size_t n_digits = 0;
    for (const char size : shape.sizes) n_digits += static_cast<std::size_t>(size - '0');
    const std::size_t end = run.group(shape.sizes.size() - 1).end;
    if (!ends_clean(scan, end) || !shape.valid(run.digits().substr(0, n_digits))) continue;
    return scan.found(shape.type, at, end);
  }
  const std::size_t end = run.group(0).end;
  if (run.group(0).size() == 15 && french_nir_15(run.digits().substr(0, 15)) &&
      ends_clean(scan, end)) {
    return scan.found(FindingType::eu_id, at, end);
  }
  // With the century: 19900101-1239.
  if (run.n_groups > 1 && run.group(0).size() == 8 && run.group(1).size() == 4 &&
      run.group(1).separator == '-' &&
      (run.digits().starts_with("19") || run.digits().starts_with("20")) &&
      swedish_number_10(run.digits().substr(2, 10)) && ends_clean(scan, run.group(1).end)) {
    return scan.found(FindingType::eu_id, at, run.group(1).end);
  }
  if (run.shaped("324", "  ") && us_number(run.digits().substr(0, 9)) &&
      hint_follows(scan, run.group(2).end, Hint::us_id)) {
    return scan.found(FindingType::us_id, at, run.group(2).end);
  }
  if (run.shaped("334", "  ") && nhs_number(run.digits().substr(0, 10)) &&
      hint_follows(scan, run.group(2).end, Hint::nhs)) {
    return scan.found(FindingType::uk_id, at, run.group(2).end);
  }
  return kNothing;
}

// Digits with a letter behind them or between them.
std::size_t try_lettered_number(Scan& scan, const Run& run, std::size_t at) {
  const std::size_t first_end = run.group(0).end;
  const char next = scan.at(first_end);
  // Finland: ddmmyy, a sign for the century, a serial number, a check character.
  if (run.group(0).size() == 6 && (next == '-' || next == '+' || (next >= 'A' && next <= 'F'))) {
    const std::string_view rest = scan.text.substr(first_end + 1, 4);
    if (rest.size() == 4 && std::ranges::all_of(rest.substr(0, 3), is_digit) &&
        !is_word(scan.at(first_end + 5))) {
      const std::string_view date = run.digits().substr(0, 6);
      const std::string digits = std::string(date) + std::string(rest.substr(0, 3));
      if (day_and_month(date.substr(0, 2), date.substr(2, 2)) &&
          finnish_letter(digits) == upper(rest[3]) && is_letter(rest[3])) {
        return scan.found(FindingType::eu_id, at, first_end + 5);
      }
    }
  }
  // Spain: eight digits and a letter; dots and a hyphen are optional.
  if (run.groups_of(8) == 1 || run.shaped("233", "..")) {
    std::size_t letter = run.group(run.groups_of(8) - 1).end;
    if (scan.at(letter) == '-') ++letter;
    if (is_letter(scan.at(letter)) && !is_word(scan.at(letter + 1)) &&
        spanish_letter(run.digits().substr(0, 8)) == upper(scan.at(letter))) {
      return scan.found(FindingType::eu_id, at, letter + 1);
    }
  }
  // Ireland: seven digits and one or two letters.
  if (run.group(0).size() == 7 && scan.hinted(Hint::irish, at) && is(next, kUpper)) {
    const char second = is(scan.at(first_end + 1), kUpper) ? scan.at(first_end + 1) : '\0';
    const std::size_t end = first_end + (second == '\0' ? 1 : 2);
    if (!is_word(scan.at(end)) && irish_letter(run.digits().substr(0, 7), second) == next) {
      return scan.found(FindingType::eu_id, at, end);
    }
  }
  return kNothing;
}

// ---- telephone numbers -------------------------------------------------------------------------

bool is_date(const Run& run) {
  const bool this_century = run.digits().starts_with("19") || run.digits().starts_with("20");
  return (this_century && run.shaped_alike("422", "-/.")) || run.shaped_alike("224", "-/.");
}

bool american(std::string_view ten) {
  return ten[0] >= '2' && ten[3] >= '2';  // neither area nor exchange begins with 0 or 1
}

// (212) 555-0187, 415-555-0199, 646.555.0172, 1-800-555-0142: forms that only telephones have.
std::size_t american_end(const Run& run) {
  const bool long_form = run.n_groups > 3 && run.group(0).size() == 1 && run.digits()[0] == '1';
  const std::size_t first = long_form ? 1 : 0;
  if (run.n_groups < first + 3) return kNothing;
  const Run::Group& area = run.group(first);
  const Run::Group& exchange = run.group(first + 1);
  const Run::Group& line = run.group(first + 2);
  if (area.size() != 3 || exchange.size() != 3 || line.size() != 4) return kNothing;
  const bool written_so = (line.separator == '-' || line.separator == '.') &&
                          (exchange.separator == line.separator || exchange.separator == '(');
  if (!written_so || !american(run.digits().substr(area.digits_before, 10))) return kNothing;
  return line.end;
}

// A trunk prefix, then groups: 0171 3920 055, 030/23125-77, 06 39 98 12 34, 0049 89 5550 1234.
bool national(const Run& run) {
  if (run.too_long || run.n_groups < 2 || run.digits()[0] != '0') return false;
  const bool international = run.digits()[1] == '0';
  if (international && run.digits()[2] == '0') return false;
  if (run.n_digits < 9 || run.n_digits > (international ? 15U : 12U)) return false;
  bool pairs = true;
  for (std::size_t i = 0; i < run.n_groups; ++i) {
    const Run::Group& group = run.group(i);
    if (group.size() < 2 || group.separator == '.') return false;
    pairs = pairs && group.size() == 2;
  }
  return !pairs || run.n_groups == 5;  // six pairs are a draw, a MAC address, a date with a time
}

// Whether a later group begins what proves more than a telephone number: the time before an SSN is
// none ("12:01 536-90-4399").
bool holds_more(const Scan& scan, const Run& run) {
  for (std::size_t i = 1; i < run.n_groups; ++i) {
    const Run::Group& group = run.group(i);
    if (group.separator != ' ') continue;
    const std::string_view digits = run.digits().substr(group.digits_before);
    if (group.size() >= 13 && card_number(digits.substr(0, group.size()))) return true;
    if (group.size() == 3 && i + 2 < run.n_groups && run.group(i + 1).size() == 2 &&
        run.group(i + 2).size() == 4 && run.group(i + 1).separator == '-' &&
        run.group(i + 2).separator == '-' && us_number(digits.substr(0, 9))) {
      return ends_clean(scan, run.group(i + 2).end);
    }
  }
  return false;
}

std::size_t try_phone(Scan& scan, const Run& run, std::size_t at, Place place) {
  if (is_date(run)) return kNothing;
  if (const std::size_t end = american_end(run); end != kNothing && ends_clean(scan, end)) {
    return scan.found(FindingType::phone, at, end);
  }
  if (place.mid_run && !scan.hinted(Hint::phone, at)) {
    const bool dialled = national(run) && run.group(1).separator != ' ';
    return dialled && ends_clean(scan, run.end()) ? scan.found(FindingType::phone, at, run.end())
                                                  : kNothing;
  }
  if (!ends_clean(scan, run.end()) || holds_more(scan, run)) return kNothing;
  if (national(run)) return scan.found(FindingType::phone, at, run.end());
  if (!scan.hinted(Hint::phone, at, 40) || run.too_long) return kNothing;
  if (run.n_digits < 7 || run.n_digits > 15) return kNothing;
  return scan.found(FindingType::phone, at, run.end());
}

// A bot's token: its number, a colon, a secret. Source: Telegram Bot API.
std::size_t try_bot_token(Scan& scan, const Run& run, std::size_t at) {
  const std::size_t colon = run.group(0).end;
  if (run.group(0).size() < 8 || !scan.starts_with(colon, ":AA")) return kNothing;
  std::size_t end = colon + 1;
  while (end - colon <= 40 && is(scan.at(end), kBase64)) ++end;
  return end - colon == 36 ? scan.found(FindingType::secret, at, end) : kNothing;
}

// Another group may follow the one that ends here.
bool goes_on(const Scan& scan, std::size_t end) {
  const char next = scan.at(end);
  const bool mark = next == ' ' || next == '-' || next == '.' || next == '/' || next == '(' ||
                    next == ')' || next == '\t' || is(next, kHigh);
  return mark && !is_letter(scan.at(end + 1));
}

// Behind `mark` at `at`: a group of so many digits and the same mark once more.
bool third_group_follows(const Scan& scan, std::size_t at, char mark, std::size_t size_max) {
  const std::size_t size = count_digits(scan.text, at + 1);
  return size > 0 && size <= size_max && scan.at(at + 1 + size) == mark;
}

// [at, end) is a group of four with another one behind it, and its first digit is some issuer's.
bool may_begin_card(const Scan& scan, std::size_t at, std::size_t end) {
  const char first = scan.at(at);
  if (first < '2' || first > '6') return false;
  const std::size_t next = count_digits(scan.text, end + 1);
  return next == 4 || (first == '3' && next == 6);
}

// In a row of numbers ("200 203.0.113.7", "2024 4539578763621486") most are only that. Whether the
// group [at, end) is long enough for a card, or a mark that no row has stands behind it, or two
// more groups of a health number that says its name.
bool may_begin_in_row(const Scan& scan, std::size_t at, std::size_t end) {
  const char next = scan.at(end);
  const std::size_t size = end - at;
  if (next == ' ') {
    if (size == 4) return may_begin_card(scan, at, end);
    return size >= 13 || (size == 3 && third_group_follows(scan, end, ' ', 3) &&
                          hint_follows(scan, end + 8, Hint::nhs, Hint::us_id));
  }
  if (size >= 13) return true;
  if (next == '.' && size <= 3) return third_group_follows(scan, end, '.', 3);
  switch (size) {
    case 3:
      return next == '-' || (next == '/' && scan.at(at) == '0') || is(next, kHigh);
    case 4:
    case 5:
      return may_begin_card(scan, at, end) ||
             (scan.at(at) == '0' && (next == '/' || next == '-')) || is(next, kHigh);
    case 6:
    case 7:
    case 8:
      return next == '-' || next == '/' || next == '+' || is(next, kUpper | kLower);
    default:
      return false;
  }
}

// The track of a magnetic stripe puts a letter before the number: %B4242...^.
bool behind_stripe_sign(const Scan& scan, std::size_t at) {
  return scan.before(at) == 'B' && scan.before(at, 2) == '%';
}

}  // namespace

std::size_t scan_number(Scan& scan, std::size_t at) {
  const std::size_t end = at + count_digits(scan.text, at);
  bool named = false;
  if (is_word(scan.before(at))) {
    named = scan.before(at) == '_';  // card_4539578763621486
    if (!named && !behind_stripe_sign(scan, at)) return end;
  }
  if (end - at <= 4 && is(scan.at(end), kHexLetter | kColon)) {
    if (const std::size_t next = scan_ipv6(scan, at); next != kNothing) return next;
  }
  if (end - at > NumberRun::kDigitsMax) return end;
  if (end - at < 6 && !goes_on(scan, end)) {  // a lone small number, by far the most frequent
    if (end - at >= 4) scan.forget(Hint::phone);
    return end;
  }
  const Place place = place_of(scan, at);
  // Behind the point or slash of a longer number nothing begins; in a row of numbers only a card's
  // group of four does, unless a word has been there.
  const bool in_path = scan.before(at) == '/' && end - at >= 13;
  if (place.glued && !in_path && !(scan.before(at) == '-' && is_letter(scan.before(at, 2)))) {
    return end;
  }
  const bool unannounced = scan.number_hint_end == 0 || at - scan.number_hint_end > 48;
  if (place.mid_run && unannounced && !may_begin_in_row(scan, at, end)) return end;
  const NumberRun run = read_number_run(scan, at);
  if (run.n_digits < 7 && run.n_groups < 4) {
    if (run.n_digits >= 4) scan.forget(Hint::phone);
    return end;
  }
  std::size_t next = try_ipv4(scan, run, at);
  if (next == kNothing) next = try_card(scan, run, at);
  if (next == kNothing && named) {
    next = try_shaped_number(scan, run, at, true);
  } else if (next == kNothing && !place.glued) {
    if (!unannounced) next = try_named_number(scan, run, at);
    if (next == kNothing) next = try_shaped_number(scan, run, at, place.mid_run);
    if (next == kNothing) next = try_lettered_number(scan, run, at);
    if (next == kNothing) next = try_bot_token(scan, run, at);
    if (next == kNothing) next = try_phone(scan, run, at, place);
  }
  // "Call 555-12, room 2201907": the word spoke of the first number.
  scan.forget(Hint::phone);
  return next == kNothing ? end : next;
}

std::size_t scan_phone_sign(Scan& scan, std::size_t at) {
  if (is_word(scan.before(at)) || !is_digit(scan.at(at + 1))) return kNothing;
  const bool bracket = scan.at(at) == '(';
  if (bracket && scan.at(at + 1 + count_digits(scan.text, at + 1)) != ')') return kNothing;
  const NumberRun run = read_number_run(scan, at + 1);
  if (bracket) {
    if (const std::size_t end = american_end(run); end != kNothing && ends_clean(scan, end)) {
      return scan.found(FindingType::phone, at, end);
    }
    const bool dialled = national(run) && ends_clean(scan, run.end());
    return dialled ? scan.found(FindingType::phone, at, run.end()) : kNothing;
  }
  if (scan.before(at) == '+' || run.digits()[0] == '0') return kNothing;
  // E.164: at most 15 digits with the country's code. What follows may be another number.
  for (std::size_t groups = run.n_groups; groups > 0; --groups) {
    const NumberRun::Group& last = run.group(groups - 1);
    const std::size_t n_digits = last.digits_before + last.size();
    if (n_digits < 8) break;
    if (n_digits <= 15 && ends_clean(scan, last.end)) {
      scan.forget(Hint::phone);
      return scan.found(FindingType::phone, at, last.end);
    }
  }
  return kNothing;
}

}  // namespace ooe::privacy

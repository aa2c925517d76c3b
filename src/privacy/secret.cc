// Secrets: by the prefix their issuer gives them, by the word in front of them, and in URLs.
#include <algorithm>
#include <array>
#include <cstdint>

#include "privacy/byte_class.h"
#include "privacy/scan.h"
#include "privacy/stand_in.h"
#include "privacy/told_value.h"

namespace ooe::privacy {
namespace {

// What an issuer's own documentation says its keys look like, simplified to prefix and length. The
// shortest lengths are a little below the issued ones, so that a cut key still counts.
struct Issued {
  std::string_view prefix;
  std::size_t size_min;  // of what follows
  std::uint64_t head;    // its first eight bytes, the first lowest
  std::uint64_t mask;    // of those it has

  constexpr Issued(std::string_view prefix_, std::size_t size_min_)
      : prefix(prefix_), size_min(size_min_), head(0), mask(0) {
    for (std::size_t i = 0; i < std::min<std::size_t>(prefix.size(), 8); ++i) {
      head |= std::uint64_t{static_cast<unsigned char>(prefix[i])} << (8 * i);
      mask |= std::uint64_t{0xFF} << (8 * i);
    }
  }
  // `next` are the eight bytes at `at`.
  [[nodiscard]] bool begins(const Scan& scan, std::size_t at, std::uint64_t next) const {
    return (next & mask) == head && (prefix.size() <= 8 || scan.starts_with(at, prefix));
  }
};
// By first byte, longer prefixes first.
constexpr std::array kIssued{
    Issued{"ATATT3", 40},      Issued{"AIza", 32},           Issued{"AKIA", 16},
    Issued{"ASIA", 16},        Issued{"EAACEdEose0cBA", 20}, Issued{"GOCSPX-", 24},
    Issued{"NRAK-", 24},       Issued{"PMAK-", 40},          Issued{"SG.", 50},
    Issued{"dckr_pat_", 24},   Issued{"doo_v1_", 40},        Issued{"dop_v1_", 40},
    Issued{"dapi", 32},        Issued{"github_pat_", 40},    Issued{"glpat-", 18},
    Issued{"gldt-", 18},       Issued{"glrt-", 18},          Issued{"gho_", 30},
    Issued{"ghp_", 30},        Issued{"ghr_", 30},           Issued{"ghs_", 30},
    Issued{"ghu_", 30},        Issued{"gsk_", 32},           Issued{"hvs.", 20},
    Issued{"hf_", 30},         Issued{"key-", 32},           Issued{"lin_api_", 32},
    Issued{"npm_", 32},        Issued{"pypi-AgE", 32},       Issued{"pplx-", 32},
    Issued{"rk_live_", 16},    Issued{"rdme_", 40},          Issued{"r8_", 32},
    Issued{"sk-svcacct-", 24}, Issued{"sk-or-v1-", 32},      Issued{"sk-proj-", 24},
    Issued{"sk_live_", 16},    Issued{"sk_test_", 16},       Issued{"sk-ant-", 24},
    Issued{"sntrys_", 40},     Issued{"sq0atp-", 20},        Issued{"sq0csp-", 20},
    Issued{"shpat_", 28},      Issued{"shpss_", 28},         Issued{"sk-", 32},
    Issued{"tfp_", 32},        Issued{"whsec_", 24},         Issued{"xapp-", 20},
    Issued{"xoxa-", 20},       Issued{"xoxb-", 20},          Issued{"xoxp-", 20},
    Issued{"xoxs-", 20},       Issued{"xai-", 32},           Issued{"ya29.", 24},
};

static_assert(std::ranges::all_of(kIssued, [](const Issued& issued) {
  return issued.prefix.size() + issued.size_min >= kIssuedBytesMin;
}));

// Where in kIssued a first byte's prefixes begin.
constexpr std::array<std::uint8_t, 257> kIssuedFrom = [] {
  std::array<std::uint8_t, 257> from{};
  std::size_t at = 0;
  for (std::size_t c = 0; c < 256; ++c) {
    from[c] = static_cast<std::uint8_t>(at);
    while (at < kIssued.size() && static_cast<unsigned char>(kIssued[at].prefix[0]) == c) ++at;
  }
  from[256] = static_cast<std::uint8_t>(at);
  return from;
}();
static_assert(kIssuedFrom[256] == kIssued.size(), "the prefixes are sorted by their first byte");

// For a first byte, the second bytes with which it may begin a secret: bit (second & 63). Most
// words of a text have the first letter of some prefix; few have its second too.
constexpr std::array<std::uint64_t, 256> kSecondBytes = [] {
  std::array<std::uint64_t, 256> seconds{};
  const auto add = [&](std::string_view prefix) {
    seconds[static_cast<unsigned char>(prefix[0])] |= std::uint64_t{1} << (prefix[1] & 63);
  };
  for (const Issued& issued : kIssued) add(issued.prefix);
  for (const std::string_view other : {"ey", "ho", "p'", "p\"", "u "}) add(other);
  return seconds;
}();

bool is_token(char c) { return is(c, kBase64) || c == '.' || c == '~'; }

// As a URL has it: "%2B" is a '+'.
bool is_url_token(char c) { return is_token(c) || c == '%'; }

// Before the name of a value in a URL, and in one that HTML holds (&amp;).
bool is_in_query(char c) { return c == '?' || c == '&' || c == ';'; }

// The run of token characters around `at`. Remembered, so that a long run in which many prefixes
// begin ("sk-sk-sk-...") is read once.
const TokenRun& token_run(Scan& scan, std::size_t at) {
  TokenRun& run = scan.token_run;
  if (at < run.end) return run;
  run = {.end = at};
  for (; is_token(scan.at(run.end)); ++run.end) {
    const char c = scan.at(run.end);
    run.digit = run.digit || is_digit(c);
    run.letter = run.letter || is_letter(c);
  }
  while (run.end > at && scan.before(run.end) == '.') --run.end;  // the sentence's
  return run;
}

// Of AWS an id (AKIA...) is half of a key: the other half, forty characters of base64, has no prefix
// and stands beside it, in a table, a file of settings or a JSON. A hash of that length has no
// capitals.
void find_aws_secret(Scan& scan, std::size_t begin, std::size_t end) {
  constexpr std::size_t kSecretSize = 40;
  const auto in_secret = [](char c) { return is_alnum(c) || c == '/' || c == '+'; };
  end = std::min(end, scan.text.size());
  for (std::size_t at = begin; at < end; ++at) {
    const std::size_t first = at;
    unsigned kinds = 0;
    while (at - first <= kSecretSize && in_secret(scan.at(at))) {
      kinds |= kByteClasses[static_cast<unsigned char>(scan.at(at++))];
    }
    constexpr unsigned kAll = kDigit | kUpper | kLower;
    const bool whole = !in_secret(scan.before(first)) && !in_secret(scan.at(at));
    if (at - first == kSecretSize && whole && (kinds & kAll) == kAll) {
      scan.found(FindingType::secret, first, at);
    }
  }
}

// header.payload.signature, each base64url; the header begins with {" as all JSON here does.
std::size_t try_jwt(Scan& scan, std::size_t at) {
  const auto is_url64 = [](char c) { return is_word(c) || c == '-'; };
  // Runs that begin inside another are not looked at: each byte is read once.
  if (is_url64(scan.before(at)) || scan.before(at) == '.') return kNothing;
  std::size_t end = at;
  int dots = 0;
  while (is_url64(scan.at(end)) || (scan.at(end) == '.' && is_url64(scan.at(end + 1)))) {
    dots += scan.at(end++) == '.' ? 1 : 0;
  }
  return dots >= 2 && end - at >= 40 ? scan.found(FindingType::secret, at, end) : kNothing;
}

std::size_t try_slack_hook(Scan& scan, std::size_t at) {
  constexpr std::string_view kHook = "hooks.slack.com/services/";
  if (!scan.starts_with(at, kHook)) return kNothing;
  const std::size_t begin = at + kHook.size();
  const std::size_t end = token_run(scan, begin).end;
  return end - begin >= 30 ? scan.found(FindingType::secret, begin, end) : kNothing;
}

struct Mix {
  bool digit = false;
  bool lower = false;
  bool upper = false;
  bool mark = false;  // anything else
  bool base64 = true;
  [[nodiscard]] bool letter() const { return lower || upper; }
  [[nodiscard]] int kinds() const { return int{digit} + int{lower} + int{upper} + int{mark}; }
};

Mix mix_of(std::string_view value) {
  Mix mix;
  for (const char c : value) {
    if (is_digit(c)) {
      mix.digit = true;
    } else if (is(c, kUpper)) {
      mix.upper = true;
    } else if (is(c, kLower | kHigh)) {
      mix.lower = true;
    } else {
      mix.mark = true;
    }
    mix.base64 = mix.base64 && is_token(c);
  }
  return mix;
}

// Whether something stands where the value would: in quotes it must be all that stands there, since
// a password may begin with any mark.
bool stands_for_a_value(const Scan& scan, const ToldValue& value, std::string_view all) {
  if (value.formatted && all.find('{') != std::string_view::npos) return true;
  if (value.quoted()) {
    return is_stand_in(all) || is_pattern(all) || is_rule(all) || is_file_path(all);
  }
  const std::string_view text = scan.text.substr(value.begin, value.end - value.begin);
  if (text.empty()) return true;
  switch (text.front()) {
    case '{':
    case '[':
    case '(':
      return true;
    case '$':
      return is_variable(text);
    case '*':  // of C, or a mask
      if (std::ranges::all_of(text, [](char c) { return is_word(c) || c == '*'; })) return true;
      break;
    default:
      break;
  }
  // environ["NAME_1"]
  if (is_pattern(text) || is_file_path(text)) return true;
  if (!value.tight && is_member_path(text)) return true;  // PASSWORD=value is no code
  return text.back() == '[' || is_stand_in(text) || text.find("${") != std::string_view::npos ||
         is_call(scan.text.substr(value.begin, kJudgedMax));
}

bool credible_password(std::string_view value, const Mix& mix, const ToldValue& as) {
  if (value.size() < 6 || !mix.digit || !mix.letter()) return false;
  if (as.told) return true;
  // Without a sign between word and value it must look like nothing else.
  if (as.quoted()) return as.closed && mix.kinds() >= 3;
  return (value.size() >= 8 && mix.kinds() == 4) || (value.size() >= 16 && mix.kinds() >= 3);
}

// Of two kinds of bytes, say small letters and digits.
constexpr std::size_t kPlainPassMin = 12;

// Whether somebody logs in there: "user: bob", before a "pass".
bool names_a_user(const Scan& scan, std::size_t word) {
  constexpr std::size_t kNear = 64;
  const std::size_t begin = word - std::min(word, kNear);
  const std::string_view before = scan.text.substr(begin, word - begin);
  for (const std::string_view name : {"user", "User", "USER", "login", "Login"}) {
    if (before.find(name) != std::string_view::npos) return true;
  }
  return false;
}

// What follows "pass" is its result as often as it is a password: "PASS: test_2", "pass: 3 of 4".
bool credible_pass(const Scan& scan, std::size_t word, std::size_t word_end, std::string_view value,
                   const Mix& mix, const ToldValue& as) {
  constexpr std::string_view kOfNames = "._-:/()[]{}";
  if (is_word(scan.at(word_end)) || !as.told || !credible_password(value, mix, as)) return false;
  // "pass to step12a" tells another thing.
  const std::string_view between = scan.text.substr(word_end, as.begin - word_end);
  if (between.find_first_of(":=") == std::string_view::npos && between != " is ") return false;
  if (value.starts_with("0x")) return false;
  const bool named = scan.before(word) == '_';  // DB_PASS: x
  // "pass=mem2reg", {"pass": "phase1"}, "pw=1024px": steps of a compiler, of a test; widths.
  const bool short_word = word_end - word == 2 && value.size() >= 8 && is_letter(value.front());
  const bool plain = mix.kinds() < 3 && value.size() < kPlainPassMin && !named && !short_word &&
                     !names_a_user(scan, word);
  if (as.quoted()) return as.closed && !plain && value.find(' ') == std::string_view::npos;
  if (as.tight) return !plain;
  if (is(scan.at(word + 1), kUpper) && !named) return false;
  const bool marks = value.find_first_of(kOfNames) != std::string_view::npos;
  return mix.kinds() - int{marks} >= 3 || (!mix.mark && !plain && value.size() >= 7);
}

// Behind -p' and -u name:, with no word or space between. Judged, and its quote looked for, among
// its first bytes; without one it reaches to a blank, and one stands before the next such option,
// so that no byte is read twice.
std::size_t scan_attached_password(Scan& scan, std::size_t begin, char quote) {
  constexpr std::string_view kBehindClosing = " \t\r\n,;.:)]}+";
  std::size_t end = begin;
  bool closed = false;
  if (quote != '\0') {
    const ToldValue value{.begin = begin, .quote = quote};
    const std::size_t limit = begin + kJudgedMax;
    end = end_of_value(scan, value, limit);
    closed = end < limit && is_closed(scan, value, end);
  }
  if (!closed) {
    end = begin;
    while (static_cast<unsigned char>(scan.at(end)) > 0x20 && scan.at(end) != '"' &&
           scan.at(end) != '\'') {
      ++end;
    }
  }
  const std::string_view value = scan.text.substr(begin, std::min(end - begin, kJudgedMax));
  const Mix mix = mix_of(value);
  if (value.size() < 6 || !mix.digit || !mix.letter()) return kNothing;
  // ... -p", x1, "y": the first quote closed something, and the next opens.
  if (closed && kBehindClosing.find(value.front()) != std::string_view::npos &&
      value.find(' ') != std::string_view::npos) {
    return kNothing;
  }
  if (is_stand_in(value) || is_variable(value) || is_file_path(value)) return kNothing;
  return scan.found(FindingType::secret, begin, end);
}

}  // namespace

std::size_t scan_issued_secret(Scan& scan, std::size_t at) {
  const char first = scan.at(at);
  const auto byte = static_cast<unsigned char>(first);
  if ((kSecondBytes[byte] >> (scan.at(at + 1) & 63) & 1U) == 0) return kNothing;
  if (first == 'e' && scan.at(at + 1) == 'y' && scan.at(at + 2) == 'J') return try_jwt(scan, at);
  if (first == 'h' && scan.at(at + 1) == 'o') return try_slack_hook(scan, at);
  // Command lines: mysql -p'...' and curl -u name:...
  if (scan.before(at) == '-' && is(scan.before(at, 2), kSpace)) {
    if (first == 'p' && (scan.at(at + 1) == '\'' || scan.at(at + 1) == '"')) {
      return scan_attached_password(scan, at + 2, scan.at(at + 1));
    }
    if (first == 'u' && scan.at(at + 1) == ' ') {
      std::size_t colon = at + 2;
      while (colon - at < 64 && (is_word(scan.at(colon)) || scan.at(colon) == '.')) ++colon;
      return scan.at(colon) == ':' ? scan_attached_password(scan, colon + 1, '\0') : kNothing;
    }
  }
  const std::uint64_t next = eight_bytes(scan.text, at);
  for (std::size_t i = kIssuedFrom[byte]; i < kIssuedFrom[byte + 1U]; ++i) {
    const Issued& issued = kIssued[i];
    if (!issued.begins(scan, at, next)) continue;
    const std::size_t begin = at + issued.prefix.size();
    const TokenRun& run = token_run(scan, begin);
    if (run.end < begin + issued.size_min || !run.digit || !run.letter) continue;
    const std::size_t id_end = run.end;
    scan.found(FindingType::secret, at, id_end);
    if (issued.prefix == "AKIA" || issued.prefix == "ASIA") {
      constexpr std::size_t kNear = 160;
      find_aws_secret(scan, at - std::min(at, kNear), at);
      find_aws_secret(scan, id_end, id_end + kNear);
    }
    return id_end;
  }
  return kNothing;
}

std::size_t scan_told_secret(Scan& scan, std::size_t word, std::size_t end, Hint announced) {
  const ToldValue value = value_behind(scan, end);
  if (value.end <= value.begin && !value.quoted()) return kNothing;
  const std::string_view text = scan.text.substr(value.begin, value.end - value.begin);
  const std::string_view all = scan.text.substr(value.begin, value.end_max - value.begin);
  const Mix mix_of_all = mix_of(all);
  if (announced != Hint::basic && !(mix_of_all.digit && mix_of_all.letter())) return kNothing;
  if (stands_for_a_value(scan, value, all)) return kNothing;
  const Mix mix = mix_of(text);
  bool credible = false;
  switch (announced) {
    case Hint::password:
      credible = credible_password(text, mix, value) ||
                 (value.told && credible_password(all, mix_of_all, value));
      break;
    case Hint::pass:
      credible = credible_pass(scan, word, end, value.quoted() ? all : text,
                               value.quoted() ? mix_of_all : mix, value);
      break;
    case Hint::signature:
      credible = value.tight && is_in_query(scan.before(word)) && text.size() >= 32 && mix.digit &&
                 mix.letter() && std::ranges::all_of(text, is_url_token);
      break;
    case Hint::token:
    case Hint::key:
      credible = value.told && mix.digit && mix.letter() && text.size() >= 16 &&
                 (mix.base64 || (value.tight && std::ranges::all_of(text, is_url_token)));
      break;
    case Hint::bearer:
      credible = mix.base64 && mix.digit && mix.letter() && text.size() >= 16;
      break;
    case Hint::basic:
      credible = scan.hinted(Hint::authorization, word, 4) && mix.base64 && text.size() >= 8;
      break;
    default:
      break;
  }
  if (!credible) return kNothing;
  // Tokens have no marks but those of base64: without quotes the first other one is not theirs.
  const std::size_t sure = end_of_sure(scan, value, scan.text.size());
  const bool marks = value.quoted() || announced == Hint::password || announced == Hint::pass;
  return scan.found(FindingType::secret, value.begin,
                    marks ? std::max(sure, end_of_value(scan, value, scan.text.size())) : sure);
}

std::size_t scan_url_password(Scan& scan, std::size_t at) {
  if (scan.at(at + 1) != '/' || scan.at(at + 2) != '/') return kNothing;
  std::size_t colon = kNothing;
  const std::size_t authority = at + 3;
  // As far as it goes: the next "://" is behind the next '/', so that each byte is read once.
  for (std::size_t i = authority; i < scan.text.size(); ++i) {
    const char c = scan.at(i);
    if (c == ':' && colon == kNothing) colon = i;
    if (c == '@') {
      if (colon == kNothing || i == colon + 1) return kNothing;
      const std::string_view password = scan.text.substr(colon + 1, i - colon - 1);
      if (is_stand_in(password) || is_variable(password)) return i + 1;
      return scan.found(FindingType::secret, colon + 1, i) + 1;
    }
    if (static_cast<unsigned char>(c) <= 0x20 || c == '/' || c == '"' || c == '\'' || c == '<')
      break;
  }
  return kNothing;
}

}  // namespace ooe::privacy

// Arithmetic, algebra, sequences, number theory, geometry. Each draws the numbers first and
// computes the answer while it writes the question.
#include <array>
#include <numeric>

#include "selfplay/draft.h"

namespace ooe::selfplay {
namespace {

// 9, 30, 200, 2,000: how large numbers are at each level.
constexpr std::array<std::int64_t, kLevels> kSizes = {9, 30, 200, 2'000};
std::int64_t size_of(int level) { return kSizes[static_cast<std::size_t>(level - 1)]; }

// "+ 3" or "- 3"; nothing is said of zero.
std::string signed_term(std::int64_t value) {
  if (value == 0) return "";
  return fmt::format(" {} {}", value < 0 ? '-' : '+', value < 0 ? -value : value);
}

}  // namespace

Draft draft_arithmetic(int level, Rng& rng) {
  constexpr std::array kAsks = {"Compute {}.", "What is the value of {}?", "Evaluate {}.",
                                "Work out {} exactly."};
  // A sum of products; at the higher levels some factors are sums in parentheses.
  std::string expression;
  std::int64_t value = 0;
  for (int term = 0; term <= level; ++term) {
    const std::int64_t a = between(rng, 2, size_of(level));
    std::int64_t factor = 1;
    std::string written = std::to_string(a);
    if (level > 1 && coin(rng)) {
      factor = between(rng, 2, 12);
      written += fmt::format(" * {}", factor);
      if (level > 2 && coin(rng)) {
        const std::int64_t b = between(rng, 2, size_of(level));
        written = fmt::format("{} * ({} - {})", a, factor, b);
        factor -= b;
      }
    }
    const bool minus = term > 0 && coin(rng);
    value += (minus ? -1 : 1) * a * factor;
    if (term > 0) expression += minus ? " - " : " + ";
    expression += written;
  }
  return number_draft(fmt::format(fmt::runtime(one_of(kAsks, rng)), expression), value);
}

Draft draft_algebra(int level, Rng& rng) {
  const std::int64_t x = between(rng, 1, size_of(level)) * (level > 1 && coin(rng) ? -1 : 1);
  if (level == 4) {
    // (x - p)(x - q) = 0, multiplied out; p > q.
    const std::int64_t p = between(rng, -20, 30);
    const std::int64_t q = p - between(rng, 1, 25);
    std::string linear = signed_term(-(p + q));
    if (!linear.empty()) linear += "x";
    return number_draft(
        fmt::format("The equation x^2{}{} = 0 has two solutions. What is the larger "
                    "one?",
                    linear, signed_term(p * q)),
        p);
  }
  constexpr std::array kAsks = {"Solve for x: {}", "Find x, given that {}",
                                "Which value of x satisfies {}?"};
  const std::int64_t a = between(rng, 2, 9) + level;
  const std::int64_t b = between(rng, 1, size_of(level));
  std::string equation;
  if (level == 1) {
    equation = fmt::format("{}x + {} = {}", a, b, a * x + b);
  } else if (level == 2) {
    const std::int64_t c = between(rng, 2, a - 1);
    equation = fmt::format("{}x{} = {}x{}", a, signed_term(b), c, signed_term(a * x + b - c * x));
  } else {
    const std::int64_t c = between(rng, 2, 9);
    const std::int64_t d = between(rng, 1, 40);
    const std::int64_t e = between(rng, 2, a * c - 1);
    equation =
        fmt::format("{}({}x - {}) = {}x{}", c, a, d, e, signed_term((c * a - e) * x - c * d));
  }
  return number_draft(fmt::format(fmt::runtime(one_of(kAsks, rng)), equation), x);
}

Draft draft_sequences(int level, Rng& rng) {
  constexpr std::array kAsks = {"What number comes next in the sequence {}?",
                                "Continue the sequence by one number: {}",
                                "The terms {} follow one rule. Give the next term."};
  constexpr std::size_t kShown = 5;
  std::vector<std::int64_t> terms;
  if (level == 1) {  // a constant step
    const std::int64_t step = between(rng, 2, 12);
    for (std::int64_t t = between(rng, 1, 30); terms.size() <= kShown; t += step) {
      terms.push_back(t);
    }
  } else if (level == 2) {  // a constant factor
    const std::int64_t factor = between(rng, 2, 4);
    for (std::int64_t t = between(rng, 1, 9); terms.size() <= kShown; t *= factor) {
      terms.push_back(t);
    }
  } else if (level == 3) {  // steps that grow by a constant
    std::int64_t step = between(rng, 1, 9);
    const std::int64_t growth = between(rng, 2, 7);
    for (std::int64_t t = between(rng, 1, 40); terms.size() <= kShown; t += step, step += growth) {
      terms.push_back(t);
    }
  } else {  // each the sum of the two before
    terms = {between(rng, 1, 15), between(rng, 2, 30)};
    while (terms.size() <= kShown) terms.push_back(terms[terms.size() - 1] + terms.end()[-2]);
  }
  const std::span shown = std::span(terms).first(kShown);
  return number_draft(
      fmt::format(fmt::runtime(one_of(kAsks, rng)), fmt::format("{}", fmt::join(shown, ", "))),
      terms[kShown]);
}

Draft draft_number_theory(int level, Rng& rng) {
  if (level == 1) {
    const std::int64_t n = between(rng, 30, 400);
    const std::int64_t d = between(rng, 3, 19);
    return number_draft(fmt::format("What is the remainder when {} is divided by {}?", n, d),
                        n % d);
  }
  if (level == 2) {
    const std::int64_t common = between(rng, 2, 24);
    const std::int64_t a = common * between(rng, 2, 20);
    const std::int64_t b = common * between(rng, 2, 20);
    if (coin(rng)) {
      return number_draft(fmt::format("What is the greatest common divisor of {} and {}?", a, b),
                          std::gcd(a, b));
    }
    return number_draft(fmt::format("What is the least common multiple of {} and {}?", a, b),
                        std::lcm(a, b));
  }
  if (level == 3) {
    const std::int64_t n = between(rng, 24, 900);
    std::int64_t divisors = 0;
    for (std::int64_t d = 1; d <= n; ++d) divisors += n % d == 0 ? 1 : 0;
    return number_draft(
        fmt::format("How many positive divisors does {} have, 1 and itself included?", n),
        divisors);
  }
  const std::int64_t base = between(rng, 2, 40);
  const std::int64_t exponent = between(rng, 12, 90);
  const std::int64_t modulus = between(rng, 7, 61);
  std::int64_t power = 1;
  for (std::int64_t i = 0; i < exponent; ++i) power = power * base % modulus;
  return number_draft(
      fmt::format("What is the remainder when {}^{} is divided by {}?", base, exponent, modulus),
      power);
}

Draft draft_geometry(int level, Rng& rng) {
  const std::int64_t a = between(rng, 2, size_of(level) / 2 + 3);
  const std::int64_t b = between(rng, 2, size_of(level) / 2 + 3);
  if (level == 1) {
    const bool area = coin(rng);
    return number_draft(fmt::format("A rectangle is {} cm long and {} cm wide. What is its {}?", a,
                                    b, area ? "area in square centimetres" : "perimeter in cm"),
                        area ? a * b : 2 * (a + b));
  }
  if (level == 2) {
    return number_draft(fmt::format("A triangle has a base of {} m and a height of {} m. What is "
                                    "its area in square metres?",
                                    2 * a, b),
                        a * b);
  }
  if (level == 3) {
    const std::int64_t c = between(rng, 2, 40);
    return number_draft(fmt::format("A closed box has edges of {} cm, {} cm and {} cm. What is its "
                                    "surface area in square centimetres?",
                                    a, b, c),
                        2 * (a * b + b * c + a * c));
  }
  // A Pythagorean triple from m > n (Euclid), scaled.
  const std::int64_t n = between(rng, 1, 6);
  const std::int64_t m = n + between(rng, 1, 6);
  const std::int64_t k = between(rng, 1, 9);
  return number_draft(fmt::format("The legs of a right triangle measure {} cm and {} cm. How long "
                                  "is its hypotenuse, in cm?",
                                  k * (m * m - n * n), k * 2 * m * n),
                      k * (m * m + n * n));
}

}  // namespace ooe::selfplay

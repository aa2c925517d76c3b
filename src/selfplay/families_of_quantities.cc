// Word problems, units, dates, sets, probability.
#include <array>
#include <chrono>
#include <numeric>

#include "selfplay/draft.h"

namespace ooe::selfplay {
namespace {

constexpr std::array kPeople = {"Mara", "Jonas", "Aiko", "Pedro", "Lena", "Tariq", "Nora", "Bruno"};
constexpr std::array kGoods = {"apples", "pencils", "candles", "stamps", "bottles", "tickets"};

constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                "May",       "June",     "July",     "August",
                                "September", "October",  "November", "December"};
constexpr std::array kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                  "Thursday", "Friday", "Saturday"};

std::string written(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()));
}

std::vector<std::string> shuffled_weekdays(Rng& rng) {
  std::vector<std::string> days(kWeekdays.begin(), kWeekdays.end());
  rng.shuffle(std::span(days));
  return days;
}

std::string fraction(std::int64_t a, std::int64_t b) {
  const std::int64_t common = std::gcd(a, b);
  return fmt::format("{}/{}", a / common, b / common);
}

std::int64_t choose(std::int64_t n, std::int64_t k) {
  std::int64_t ways = 1;
  for (std::int64_t i = 1; i <= k; ++i) ways = ways * (n - k + i) / i;
  return ways;
}

}  // namespace

Draft draft_word_problems(int level, Rng& rng) {
  const char* who = one_of(kPeople, rng);
  const char* goods = one_of(kGoods, rng);
  const std::int64_t boxes = between(rng, 3, 6 + 6 * level);
  const std::int64_t each = between(rng, 4, 10 + 10 * level);
  std::int64_t have = boxes * each;
  std::string text = fmt::format("{} buys {} boxes with {} {} each.", who, boxes, each, goods);
  for (int step = 1; step < level; ++step) {
    const std::uint64_t kind = have < 4 ? 2 : rng.below(3);
    const std::int64_t people = between(rng, 2, 5);
    if (kind == 0) {
      const std::int64_t gone = between(rng, 1, have / 2);
      have -= gone;
      text += fmt::format(" Then {} {} are sold.", gone, goods);
    } else if (kind == 1 && have % people == 0) {
      have /= people;
      text += fmt::format(" Then all are shared evenly among {} people, and {} keeps one share.",
                          people, who);
    } else {
      const std::int64_t more = between(rng, 5, 90);
      have += more;
      text += fmt::format(" Then a friend brings {} more.", more);
    }
  }
  if (level > 2) {
    const std::int64_t cents = between(rng, 11, 95);
    text += fmt::format(" Each of those left is worth {} cents. How many cents is that together?",
                        cents);
    return number_draft(std::move(text), have * cents);
  }
  text += fmt::format(" How many {} does {} have in the end?", goods, who);
  return number_draft(std::move(text), have);
}

Draft draft_units(int level, Rng& rng) {
  struct Unit {
    const char* small;
    const char* large;
    std::int64_t ratio;
  };
  constexpr std::array kUnits = {
      Unit{"minutes", "hours", 60},        Unit{"seconds", "minutes", 60},
      Unit{"hours", "days", 24},           Unit{"grams", "kilograms", 1'000},
      Unit{"metres", "kilometres", 1'000}, Unit{"millimetres", "centimetres", 10},
      Unit{"inches", "feet", 12},          Unit{"ounces", "pounds", 16}};
  const Unit& unit = one_of(kUnits, rng);
  const std::int64_t large = between(rng, 2, 8 * level);
  if (level == 1) {
    return number_draft(fmt::format("How many {} are {} {}?", unit.small, large, unit.large),
                        large * unit.ratio);
  }
  const std::int64_t small = between(rng, 1, unit.ratio - 1);
  if (level == 2) {
    return number_draft(fmt::format("Express {} {} and {} {} in {}.", large, unit.large, small,
                                    unit.small, unit.small),
                        large * unit.ratio + small);
  }
  if (level == 3) {
    const std::int64_t times = between(rng, 3, 15);
    return number_draft(
        fmt::format("One piece takes {} {} and {} {}. How many {} do {} such pieces take?", large,
                    unit.large, small, unit.small, unit.small, times),
        times * (large * unit.ratio + small));
  }
  // A speed over a time, in units that do not match.
  const std::int64_t speed = 6 * between(rng, 3, 40);  // km/h
  const std::int64_t minutes = 10 * between(rng, 1, 30);
  return number_draft(fmt::format("A train runs at a constant speed of {} kilometres per hour. How "
                                  "many metres does it cover in {} minutes?",
                                  speed, minutes),
                      speed * 1'000 * minutes / 60);
}

Draft draft_dates(int level, Rng& rng) {
  using std::chrono::days;
  using std::chrono::sys_days;
  if (level == 1) {
    const auto today = static_cast<std::int64_t>(rng.below(7));
    const std::int64_t later = between(rng, 2, 40);
    return choice_draft(fmt::format("Today is {}. Which day of the week is it in {} days?",
                                    kWeekdays[static_cast<std::size_t>(today)], later),
                        kWeekdays[static_cast<std::size_t>((today + later) % 7)],
                        shuffled_weekdays(rng), rng);
  }
  const sys_days first = sys_days(std::chrono::year(2001) / 1 / 1) + days(between(rng, 0, 9'000));
  const std::int64_t span = between(rng, 10, level == 2 ? 60 : 400 * (level - 2));
  if (level == 2) {
    std::vector<std::string> wrong;
    for (const int slip : {-1, 1, 2, -2}) wrong.push_back(written(first + days(span + slip)));
    rng.shuffle(std::span(wrong));
    return choice_draft(fmt::format("Which date is {} days after {}?", span, written(first)),
                        written(first + days(span)), wrong, rng);
  }
  if (level == 3) {
    return number_draft(fmt::format("How many days is it from {} to {}, the first day not counted?",
                                    written(first), written(first + days(span))),
                        span);
  }
  const std::chrono::weekday day(first);
  return choice_draft(fmt::format("{} was a {}. Which day of the week was {}?", written(first),
                                  kWeekdays[day.c_encoding()], written(first + days(span))),
                      kWeekdays[std::chrono::weekday(first + days(span)).c_encoding()],
                      shuffled_weekdays(rng), rng);
}

Draft draft_sets(int level, Rng& rng) {
  if (level <= 2) {
    constexpr std::array kPairs = {std::pair{"French", "Spanish"}, std::pair{"chess", "football"},
                                   std::pair{"piano", "violin"}, std::pair{"tea", "coffee"}};
    const auto& [first, second] = one_of(kPairs, rng);
    const std::int64_t both = between(rng, 2, 9 * level);
    const std::int64_t only_first = between(rng, 2, 20 * level);
    const std::int64_t only_second = between(rng, 2, 20 * level);
    const std::int64_t neither = between(rng, 1, 10 * level);
    const std::int64_t all = both + only_first + only_second + neither;
    const bool ask_neither = level == 1 || coin(rng);
    return number_draft(
        fmt::format("Of {} people, {} like {}, {} like {}, and {} like both. How many like {}?",
                    all, both + only_first, first, both + only_second, second, both,
                    ask_neither ? "neither" : "exactly one of the two"),
        ask_neither ? neither : only_first + only_second);
  }
  const std::int64_t limit = level == 3 ? between(rng, 50, 300) : between(rng, 300, 3'000);
  const std::int64_t a = between(rng, 2, 9);
  const std::int64_t b = a + between(rng, 1, 8);
  std::int64_t count = 0;
  for (std::int64_t i = 1; i <= limit; ++i) {
    const bool in_a = i % a == 0;
    const bool in_b = i % b == 0;
    count += (level == 3 ? in_a || in_b : in_a && !in_b) ? 1 : 0;
  }
  return number_draft(fmt::format("How many whole numbers from 1 to {} are multiples of {} {} {}?",
                                  limit, a, level == 3 ? "or of" : "but not of", b),
                      count);
}

Draft draft_probability(int level, Rng& rng) {
  std::string text;
  std::int64_t hits = 0;
  std::int64_t all = 0;
  if (level == 1) {
    const std::int64_t red = between(rng, 1, 12);
    const std::int64_t blue = between(rng, 1, 12);
    hits = red;
    all = red + blue;
    text = fmt::format(
        "A bag holds {} red and {} blue balls. One is drawn. What is the "
        "probability that it is red?",
        red, blue);
  } else if (level == 2) {
    const std::int64_t sum = between(rng, 3, 11);
    hits = 6 - std::abs(sum - 7);
    all = 36;
    text = fmt::format("Two fair dice are rolled. What is the probability that they add up to {}?",
                       sum);
  } else if (level == 3) {
    const std::int64_t red = between(rng, 2, 9);
    const std::int64_t blue = between(rng, 2, 9);
    hits = choose(red, 2);
    all = choose(red + blue, 2);
    text = fmt::format(
        "A bag holds {} red and {} blue balls. Two are drawn without replacement. "
        "What is the probability that both are red?",
        red, blue);
  } else {
    const std::int64_t flips = between(rng, 4, 9);
    const std::int64_t heads = between(rng, 1, flips - 1);
    hits = choose(flips, heads);
    all = std::int64_t{1} << flips;
    text = fmt::format(
        "A fair coin is flipped {} times. What is the probability of exactly {} "
        "heads?",
        flips, heads);
  }
  std::vector<std::string> wrong = {fraction(hits, all + 1), fraction(hits + 1, all),
                                    fraction(hits, 2 * all), fraction(hits + 1, all + 1),
                                    fraction(all, all + hits + 1)};
  rng.shuffle(std::span(wrong));
  return choice_draft(std::move(text), fraction(hits, all), std::move(wrong), rng);
}

}  // namespace ooe::selfplay

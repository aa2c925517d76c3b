#include "report/ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "evaluate/costs.h"

namespace ooe::report {
namespace {

constexpr std::size_t kMixNames = 3;

// One column each: a plot marks an expert with its letter.
std::string letter(std::size_t place) {
  static constexpr std::string_view kLatin = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static constexpr std::string_view kGreek = "αβγδεζηθικλμνξοπρστυφχψω";  // two bytes each
  if (place < kLatin.size()) return std::string(kLatin.substr(place, 1));
  const std::size_t greek = 2 * (place - kLatin.size());
  return greek < kGreek.size() ? std::string(kGreek.substr(greek, 2)) : "·";
}

}  // namespace

Ranking rank(const evaluate::Evaluation& evaluation) {
  Ranking ranking;
  ranking.order.resize(evaluation.experts.size());
  ranking.letters.resize(evaluation.experts.size());
  std::iota(ranking.order.begin(), ranking.order.end(), 0U);
  std::ranges::stable_sort(ranking.order, [&](std::size_t a, std::size_t b) {
    const auto accuracy = [&](std::size_t expert) {
      const double mean = evaluation.experts[expert].accuracy;
      return std::isnan(mean) ? -1.0 : mean;
    };
    if (accuracy(a) != accuracy(b)) return accuracy(a) > accuracy(b);
    return evaluate::costs_less(evaluation.experts[a].usd_per_1k, evaluation.experts[b].usd_per_1k);
  });
  for (std::size_t place = 0; place < ranking.order.size(); ++place) {
    ranking.letters[ranking.order[place]] = letter(place);
  }
  return ranking;
}

std::string mix_text(const evaluate::Routed& routed, const Ranking& ranking) {
  std::vector<std::size_t> order(routed.share.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t i) { return routed.share[i]; });
  std::string text;
  double named = 0.0;
  for (std::size_t place = 0; place < std::min(kMixNames, order.size()); ++place) {
    const double share = routed.share[order[place]];
    if (share < 0.005) break;
    text += fmt::format("{}{:.0f}% {}", text.empty() ? "" : ", ", 100.0 * share,
                        ranking.letters[order[place]]);
    named += share;
  }
  if (named < 0.995) text += fmt::format(", {:.0f}% others", 100.0 * (1.0 - named));
  return text;
}

}  // namespace ooe::report

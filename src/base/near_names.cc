#include "base/near_names.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"

namespace ooe {
namespace {

constexpr std::size_t kListedMax = 8;

// Levenshtein's distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> near_names(std::string_view name, std::span<const std::string> known,
                                    std::size_t count_max) {
  const std::string wanted = ascii_lower(name);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& candidate : known) {
    const std::string lower = ascii_lower(candidate);
    const std::size_t distance = edit_distance(wanted, lower);
    const bool contains = !wanted.empty() && lower.find(wanted) != std::string::npos;
    if (contains || 3 * distance <= std::max(wanted.size(), lower.size())) {
      near.emplace_back(distance, candidate);
    }
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (near.size() > count_max) near.resize(count_max);
  std::vector<std::string> names;
  names.reserve(near.size());
  for (auto& [distance, candidate] : near) names.push_back(std::move(candidate));
  return names;
}

std::string name_hint(std::string_view name, std::span<const std::string> known) {
  const auto near = near_names(name, known);
  if (!near.empty()) return fmt::format("did you mean '{}'?", fmt::join(near, "' or '"));
  if (known.empty()) return "there are none";
  const auto listed = known.first(std::min(known.size(), kListedMax));
  return fmt::format("known are '{}'{}", fmt::join(listed, "', '"),
                     known.size() > listed.size()
                         ? fmt::format(" and {} more", known.size() - listed.size())
                         : std::string());
}

}  // namespace ooe

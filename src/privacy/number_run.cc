#include "privacy/number_run.h"

#include <algorithm>
#include <cstring>

#include "privacy/byte_class.h"

namespace ooe::privacy {
namespace {

struct Separator {
  char kind = '\0';
  std::size_t size = 0;
};

// One mark, or two when one of them is a parenthesis; a digit must follow.
Separator separator_at(const Scan& scan, std::size_t at) {
  if (is(scan.at(at), kHigh)) {
    const GroupMark wide = group_mark_at(scan.text, at);
    if (wide.size > 0 && is_digit(scan.at(at + wide.size))) return {wide.kind, wide.size};
    return {};
  }
  const auto mark = [](char c) {
    return c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')';
  };
  const char first = scan.at(at);
  if (!mark(first)) return {};
  const bool parenthesis = first == '(' || first == ')';
  if (is_digit(scan.at(at + 1))) return {parenthesis ? '(' : first, 1};
  const char second = scan.at(at + 1);
  if (mark(second) && (parenthesis || second == '(') && is_digit(scan.at(at + 2))) return {'(', 2};
  return {};
}

// Between tabs stand the cells of a table, but for the four groups of a card that has no cells of
// numbers beside it.
bool begins_tabbed(const Scan& scan, std::size_t at) {
  if (scan.before(at) == '\t' && is_digit(scan.before(at, 2))) return false;
  if (scan.at(at + 19) == '\t' && is_digit(scan.at(at + 20))) return false;
  for (int group = 0; group < 4; ++group, at += 5) {
    if (count_digits(scan.text, at) != 4 || (group < 3 && scan.at(at + 4) != '\t')) return false;
  }
  return true;
}

}  // namespace

std::size_t NumberRun::groups_of(std::size_t n) const {
  for (std::size_t i = 0; i < n_groups; ++i) {
    if (group(i).digits_before + group(i).size() == n) return i + 1;
  }
  return 0;
}

bool NumberRun::shaped(std::string_view sizes, std::string_view separators) const {
  if (n_groups < sizes.size()) return false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (group(i).size() != static_cast<std::size_t>(sizes[i] - '0')) return false;
    if (i > 0 && group(i).separator != separators[i - 1]) return false;
  }
  return true;
}

bool NumberRun::shaped_alike(std::string_view sizes, std::string_view allowed) const {
  if (n_groups < sizes.size()) return false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (group(i).size() != static_cast<std::size_t>(sizes[i] - '0')) return false;
    if (i > 0 && group(i).separator != group(1).separator) return false;
  }
  return sizes.size() == 1 || allowed.find(group(1).separator) != std::string_view::npos;
}

NumberRun read_number_run(const Scan& scan, std::size_t at) {
  NumberRun run;
  char separator = '\0';
  while (true) {
    NumberRun::Group& group = run.group_array[run.n_groups++];
    group = {at, at, run.n_digits, separator};
    const std::size_t size =
        std::min(count_digits(scan.text, at), NumberRun::kDigitsMax - run.n_digits);
    for (std::size_t i = 0; i < size; i += 8) {
      const std::uint64_t bytes = eight_bytes(scan.text, at + i);
      std::memcpy(run.digit_bytes.data() + run.n_digits + i, &bytes, sizeof(bytes));
    }
    run.n_digits += size;
    at += size;
    group.end = at;
    Separator next = separator_at(scan, at);
    if (scan.at(at) == '\t' && (run.n_groups == 1 ? begins_tabbed(scan, group.begin)
                                                  : separator == '\t' && run.n_groups < 4)) {
      next = {'\t', 1};
    }
    if (is_digit(scan.at(at)) || (next.size > 0 && (run.n_groups == NumberRun::kGroupsMax ||
                                                    run.n_digits == NumberRun::kDigitsMax))) {
      run.too_long = true;
      return run;
    }
    if (next.size == 0) return run;
    separator = next.kind;
    at += next.size;
  }
}

}  // namespace ooe::privacy

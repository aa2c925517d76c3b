// Digits in groups, as people write long numbers: "4539 5787 6362 1486", "(212) 555-0187".
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "privacy/scan.h"

namespace ooe::privacy {

struct NumberRun {
  static constexpr std::size_t kDigitsMax = 28;
  static constexpr std::size_t kGroupsMax = 10;

  struct Group {
    std::size_t begin;  // in the text
    std::size_t end;
    std::size_t digits_before;  // in this run
    // Before it: ' ', '-', '.', '/', '(' when one is involved, or '\t'; what is a kind of space or
    // of hyphen counts as one.
    char separator;
    [[nodiscard]] std::size_t size() const { return end - begin; }
  };

  // Written as far as n_digits and n_groups say; clearing them would cost more than reading them.
  std::array<char, kDigitsMax + 8> digit_bytes;  // filled eight at a time
  std::array<Group, kGroupsMax> group_array;
  std::size_t n_digits = 0;
  std::size_t n_groups = 0;
  bool too_long = false;  // it goes on beyond the limits

  [[nodiscard]] std::string_view digits() const { return {digit_bytes.data(), n_digits}; }
  [[nodiscard]] const Group& group(std::size_t i) const { return group_array[i]; }
  [[nodiscard]] std::size_t end() const { return group_array[n_groups - 1].end; }
  // How many groups hold exactly the first `n` digits; 0: a group straddles that place.
  [[nodiscard]] std::size_t groups_of(std::size_t n) const;
  // The first groups have these sizes and stand behind these separators (one fewer).
  [[nodiscard]] bool shaped(std::string_view sizes, std::string_view separators) const;
  // The same with one and the same separator, which must be among `allowed`.
  [[nodiscard]] bool shaped_alike(std::string_view sizes, std::string_view allowed) const;
};

// Requires: a digit at `at`.
[[nodiscard]] NumberRun read_number_run(const Scan& scan, std::size_t at);

}  // namespace ooe::privacy

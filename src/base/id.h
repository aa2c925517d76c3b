// Identifiers that cannot be swapped: each is a type of its own.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe {

// The position of an expert in the catalogue, or in the columns of a matrix, that the surrounding
// code names.
struct ExpertId {
  std::int32_t value = -1;

  friend constexpr auto operator<=>(const ExpertId&, const ExpertId&) = default;
  [[nodiscard]] constexpr std::size_t index() const { return static_cast<std::size_t>(value); }
};

// 128 bits; `Tag` keeps a query's and a receipt's apart.
template <class Tag>
struct Id128 {
  std::array<std::uint8_t, 16> bytes{};

  friend constexpr auto operator<=>(const Id128&, const Id128&) = default;
};

using QueryId = Id128<struct QueryIdTag>;  // BLAKE2b-128 of the normalised text, see core/query.h
using ReceiptId = Id128<struct ReceiptIdTag>;  // random

namespace detail {
[[nodiscard]] std::string id_to_hex(const std::array<std::uint8_t, 16>& bytes);
[[nodiscard]] Result<std::array<std::uint8_t, 16>> id_from_hex(std::string_view hex);
[[nodiscard]] std::uint64_t id_low_bits(const std::array<std::uint8_t, 16>& bytes);
}  // namespace detail

// Returns 32 lower-case hexadecimal digits.
template <class Tag>
[[nodiscard]] std::string to_hex(const Id128<Tag>& id) {
  return detail::id_to_hex(id.bytes);
}

// Errors: invalid_argument unless `hex` is 32 hexadecimal digits.
template <class Id>
[[nodiscard]] Result<Id> parse_hex_id(std::string_view hex) {
  auto bytes = detail::id_from_hex(hex);
  if (!bytes) return fail(bytes.error());
  return Id{*bytes};
}

}  // namespace ooe

template <class Tag>
struct std::hash<ooe::Id128<Tag>> {
  std::size_t operator()(const ooe::Id128<Tag>& id) const {
    return static_cast<std::size_t>(ooe::detail::id_low_bits(id.bytes));
  }
};

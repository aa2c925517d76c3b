// Numbers and strings as little-endian bytes, for the model file. The reader never reads or
// allocates past the bytes it has: after the first impossible size all it returns is empty and
// ok() is false.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ooe::predictor {

static_assert(std::endian::native == std::endian::little, "big-endian machines need byte swaps");

class ByteWriter {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view text) {
    number(static_cast<std::uint64_t>(text.size()));
    bytes_.append(text);
  }
  template <class T>
  void numbers(const std::vector<T>& values) {
    static_assert(std::is_arithmetic_v<T>);
    number(static_cast<std::uint64_t>(values.size()));
    append(values.data(), values.size());
  }

  // Shape, then the numbers row by row.
  template <class Matrix>
  void matrix(const Matrix& values) {
    static_assert(Matrix::IsRowMajor && std::is_same_v<typename Matrix::Scalar, float>);
    number(static_cast<std::uint64_t>(values.rows()));
    number(static_cast<std::uint64_t>(values.cols()));
    append(values.data(), static_cast<std::size_t>(values.size()));
  }

  [[nodiscard]] std::string& bytes() { return bytes_; }

 private:
  template <class T>
  void append(const T* values, std::size_t count) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(values), count * sizeof(T));
  }

  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  [[nodiscard]] T number() {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    const std::string_view bytes = take(1, sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  [[nodiscard]] std::string text() { return std::string(take(number<std::uint64_t>(), 1)); }
  template <class T>
  [[nodiscard]] std::vector<T> numbers() {
    static_assert(std::is_arithmetic_v<T>);
    const std::string_view bytes = take(number<std::uint64_t>(), sizeof(T));
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  template <class Matrix>
  [[nodiscard]] Matrix matrix() {
    const auto rows = number<std::uint64_t>();
    const auto columns = number<std::uint64_t>();
    ok_ = ok_ && (columns == 0 || rows <= rest_.size() / sizeof(float) / columns) &&
          rows <= kRowsMax && columns <= kRowsMax;
    if (!ok_) return Matrix(0, 0);
    Matrix values(static_cast<std::ptrdiff_t>(rows), static_cast<std::ptrdiff_t>(columns));
    const std::string_view bytes = take(rows * columns, sizeof(float));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  void skip(std::size_t bytes) { (void)take(bytes, 1); }

  // What is not so makes the whole impossible.
  void require(bool condition) { ok_ = ok_ && condition; }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view take(std::uint64_t count, std::size_t item_bytes) {
    ok_ = ok_ && count <= rest_.size() / item_bytes;
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, count * item_bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  static constexpr std::uint64_t kRowsMax = std::uint64_t{1} << 32U;

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace ooe::predictor

#include "dataset/tsv_reader.h"

#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "base/unicode.h"

namespace ooe::dataset {
namespace {

void split_cells(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
    cells.push_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  cells.push_back(line);
}

}  // namespace

Result<TsvReader> TsvReader::start(std::string_view text, std::string_view name) {
  TsvReader reader(text, name);
  if (!reader.next_line()) {
    return fail(ErrorCode::invalid_argument,
                "{}: the file is empty; the first line must name the columns", name);
  }
  if (auto valid = reader.check_utf8(); !valid) return fail(valid.error());
  split_cells(reader.lines_.line(), reader.columns_);
  if (auto unique = reader.check_columns(); !unique) return fail(unique.error());
  return reader;
}

Result<bool> TsvReader::next() {
  if (!next_line()) return false;
  if (auto valid = check_utf8(); !valid) return fail(valid.error());
  split_cells(lines_.line(), cells_);
  if (cells_.size() != columns_.size()) {
    return fail(ErrorCode::invalid_argument,
                "{}:{}: {} cells, but the header names {} columns; separate cells by single tabs",
                name_, line(), cells_.size(), columns_.size());
  }
  return true;
}

Result<std::optional<double>> TsvReader::number(std::size_t column, double min, double max,
                                                std::string_view remedy) const {
  const std::string_view text = cells_[column];
  if (text.empty()) return std::nullopt;
  const auto value = parse_number<double>(text);
  if (!value || !std::isfinite(*value)) {
    return fail(ErrorCode::invalid_argument, "{}{} is not a number; {}", place(column), shown(text),
                remedy);
  }
  if (*value < min || *value > max) {
    return fail(ErrorCode::invalid_argument, "{}{} is out of range; {}", place(column), shown(text),
                remedy);
  }
  return value;
}

std::string TsvReader::place(std::size_t column) const {
  return fmt::format("{}:{}: column {}: ", name_, line(), shown(columns_[column]));
}

bool TsvReader::next_line() {
  while (lines_.next()) {
    if (!lines_.line().empty()) return true;
  }
  return false;
}

Result<void> TsvReader::check_utf8() const {
  if (is_valid_utf8(lines_.line())) return {};
  return fail(ErrorCode::corrupt, "{}:{}: not valid UTF-8; convert the file to UTF-8", name_,
              line());
}

Result<void> TsvReader::check_columns() const {
  std::unordered_set<std::string_view> seen;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (columns_[column].empty()) {
      return fail(ErrorCode::invalid_argument, "{}:{}: column {} has no name; name every column",
                  name_, line(), column + 1);
    }
    if (!seen.insert(columns_[column]).second) {
      return fail(ErrorCode::invalid_argument, "{}the name is there twice; rename or drop one",
                  place(column));
    }
  }
  return {};
}

}  // namespace ooe::dataset

#include "dataset/usage_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "dataset/tsv_reader.h"

namespace ooe::dataset {
namespace {

struct Column {
  std::string_view name;
  std::optional<double> Usage::*field;
  double max;  // of one answer; more is a mistake, and sums of it would not fit
};

constexpr std::array<Column, 6> kColumns{{
    {"cost_usd", &Usage::cost_usd, 1e6},
    {"latency_ms", &Usage::latency_ms, 1e9},
    {"input_tokens", &Usage::input_tokens, 1e9},
    {"output_tokens", &Usage::output_tokens, 1e9},
    {"seconds", &Usage::seconds, 1e6},
    {"response_chars", &Usage::response_chars, 1e9},
}};
constexpr std::size_t kValueFirst = 2;  // after id and model

const Column* column_of(std::string_view name) {
  const auto known = std::ranges::find(kColumns, name, &Column::name);
  return known == kColumns.end() ? nullptr : &*known;
}

// Returns what is known of every column from kValueFirst on.
Result<std::vector<const Column*>> read_fields(const TsvReader& reader, std::string_view name) {
  const auto& columns = reader.columns();
  if (columns.size() < kValueFirst || columns[0] != "id" || columns[1] != "model") {
    return fail(ErrorCode::invalid_argument, "{}: the header must start with id<TAB>model", name);
  }
  std::vector<const Column*> fields;
  for (std::size_t column = kValueFirst; column < columns.size(); ++column) {
    const Column* field = column_of(columns[column]);
    if (field == nullptr) {
      std::string list;
      for (const Column& known : kColumns) list += fmt::format(" {}", known.name);
      return fail(ErrorCode::invalid_argument, "{}not known; drop it or use one of{}",
                  reader.place(column), list);
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace

bool is_usage(std::string_view tsv) {
  const auto reader = TsvReader::start(tsv, "");
  if (!reader) return false;
  const auto& columns = reader->columns();
  return columns.size() > kValueFirst && columns[0] == "id" && columns[1] == "model" &&
         std::ranges::any_of(columns.begin() + kValueFirst, columns.end(),
                             [](std::string_view name) { return column_of(name) != nullptr; });
}

Result<std::vector<Usage>> parse_usage(std::string_view tsv, std::string_view name) {
  auto reader = TsvReader::start(tsv, name);
  if (!reader) return fail(reader.error());
  const auto fields = read_fields(*reader, name);
  if (!fields) return fail(fields.error());

  std::vector<Usage> usage;
  while (true) {
    const auto more = reader->next();
    if (!more) return fail(more.error());
    if (!*more) break;
    Usage row;
    row.id = reader->cell(0);
    row.expert = reader->cell(1);
    if (row.id.empty() || row.expert.empty()) {
      return fail(ErrorCode::invalid_argument, "{}empty; name the question and the model",
                  reader->place(row.id.empty() ? 0 : 1));
    }
    for (std::size_t i = 0; i < fields->size(); ++i) {
      const Column& column = *(*fields)[i];
      const auto value =
          reader->number(kValueFirst + i, 0.0, column.max,
                         fmt::format("give a number from 0 to {:.0f}, or nothing", column.max));
      if (!value) return fail(value.error());
      row.*column.field = *value;
    }
    usage.push_back(std::move(row));
  }
  return usage;
}

Result<std::vector<Usage>> load_usage(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  return parse_usage(*text, path);
}

}  // namespace ooe::dataset

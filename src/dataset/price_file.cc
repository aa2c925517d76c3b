#include "dataset/price_file.h"

#include <optional>
#include <unordered_set>

#include "base/file.h"
#include "base/parse_number.h"
#include "dataset/tsv_reader.h"

namespace ooe::dataset {
namespace {

constexpr std::string_view kPriceRemedy = "give USD per million tokens, from 0 to 1000000";

Result<TokenPrice> read_price(const TsvReader& reader, std::size_t column) {
  const auto value = reader.number(column, 0.0, kTokenPriceUsdPerMillionMax, kPriceRemedy);
  if (!value) return fail(value.error());
  if (!value->has_value()) {
    return fail(ErrorCode::invalid_argument, "{}empty; {}", reader.place(column), kPriceRemedy);
  }
  return token_price(**value);
}

std::optional<TokenPrice> price_of(std::string_view text) {
  const auto value = parse_number<double>(text);
  if (!value) return std::nullopt;
  const auto price = token_price(*value);
  if (!price) return std::nullopt;
  return *price;
}

}  // namespace

Result<std::vector<ExpertPrices>> parse_prices(std::string_view tsv, std::string_view name) {
  auto reader = TsvReader::start(tsv, name);
  if (!reader) return fail(reader.error());
  const auto& columns = reader->columns();
  if (columns.size() < 3 || columns[0] != "expert" || columns[1] != "input" ||
      columns[2] != "output") {
    return fail(ErrorCode::invalid_argument,
                "{}: the header must start with expert<TAB>input<TAB>output", name);
  }
  std::vector<ExpertPrices> prices;
  std::unordered_set<std::string_view> seen;
  while (true) {
    const auto more = reader->next();
    if (!more) return fail(more.error());
    if (!*more) break;
    const std::string_view expert = reader->cell(0);
    if (expert.empty()) {
      return fail(ErrorCode::invalid_argument, "{}empty; name the expert", reader->place(0));
    }
    if (!seen.insert(expert).second) {
      return fail(ErrorCode::invalid_argument, "{}{} is there twice; keep one price",
                  reader->place(0), shown(expert));
    }
    const auto input = read_price(*reader, 1);
    if (!input) return fail(input.error());
    const auto output = read_price(*reader, 2);
    if (!output) return fail(output.error());
    prices.push_back({std::string(expert), {*input, *input, *output}});
  }
  return prices;
}

Result<std::vector<ExpertPrices>> load_prices(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  return parse_prices(*text, path);
}

Result<ExpertPrices> parse_price_option(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals != std::string_view::npos && equals > 0) {
    const std::string_view pair = text.substr(equals + 1);
    const std::size_t slash = pair.find('/');
    if (slash != std::string_view::npos) {
      const auto input = price_of(pair.substr(0, slash));
      const auto output = price_of(pair.substr(slash + 1));
      if (input && output) {
        return ExpertPrices{std::string(text.substr(0, equals)), {*input, *input, *output}};
      }
    }
  }
  return fail(ErrorCode::invalid_argument,
              "price {}: give NAME=INPUT/OUTPUT in USD per million tokens, such as gpt-4=30/60",
              shown(text));
}

}  // namespace ooe::dataset

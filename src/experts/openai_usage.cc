#include "experts/openai_usage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <system_error>
#include <utility>

#include "base/parse_number.h"
#include "experts/openai_dialect.h"

namespace ooe::experts {
namespace {

// Returns `otherwise` when the count is missing.
Result<std::int64_t> token_count(const dom::object& usage, std::string_view key,
                                 std::int64_t otherwise) {
  dom::element value;
  if (usage.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return otherwise;
  std::int64_t count = 0;
  double number = 0.0;      // some write 10.0
  std::string_view digits;  // others write "10"
  if (value.get(digits) == simdjson::SUCCESS) {
    count = parse_number<std::int64_t>(digits).value_or(-1);
  } else if (value.is_double() && value.get(number) == simdjson::SUCCESS &&
             std::abs(number) <= double{kTokensMax} && std::trunc(number) == number) {
    count = static_cast<std::int64_t>(number);
  } else if (value.get(count) != simdjson::SUCCESS) {
    count = -1;
  }
  if (count < 0 || count > kTokensMax) {
    return fail(ErrorCode::corrupt,
                "the expert's usage has a {} that is not a whole number from 0 to {}", key,
                kTokensMax);
  }
  return count;
}

// What a usage says, each count as it stands there.
struct Told {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t read = 0;     // from the cache
  std::int64_t written = 0;  // to it
  std::int64_t reasoning = 0;
  std::int64_t total = -1;           // -1: not told
  bool by_anthropics_names = false;  // of the cache
  bool output_untold = false;        // neither by its name nor by the total

  // The cache is counted beside the prompt, as far as the counts tell.
  [[nodiscard]] bool cache_is_beside() const { return by_anthropics_names || read > input; }
};

// Returns nothing where the prompt is missing. A completion that is missing is the total without
// the prompt, and at least what was thought.
Result<std::optional<Told>> told_by(const dom::object& usage) {
  Told told;
  std::int64_t cached = 0;  // by OpenAI's name and those of others, who count it among the prompt
  std::int64_t written = 0;
  const auto take = [](const dom::object& from, std::string_view key,
                       std::int64_t& count) -> Result<void> {
    const auto read = token_count(from, key, count);
    if (!read) return fail(read.error());
    count = *read;
    return {};
  };
  told.input = told.output = -1;
  for (const auto& [key, count] : {std::pair{"prompt_tokens", &told.input},
                                   {"completion_tokens", &told.output},
                                   {"cache_read_input_tokens", &told.read},
                                   {"cache_creation_input_tokens", &told.written}}) {
    if (auto ok = take(usage, key, *count); !ok) return fail(ok.error());
  }
  if (told.input < 0) return std::nullopt;
  // Moonshot's name, and DeepSeek's.
  for (const char* key : {"cached_tokens", "prompt_cache_hit_tokens"}) {
    std::int64_t count = 0;
    if (auto ok = take(usage, key, count); !ok) return fail(ok.error());
    cached = std::max(cached, count);
  }
  if (const auto details = member<dom::object>(usage, "prompt_tokens_details")) {
    std::int64_t count = 0;
    if (auto ok = take(*details, "cached_tokens", count); !ok) return fail(ok.error());
    cached = std::max(cached, count);
    // OpenRouter's name, and ours for Anthropic's; LiteLLM's.
    for (const char* key : {"cache_write_tokens", "cache_creation_tokens"}) {
      if (auto ok = take(*details, key, written); !ok) return fail(ok.error());
    }
  }
  if (const auto details = member<dom::object>(usage, "completion_tokens_details")) {
    if (auto ok = take(*details, "reasoning_tokens", told.reasoning); !ok) return fail(ok.error());
  }
  told.by_anthropics_names = told.read > 0 || told.written > 0;
  told.read = std::max(told.read, cached);  // some tell it by both names
  told.written = std::max(told.written, written);
  told.total = token_count(usage, "total_tokens", -1).value_or(-1);
  if (told.output < 0) {
    const std::int64_t cache = told.cache_is_beside() ? told.read + told.written : 0;
    told.output = std::max(told.total - told.input - cache, told.reasoning);
    told.output_untold = told.total - told.input - cache <= 0;
  }
  return told;
}

// Which counts stand beside prompt and completion, and not among them.
struct Beside {
  bool reasoning = false;
  bool read = false;
  bool written = false;
};

// The likelier ways to count come first.
constexpr std::array<Beside, 8> kWaysToCount{{{false, false, false},
                                              {true, false, false},
                                              {false, true, true},
                                              {true, true, true},
                                              {false, true, false},
                                              {true, true, false},
                                              {false, false, true},
                                              {true, false, true}}};

// The total tells. Where it fits none of the ways, or there is none, the bill must not be too
// little: cached tokens by Anthropic's names are beside there, and so are more than the prompt has.
Beside beside(const Told& told) {
  const std::int64_t more = told.total - told.input - told.output;
  for (const Beside& way : kWaysToCount) {
    const std::int64_t added = (way.reasoning ? told.reasoning : 0) + (way.read ? told.read : 0) +
                               (way.written ? told.written : 0);
    const std::int64_t among = (way.read ? 0 : told.read) + (way.written ? 0 : told.written);
    if (told.total >= 0 && added == more && among <= told.input) return way;
  }
  const bool cache = told.cache_is_beside();
  return {.reasoning = told.total >= 0 && told.reasoning == more, .read = cache, .written = cache};
}

// In its place, or in Groq's, which has it there in streams.
std::optional<dom::object> usage_in(const dom::object& object) {
  if (auto usage = member<dom::object>(object, "usage")) return usage;
  const auto groqs = member<dom::object>(object, "x_groq");
  return groqs ? member<dom::object>(*groqs, "usage") : std::nullopt;
}

}  // namespace

Result<std::optional<TokenCounts>> usage_of(const dom::object& object) {
  const auto usage = usage_in(object);
  if (!usage) return std::nullopt;
  const auto read = told_by(*usage);
  if (!read) return fail(read.error());
  if (!*read) return std::nullopt;
  const Told& told = **read;
  const Beside way = beside(told);
  TokenCounts counts{.input = told.input,
                     .cached_input = told.read,
                     .output = told.output,
                     .reasoning = told.reasoning,
                     .estimated = told.output_untold};
  if (way.read) counts.input += told.read;
  if (way.written) counts.input += told.written;
  counts.cache_write = std::min(told.written, counts.input - counts.cached_input);
  if (way.reasoning) counts.output += told.reasoning;
  if (counts.input > kTokensMax) {
    return fail(ErrorCode::corrupt, "the expert's usage comes to more than {} tokens of input",
                kTokensMax);
  }
  // Thoughts that are not told apart are in the total alone. Where a cache is counted beside the
  // prompt, the rest of the total may be that cache, and only what has been told is believed.
  const std::int64_t untold = told.total - counts.input - counts.output;
  if (untold > 0 && !told.cache_is_beside()) {
    counts.output += untold;
    if (counts.reasoning == 0) counts.reasoning = untold;
  }
  counts.reasoning = std::min(counts.reasoning, counts.output);
  return counts;
}

std::optional<TokenCounts> believed(std::optional<TokenCounts> told, std::size_t content_bytes) {
  if (!told || (told->input == 0 && told->output == 0)) return std::nullopt;
  // When nobody told the output, only its thoughts are known.
  if ((told->output == 0 || told->estimated) && content_bytes > 0) {
    told->output += guessed_tokens(content_bytes);
    told->estimated = true;
  }
  if (told->input == 0) told->estimated = true;
  return told;
}

}  // namespace ooe::experts

#include "store/attempt_json.h"

#include <chrono>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace ooe::store {

Attempt attempt_of(const nlohmann::json& object) {
  Attempt attempt;
  object.at("expert").get_to(attempt.expert);
  object.at("fault").get_to(attempt.fault);
  object.at("input").get_to(attempt.tokens.input);
  object.at("cached_input").get_to(attempt.tokens.cached_input);
  attempt.tokens.cache_write = object.value("cache_write", std::int64_t{0});
  object.at("output").get_to(attempt.tokens.output);
  attempt.tokens.reasoning = object.value("reasoning", std::int64_t{0});
  attempt.tokens.estimated = object.at("estimated").get<int>() != 0;  // true and false are numbers
  object.at("cost_nano_usd").get_to(attempt.cost.nano);
  attempt.duration = std::chrono::microseconds(object.at("duration_us").get<std::int64_t>());
  return attempt;
}

}  // namespace ooe::store

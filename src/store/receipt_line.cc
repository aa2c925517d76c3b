#include "store/receipt_line.h"

#include <cstdint>
#include <exception>
#include <span>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "store/attempt_json.h"

namespace ooe::store {
namespace {

using Json = nlohmann::json;

std::span<const std::uint8_t> bytes_in(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Json attempt_json(const Attempt& attempt) {
  return {{"expert", attempt.expert},
          {"fault", attempt.fault},
          {"input", attempt.tokens.input},
          {"cached_input", attempt.tokens.cached_input},
          {"cache_write", attempt.tokens.cache_write},
          {"output", attempt.tokens.output},
          {"reasoning", attempt.tokens.reasoning},
          {"estimated", attempt.tokens.estimated},
          {"cost_nano_usd", attempt.cost.nano},
          {"duration_us", attempt.duration.count()}};
}

std::chrono::microseconds microseconds_at(const Json& object, const char* name) {
  return std::chrono::microseconds(object.at(name).get<std::int64_t>());
}

Result<Receipt> receipt_of(const Json& object) {
  Receipt receipt;
  const auto id = parse_hex_id<ReceiptId>(object.at("id").get<std::string>());
  const auto query = parse_hex_id<QueryId>(object.at("query").get<std::string>());
  const auto privacy = parse_privacy_class(object.at("privacy").get<std::string>());
  const auto ending = parse_ending(object.at("ending").get<std::string>());
  if (!id || !query || !privacy || !ending) {
    return fail(ErrorCode::corrupt, "an id, a privacy class or an ending is none");
  }
  receipt.id = *id;
  receipt.query = *query;
  receipt.privacy = *privacy;
  receipt.ending = *ending;
  receipt.received = WallTime(microseconds_at(object, "received_us"));
  object.at("model").get_to(receipt.model);
  object.at("key").get_to(receipt.key);
  object.at("streamed").get_to(receipt.streamed);
  object.at("chosen").get_to(receipt.chosen);
  object.at("answered_by").get_to(receipt.answered_by);
  object.at("predicted_quality").get_to(receipt.predicted_quality);
  object.at("cost_nano_usd").get_to(receipt.cost.nano);
  receipt.propensity = object.value("propensity", 1.0);
  const auto foreseen = bytes_of_hex(object.value("foreseen", ""));
  if (!foreseen) return fail(ErrorCode::corrupt, "what was foreseen is not hexadecimal");
  receipt.foreseen = *foreseen;
  receipt.decide = microseconds_at(object, "decide_us");
  receipt.first_byte = microseconds_at(object, "first_byte_us");
  receipt.total = microseconds_at(object, "total_us");
  object.at("privacy_reasons").get_to(receipt.privacy_reasons);
  receipt.cleared = NameList(object.at("cleared").get<std::vector<std::string>>());
  receipt.redacted = object.value("redacted", std::vector<std::string>());
  for (const Json& attempt : object.at("attempts")) receipt.attempts.push_back(attempt_of(attempt));
  return receipt;
}

}  // namespace

std::string receipt_line(const Receipt& receipt) {
  Json attempts = Json::array();
  for (const Attempt& attempt : receipt.attempts) attempts.push_back(attempt_json(attempt));
  const Json object = {{"id", to_hex(receipt.id)},
                       {"query", to_hex(receipt.query)},
                       {"received_us", receipt.received.time_since_epoch().count()},
                       {"model", receipt.model},
                       {"key", receipt.key},
                       {"privacy", to_string(receipt.privacy)},
                       {"streamed", receipt.streamed},
                       {"chosen", receipt.chosen},
                       {"answered_by", receipt.answered_by},
                       {"predicted_quality", receipt.predicted_quality},
                       {"propensity", receipt.propensity},
                       {"foreseen", hex_of(bytes_in(receipt.foreseen))},
                       {"attempts", std::move(attempts)},
                       {"cost_nano_usd", receipt.cost.nano},
                       {"decide_us", receipt.decide.count()},
                       {"first_byte_us", receipt.first_byte.count()},
                       {"total_us", receipt.total.count()},
                       {"ending", to_string(receipt.ending)},
                       {"privacy_reasons", receipt.privacy_reasons},
                       {"cleared", receipt.cleared.names()},
                       {"redacted", receipt.redacted}};
  // A model's name is a client's word: never throw over its bytes.
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Receipt> parse_receipt_line(std::string_view line) {
  try {
    return receipt_of(Json::parse(line));
  } catch (const Json::parse_error& error) {
    return fail(ErrorCode::corrupt, "not a receipt: no JSON from byte {} on", error.byte);
  } catch (const std::exception& error) {
    // nlohmann's, which name the member, behind the exception's own name in brackets.
    const std::string_view what = error.what();
    const std::size_t name_end = what.starts_with('[') ? what.find("] ") : std::string_view::npos;
    return fail(ErrorCode::corrupt, "not a receipt: {}",
                name_end == std::string_view::npos ? what : what.substr(name_end + 2));
  }
}

}  // namespace ooe::store

#include "gateway/goal_header.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace ooe::gateway {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kGoalBytesMax = 1'024;
constexpr double kDeadlineMax = 86'400'000.0;  // a day, as in ooe.toml
constexpr double kBudgetMax = 1e6;             // USD per 1,000 queries

// Reads an object member by member, and keeps the first thing that is wrong.
class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  [[nodiscard]] bool has(const char* name) const { return object_.contains(name); }

  void text(const char* name, std::string& value) {
    if (const Json* member = find(name)) {
      if (!member->is_string()) return reject(name, *member, "a text");
      value = member->get<std::string>();
    }
  }

  void number(const char* name, double& value, double min, double max) {
    if (const Json* member = find(name)) {
      const double given = member->is_number() ? member->get<double>() : std::nan("");
      if (!(given >= min && given <= max)) {
        return reject(name, *member, fmt::format("a number from {} to {}", min, max));
      }
      value = given;
    }
  }

  void milliseconds(const char* name, std::optional<std::chrono::milliseconds>& value) {
    double given = 0.0;
    number(name, given, 1.0, kDeadlineMax);
    if (given > 0.0) value = std::chrono::milliseconds(static_cast<std::int64_t>(given));
  }

  void wrong(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  // Every member that was not asked for is unknown.
  [[nodiscard]] const std::string& finish() {
    for (const auto& [name, value] : object_.items()) {
      if (known_.contains(name)) continue;
      wrong(fmt::format("'{}' does not belong into this goal", name.substr(0, 40)));
    }
    return error_;
  }

 private:
  const Json* find(const char* name) {
    known_.insert(name);
    const auto at = object_.find(name);
    return at == object_.end() ? nullptr : &*at;
  }

  void reject(const char* name, const Json& value, const std::string& expected) {
    const std::string given = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    wrong(fmt::format("'{}' is {}, not {}", name, given.substr(0, 60), expected));
  }

  const Json& object_;
  std::set<std::string> known_;
  std::string error_;
};

// nlohmann keeps the last of two members of one name; whoever repeats one is not believed.
std::optional<Json> parse_object(std::string_view text) {
  std::set<std::string> names;
  bool twice = false;
  const Json parsed = Json::parse(
      text,
      [&](int depth, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::key && depth == 1) {
          twice = !names.insert(value.get<std::string>()).second || twice;
        }
        return true;
      },
      /*allow_exceptions=*/false);
  if (twice || !parsed.is_object()) return std::nullopt;
  return parsed;
}

}  // namespace

Result<Goal> parse_goal(std::string_view text) {
  if (text.size() > kGoalBytesMax) {
    return fail(ErrorCode::invalid_argument, "the goal has {} bytes, and {} are allowed",
                text.size(), kGoalBytesMax);
  }
  const auto object = parse_object(text);
  if (!object) {
    return fail(ErrorCode::invalid_argument,
                "the goal must be one JSON object whose members are given once, such as "
                R"({{"maximise":"quality","usd_per_1k_queries":2.0}})");
  }
  Reader reader(*object);
  Goal goal;
  constexpr std::array kAims{"maximise", "match", "ownership"};
  if (std::ranges::count_if(kAims, [&](const char* aim) { return reader.has(aim); }) != 1) {
    reader.wrong("a goal has exactly one of maximise, match and ownership");
  }
  if (reader.has("match")) {
    MatchExpert match;
    reader.text("match", match.expert);
    reader.number("tolerance", match.tolerance, 0.0, 1.0);
    reader.number("confidence", match.confidence, 0.5, 0.9999);
    goal.aim = match;
  } else if (reader.has("ownership")) {
    OwnershipShare ownership;
    reader.number("ownership", ownership.share, 0.0, 1.0);
    goal.aim = ownership;
  } else {
    MaximiseQuality maximise;
    std::string what = "quality";
    reader.text("maximise", what);
    if (what != "quality") reader.wrong("only \"quality\" can be maximised");
    double usd = -1.0;
    reader.number("usd_per_1k_queries", usd, 0.0, kBudgetMax);
    if (usd >= 0.0) maximise.per_1k_queries_max = usd_from_double(usd);
    goal.aim = maximise;
  }
  reader.milliseconds("deadline_ms", goal.deadline);
  reader.milliseconds("first_token_ms", goal.first_token);
  if (const std::string& error = reader.finish(); !error.empty()) {
    return fail(ErrorCode::invalid_argument, "{}", error);
  }
  return goal;
}

}  // namespace ooe::gateway

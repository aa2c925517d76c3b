#include "experts/anthropic_json.h"

#include <map>
#include <utility>
#include <vector>

#include "experts/half_pairs.h"

namespace ooe::experts {
namespace {

// Far deeper than any request or tool input, far below what recursion takes.
constexpr std::size_t kDepthMax = 128;
// Among so many members a name is found by looking at all.
constexpr std::size_t kFewMembers = 16;

// One object or list that is not closed yet.
struct Open {
  Json value;
  std::string name;  // of the member whose value comes next
  // Of members, once they are not few. A tree: names can be made to have one hash.
  std::map<std::string, std::size_t> places;
};

// Puts `value` where the member of that name is, or behind all.
void put(Open& open, Json value) {
  auto& members = open.value.get_ref<Json::object_t&>();
  if (members.size() < kFewMembers) {
    members[open.name] = std::move(value);
    return;
  }
  if (open.places.empty()) {
    for (const auto& [name, _] : members) open.places.emplace(name, open.places.size());
  }
  const auto [place, is_new] = open.places.emplace(open.name, members.size());
  if (is_new) {
    members.emplace_back(std::move(open.name), std::move(value));
  } else {
    members.data()[place->second].second = std::move(value);
  }
}

// What the library's parser tells becomes a Json here: its own way of it looks at all members of an
// object for each one, and with a limit on depth at all elements of a list for each object, so that
// a megabyte takes minutes.
class Builder final : public Json::json_sax_t {
 public:
  Json take() { return std::move(whole_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // JSON has none
  bool start_object(std::size_t) override { return begin(Json::object()); }
  bool start_array(std::size_t) override { return begin(Json::array()); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(string_t& name) override {
    open_.back().name = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool begin(Json empty) {
    if (open_.size() == kDepthMax) return false;
    open_.push_back({std::move(empty), {}, {}});
    return true;
  }
  bool end() {
    Json closed = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(closed));
  }
  bool add(Json value) {
    if (open_.empty()) {
      whole_ = std::move(value);
    } else if (open_.back().value.is_array()) {
      open_.back().value.push_back(std::move(value));
    } else {
      put(open_.back(), std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;  // outermost first
  Json whole_;
};

// Returns nothing for what is not JSON or too deep.
std::optional<Json> parse_strictly(std::string_view text) {
  Builder builder;
  if (!Json::sax_parse(text, &builder)) return std::nullopt;
  return builder.take();
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  auto json = parse_strictly(text);
  if (json) return json;
  const auto mended = without_half_pairs(text);
  return mended ? parse_strictly(*mended) : std::nullopt;
}

std::string print_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json& at(const Json& object, const char* key) {
  static const Json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNull;
}

std::string text_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t count_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

}  // namespace ooe::experts

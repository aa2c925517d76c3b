#include "cli/toml_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <toml++/toml.h>

#include "base/near_names.h"

namespace ooe::cli {
namespace {

// On one line, whatever is in it.
std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// A whole number and the same as a fraction are one text.
std::string text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return in_quotes(text->get());
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* list = node.as_array()) {
    std::string texts;
    for (const toml::node& element : *list) {
      texts += (texts.empty() ? "" : ", ") + text_of(element);
    }
    return "[" + texts + "]";
  }
  return "a value of another type";  // no key takes one
}

void add_values(const toml::table& table, const std::string& before,
                std::map<std::string, std::string>& values) {
  for (const auto& [key, node] : table) {
    const std::string path = before + std::string(key.str());
    const toml::array* const list = node.as_array();
    if (const toml::table* below = node.as_table()) {
      add_values(*below, path + ".", values);
    } else if (list != nullptr && list->is_array_of_tables()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        const toml::table& element = *list->get(i)->as_table();
        const auto name = element["name"].value<std::string>();
        const std::string prefix =
            fmt::format("{}.{}.", path, name ? *name : std::to_string(i + 1));
        add_values(element, prefix, values);
        if (name) values.erase(prefix + "name");
      }
    } else {
      values[path] = text_of(node);
    }
  }
}

}  // namespace

struct TomlTable::Document {
  std::string name;
  toml::table root;
  std::optional<Error> error;
};

struct TomlTable::State {
  std::shared_ptr<Document> document;
  const toml::table* table = nullptr;  // null: an absent table
  std::string path;                    // "[server]", empty for the root
  std::vector<std::string> known;      // keys asked for

  const toml::node* find(std::string_view key) {
    known.emplace_back(key);
    return table == nullptr ? nullptr : table->get(key);
  }
  void record(const toml::source_region& where, std::string_view what) {
    if (document->error) return;
    document->error = Error{ErrorCode::invalid_argument,
                            fmt::format("{}:{}: {}{}{}", document->name, where.begin.line, path,
                                        path.empty() ? "" : " ", what)};
  }
  // Numbers are shown; texts are not, since one may be a key in the wrong place.
  void wrong_type(const toml::node& node, std::string_view key, std::string_view wanted) {
    std::string given;
    if (const auto number = node.value_exact<std::int64_t>())
      given = fmt::format(", not {}", *number);
    // "2.0" is a fraction here, and must look like one.
    if (const auto number = node.value_exact<double>()) {
      given = fmt::format(", not {}", *number);
      if (given.find_first_of(".einf", 6) == std::string::npos) given += ".0";
    }
    record(node.source(), fmt::format("{} must be {}{}", key, wanted, given));
  }
};

TomlTable::TomlTable(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<TomlTable> TomlTable::parse(std::string_view text, std::string_view name) {
  auto state = std::make_shared<State>();
  state->document = std::make_shared<Document>();
  state->document->name = name;
  try {
    state->document->root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::corrupt, "{}:{}: not valid TOML: {}", name, error.source().begin.line,
                error.description());
  }
  state->table = &state->document->root;
  return TomlTable(std::move(state));
}

void TomlTable::read(std::string_view key, std::string& value) {
  const toml::node* node = state_->find(key);
  if (node == nullptr) return;
  if (const auto* text = node->as_string()) {
    value = text->get();
  } else {
    state_->wrong_type(*node, key, "a string in quotes");
  }
}

void TomlTable::read(std::string_view key, bool& value) {
  const toml::node* node = state_->find(key);
  if (node == nullptr) return;
  if (const auto* flag = node->as_boolean()) {
    value = flag->get();
  } else {
    state_->wrong_type(*node, key, "true or false");
  }
}

void TomlTable::read(std::string_view key, std::vector<std::string>& value) {
  const toml::node* node = state_->find(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  std::vector<std::string> texts;
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const auto* text = array->get(i)->as_string();
    if (text == nullptr) {
      array = nullptr;
      break;
    }
    texts.push_back(text->get());
  }
  if (array == nullptr) {
    state_->wrong_type(*node, key, "a list of strings");
  } else {
    value = std::move(texts);
  }
}

void TomlTable::read(std::string_view key, double& value, double min, double max) {
  const toml::node* node = state_->find(key);
  if (node == nullptr) return;
  const std::optional<double> number = node->value<double>();
  if (!node->is_number() || !number || !std::isfinite(*number) || *number < min || *number > max) {
    state_->wrong_type(*node, key, fmt::format("a number from {} to {}", min, max));
  } else {
    value = *number;
  }
}

void TomlTable::read(std::string_view key, std::int64_t& value, std::int64_t min,
                     std::int64_t max) {
  const toml::node* node = state_->find(key);
  if (node == nullptr) return;
  const auto* number = node->as_integer();
  if (number == nullptr || number->get() < min || number->get() > max) {
    state_->wrong_type(*node, key, fmt::format("a whole number from {} to {}", min, max));
  } else {
    value = number->get();
  }
}

void TomlTable::read(std::string_view key, std::size_t& value, std::size_t min, std::size_t max) {
  auto number = static_cast<std::int64_t>(value);
  const auto clamp = [](std::size_t limit) {
    return static_cast<std::int64_t>(
        std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
  };
  read(key, number, clamp(min), clamp(max));
  value = static_cast<std::size_t>(number);
}

void TomlTable::read(std::string_view key, std::chrono::milliseconds& value,
                     std::chrono::milliseconds least) {
  std::int64_t count = value.count();
  read(key, count, least.count(), std::chrono::milliseconds(std::chrono::hours(24)).count());
  value = std::chrono::milliseconds(count);
}

void TomlTable::read(std::string_view key, std::chrono::seconds& value,
                     std::chrono::seconds least) {
  std::int64_t count = value.count();
  read(key, count, least.count(), std::chrono::seconds(std::chrono::hours(24)).count());
  value = std::chrono::seconds(count);
}

bool TomlTable::has(std::string_view key) const {
  return state_->table != nullptr && state_->table->contains(key);
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::pair<toml::source_index, std::string>> placed;
  if (state_->table != nullptr) {
    for (const auto& [key, value] : *state_->table) {
      placed.emplace_back(key.source().begin.line, std::string(key.str()));
    }
  }
  std::ranges::stable_sort(placed, {}, &std::pair<toml::source_index, std::string>::first);
  std::vector<std::string> keys;
  keys.reserve(placed.size());
  for (auto& [_, key] : placed) keys.push_back(std::move(key));
  return keys;
}

std::map<std::string, std::string> TomlTable::values() const {
  std::map<std::string, std::string> values;
  if (state_->table != nullptr) add_values(*state_->table, "", values);
  return values;
}

TomlTable TomlTable::table(std::string_view key) {
  auto state = std::make_shared<State>();
  state->document = state_->document;
  state->path = fmt::format("{}[{}]", state_->path, key);
  if (const toml::node* node = state_->find(key)) {
    state->table = node->as_table();
    if (state->table == nullptr) state_->wrong_type(*node, key, "a table");
  }
  return TomlTable(std::move(state));
}

std::optional<TomlTable> TomlTable::table_if(std::string_view key) {
  TomlTable below = table(key);
  return has(key) ? std::optional(std::move(below)) : std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  std::vector<TomlTable> tables;
  const toml::node* node = state_->find(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    state_->wrong_type(*node, key, fmt::format("written as [[{}]]", key));
    return tables;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto state = std::make_shared<State>();
    state->document = state_->document;
    state->path = fmt::format("{}[[{}]]", state_->path, key);
    state->table = array->get(i)->as_table();
    tables.push_back(TomlTable(std::move(state)));
  }
  return tables;
}

void TomlTable::reject(std::string_view key, std::string_view why) {
  const toml::node* node = state_->table == nullptr ? nullptr : state_->table->get(key);
  static const toml::source_region nowhere{};
  state_->record(node != nullptr            ? node->source()
                 : state_->table != nullptr ? state_->table->source()
                                            : nowhere,
                 fmt::format("{}: {}", key, why));
}

void TomlTable::finish(std::span<const Elsewhere> elsewhere) {
  if (state_->table == nullptr) return;
  for (const auto& [key, value] : *state_->table) {
    const std::string name(key.str());
    if (std::ranges::find(state_->known, name) != state_->known.end()) continue;
    if (const auto it = std::ranges::find(elsewhere, name, &Elsewhere::key);
        it != elsewhere.end()) {
      state_->record(key.source(), fmt::format("the key '{}' goes with {}", name, it->beside));
      return;
    }
    std::vector<std::string> names = state_->known;
    for (const Elsewhere& other : elsewhere) {
      if (std::ranges::find(names, other.key) == names.end()) names.emplace_back(other.key);
    }
    state_->record(key.source(),
                   fmt::format("the key '{}' is unknown; {}", name, name_hint(name, names)));
    return;
  }
}

std::string TomlTable::place() const {
  const toml::table* const table = state_->table;
  return fmt::format("{}:{}", state_->document->name,
                     table == nullptr ? 1 : table->source().begin.line);
}

std::optional<Error> TomlTable::error() const { return state_->document->error; }

}  // namespace ooe::cli

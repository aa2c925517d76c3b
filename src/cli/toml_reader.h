// Strict reading of TOML tables: every key must be known, have the right type and a sane value; the
// error names file, line, key, value and remedy. Only the first error is kept, so reading code
// stays a straight list.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ooe::cli {

// One table of a document. Copies look at the same document and share its first error.
class TomlTable {
 public:
  // Errors: corrupt, with "name:line:", when the text is not TOML.
  [[nodiscard]] static Result<TomlTable> parse(std::string_view text, std::string_view name);

  // Each leaves `value` as it is when the key is missing, and records an error when it is of
  // another type.
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, bool& value);
  void read(std::string_view key, std::vector<std::string>& value);
  void read(std::string_view key, double& value, double min, double max);
  void read(std::string_view key, std::int64_t& value, std::int64_t min, std::int64_t max);
  void read(std::string_view key, std::size_t& value, std::size_t min, std::size_t max);
  // In whole milliseconds, and whole seconds; at most a day.
  void read(std::string_view key, std::chrono::milliseconds& value,
            std::chrono::milliseconds least = std::chrono::milliseconds(1));
  void read(std::string_view key, std::chrono::seconds& value, std::chrono::seconds least);

  [[nodiscard]] bool has(std::string_view key) const;
  // The keys of this table in the order of the file; for tables whose keys are the user's.
  [[nodiscard]] std::vector<std::string> keys() const;
  // Every value below this table by its dotted key, texts in quotes: {"price.input": "0.5"}. A
  // table of an array is told by its `name`, else by its place, from 1 on. Asks for no key.
  [[nodiscard]] std::map<std::string, std::string> values() const;
  // Returns an empty table when the key is missing.
  [[nodiscard]] TomlTable table(std::string_view key);
  // Nothing when the key is missing: for tables that mean something by being there.
  [[nodiscard]] std::optional<TomlTable> table_if(std::string_view key);
  // For [[key]]: one table each.
  [[nodiscard]] std::vector<TomlTable> tables(std::string_view key);

  // Records an error about `key`, at its line.
  void reject(std::string_view key, std::string_view why);

  // A key that means something beside another value than the one given.
  struct Elsewhere {
    std::string_view key;
    std::string_view beside;  // "match", "kind = \"dedicated\""
  };
  // Every key not asked for is unknown, and an error.
  void finish(std::span<const Elsewhere> elsewhere = {});

  // "name:line" of where the table begins.
  [[nodiscard]] std::string place() const;

  // The first error of the whole document.
  [[nodiscard]] std::optional<Error> error() const;

 private:
  struct Document;
  struct State;
  explicit TomlTable(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace ooe::cli

#include "cli/kept_file.h"

#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/key_file.h"
#include "cli/toml_reader.h"
#include "predictor/model.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kConfigurationBytesMax = std::uintmax_t{1} << 20U;

// The first bytes, as they are; of what is no file, none.
std::string first_bytes_of(const fs::path& path) {
  std::error_code unknown;
  if (!fs::is_regular_file(path, unknown)) return {};
  std::string bytes(64, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool is_database(const fs::path& path) { return store::is_database(first_bytes_of(path)); }

// Whatever its name is. No result of ours can be read as TOML that says something.
bool is_toml(const fs::path& path) {
  std::error_code unknown;
  if (!fs::is_regular_file(path, unknown)) return false;
  if (path.extension() == ".toml") return true;
  if (fs::file_size(path, unknown) > kConfigurationBytesMax || unknown) return false;
  const auto text = read_file(path.string(), kConfigurationBytesMax);
  if (!text) return false;
  const auto table = TomlTable::parse(*text, "");
  return table && !table->keys().empty();
}

// The file whose name with `ending` is `path`.
std::optional<std::string> without_ending(const std::string& path, std::string_view ending) {
  if (!path.ends_with(ending)) return std::nullopt;
  return path.substr(0, path.size() - ending.size());
}

}  // namespace

std::optional<std::string> kept_there(const std::string& path, Holds result) {
  // Behind links, as it would be written.
  std::error_code unknown;
  const fs::path real = fs::weakly_canonical(path, unknown);
  const std::string there = unknown ? path : real.string();
  if (is_database(there)) return "a database";
  for (const char* ending : kBesideDatabase) {
    const auto database = without_ending(there, ending);
    if (database && is_database(*database)) {
      return fmt::format("a part of the database '{}'", *database);
    }
  }
  if (const auto keys = without_ending(there, secret_path("")); keys && is_toml(*keys)) {
    return fmt::format("the secret of '{}'", *keys);
  }
  if (result != Holds::configuration && is_toml(there)) return "a configuration, or keys (TOML)";
  if (result != Holds::model && predictor::is_model(first_bytes_of(there))) return "a model";
  return std::nullopt;
}

}  // namespace ooe::cli

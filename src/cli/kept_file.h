// Files that no result may replace, whatever command writes it: told by what is in them and by their
// names, since a command knows only what it reads itself.
#pragma once

#include <array>
#include <optional>
#include <string>

namespace ooe::cli {

// What lies, or will lie, beside a database under its own name.
inline constexpr std::array kBesideDatabase{
    "-wal",           "-shm",   "-journal",       "-runs",          "-reserved",
    "-reserved-lock", ".spool", ".spool.refused", ".selfplay.json", ".selfplay.lock"};

// What a result holds. A model may replace a model, and a configuration that is written one that is
// there.
enum class Holds { text, model, configuration };

// What is or belongs at `path`, to be said ("a database"), when a result may not be written there.
[[nodiscard]] std::optional<std::string> kept_there(const std::string& path, Holds result);

}  // namespace ooe::cli

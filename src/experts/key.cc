#include "experts/key.h"

#include <algorithm>
#include <cstdlib>

#include "base/file.h"

namespace ooe::experts {
namespace {

constexpr std::size_t kKeyBytesMax = 16U << 10U;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Result<Secret> checked(const Expert& expert, std::string_view source, std::string_view text) {
  const std::string_view key = trimmed(text);
  if (key.empty()) {
    return fail(ErrorCode::invalid_argument, "expert {}: {} is empty; put its API key there",
                expert.name, source);
  }
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible) {
    return fail(ErrorCode::invalid_argument,
                "expert {}: {} holds something else than one line of visible ASCII; an API key has "
                "no spaces inside",
                expert.name, source);
  }
  return Secret(std::string(key));
}

}  // namespace

Result<Secret> resolve_key(const Expert& expert) {
  const bool from_env = !expert.api_key_env.empty();
  const bool from_file = !expert.api_key_file.empty();
  if (from_env && from_file) {
    return fail(ErrorCode::invalid_argument,
                "expert {}: both api_key_env and api_key_file are given; keep one", expert.name);
  }
  if (from_env) {
    const std::string source = "the variable " + expert.api_key_env;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in ooe changes the environment
    const char* value = std::getenv(expert.api_key_env.c_str());
    if (value == nullptr) {
      return fail(ErrorCode::not_found, "expert {}: {} is not set; export it before starting ooe",
                  expert.name, source);
    }
    return checked(expert, source, value);
  }
  if (from_file) {
    const auto bytes = read_file(expert.api_key_file, kKeyBytesMax);
    if (!bytes) {
      return fail(bytes.error().code, "expert {}: its api_key_file: {}", expert.name,
                  bytes.error().message);
    }
    return checked(expert, "the file " + expert.api_key_file, *bytes);
  }
  return Secret();
}

}  // namespace ooe::experts

#include "experts/key.h"

#include <algorithm>
#include <cstdlib>

#include "base/ascii.h"
#include "base/file.h"

namespace ooe::experts {
namespace {

constexpr std::size_t kKeyBytesMax = 16U << 10U;

Result<Secret> checked(std::string_view whose, std::string_view source, std::string_view text) {
  const std::string_view key = trimmed(text, is_blank);
  if (key.empty()) {
    return fail(ErrorCode::invalid_argument, "{}: {} is empty; put its API key there", whose,
                source);
  }
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible) {
    return fail(ErrorCode::invalid_argument,
                "{}: {} holds something else than one line of visible ASCII; an API key has no "
                "spaces inside",
                whose, source);
  }
  return Secret(std::string(key));
}

}  // namespace

Result<Secret> resolve_key(const Expert& expert) {
  if (!expert.api_key_env.empty() && !expert.api_key_file.empty()) {
    return fail_about(subject_of(expert), ErrorCode::invalid_argument,
                      "expert {}: both api_key_env and api_key_file are given; keep one",
                      expert.name);
  }
  auto key = resolve_secret("expert " + expert.name, expert.api_key_env, expert.api_key_file);
  if (!key) return fail_about(subject_of(expert), key.error());
  return key;
}

Result<Secret> resolve_secret(std::string_view whose, const std::string& env,
                              const std::string& file) {
  if (!env.empty()) {
    const std::string source = "the variable " + env;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in ooe changes the environment
    const char* value = std::getenv(env.c_str());
    if (value == nullptr) {
      return fail(ErrorCode::not_found, "{}: {} is not set; export it before starting ooe", whose,
                  source);
    }
    return checked(whose, source, value);
  }
  if (!file.empty()) {
    const auto bytes = read_file(file, kKeyBytesMax);
    if (!bytes) {
      return fail(bytes.error().code, "{}: its key file: {}", whose, bytes.error().message);
    }
    return checked(whose, "the file " + file, *bytes);
  }
  return Secret();
}

}  // namespace ooe::experts

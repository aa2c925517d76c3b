// API keys: resolved once, from an environment variable or a file, and never printed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "core/expert.h"

namespace ooe::experts {

// Text that does not print: no stream operator and no formatter takes it, so that a log line with a
// secret in it does not compile.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }
  // For the one place that puts it on the wire.
  [[nodiscard]] const std::string& reveal() const { return text_; }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

// Returns the expert's key, white space at its ends removed; empty when it needs none.
// Errors: not_found when the variable is not set or the file is missing; invalid_argument when it
// is empty, has several lines or other bytes that no header carries, or when both sources are
// named. The message names the source, never the content.
[[nodiscard]] Result<Secret> resolve_key(const Expert& expert);

// The same for any secret; `whose` begins the messages: "expert gpt-4", "[admin]". Empty when
// neither source is named.
[[nodiscard]] Result<Secret> resolve_secret(std::string_view whose, const std::string& env,
                                            const std::string& file);

}  // namespace ooe::experts

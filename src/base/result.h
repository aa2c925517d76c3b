// Errors as values: `Result<T>` is either a T or an `Error` that says what went wrong and what to
// do about it. The message names the thing, the offending value and the remedy. Only gateway/ turns
// codes into HTTP, only cli/ into exit codes. See docs/decisions/0001-errors-as-values.md.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <tl/expected.hpp>

namespace ooe {

enum class ErrorCode {
  invalid_argument,    // the caller gave something wrong; a retry fails again
  not_found,           // a named thing does not exist
  permission_denied,   // the key or the privacy class forbids it
  resource_exhausted,  // a limit, budget or queue is full
  deadline_exceeded,   // time ran out
  cancelled,           // somebody asked to stop
  unavailable,         // the other side is not there; a retry may work
  corrupt,             // bytes do not say what their format promises
  internal,            // our fault
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  // Kind and name of what it is about ("expert a", "model m"), for whoever knows where that is
  // written down, so that nobody has to read the message for it; empty: nothing with a name.
  std::string subject = {};
};

template <class T>
using Result = tl::expected<T, Error>;

// Returns an error value for any Result<T>: `return fail(ErrorCode::not_found, "{}: no such file",
// path);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format,
                                         Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

// Passes an error on, for a Result of another type.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

// The same two for an error about `subject`; the message stays as it is.
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail_about(std::string subject, ErrorCode code,
                                               fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(
      Error{code, fmt::format(format, std::forward<Args>(args)...), std::move(subject)});
}
[[nodiscard]] inline tl::unexpected<Error> fail_about(std::string subject, Error error) {
  error.subject = std::move(subject);
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace ooe

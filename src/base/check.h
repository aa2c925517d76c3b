// Checks for a programmer's error: they print what was meant and abort, in release too. Expected
// failures are values (base/result.h). OOE_DCHECK is for hot loops and vanishes in release builds.
#pragma once

namespace ooe {

[[noreturn]] void check_failed(const char* condition, const char* meaning, const char* file,
                               int line);

}  // namespace ooe

// NOLINTBEGIN(cppcoreguidelines-macro-usage): the condition's text and place can only come from a
// macro.
#define OOE_CHECK(condition, meaning) \
  ((condition) ? void(0) : ::ooe::check_failed(#condition, meaning, __FILE__, __LINE__))

#ifdef NDEBUG
#define OOE_DCHECK(condition, meaning) void(0)
#else
#define OOE_DCHECK(condition, meaning) OOE_CHECK(condition, meaning)
#endif
// NOLINTEND(cppcoreguidelines-macro-usage)

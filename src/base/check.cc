#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace ooe {

void check_failed(const char* condition, const char* meaning, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s (%s)\n", file, line, meaning, condition);
  std::abort();
}

}  // namespace ooe

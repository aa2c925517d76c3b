// Only one process at a time: the one that holds a lock file. It writes into the file who it is, so
// that others can say so. The kernel lets go of it when the process ends, however it ends.
// In: a path, a name. Out: the lock, or who holds it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe::store {

class HolderLock {
 public:
  // Errors: unavailable when another one holds it, with that one's name, or when the file cannot be
  // opened or locked.
  [[nodiscard]] static Result<HolderLock> take(const std::string& path, std::string_view name);
  ~HolderLock();  // lets go; the file stays
  HolderLock(HolderLock&& other) noexcept;
  HolderLock& operator=(HolderLock&&) = delete;

 private:
  explicit HolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace ooe::store

// Which runs of an interview are alive? Each holds one byte of a lock file beside the database; the
// kernel lets go of it when the process ends, however it ends, so nobody waits for time-outs and no
// process id is taken for another's. Source: "open file description locks", fcntl(2).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace ooe::store {

class RunLocks {
 public:
  // Errors: unavailable, with the system's reason.
  [[nodiscard]] static Result<RunLocks> open(const std::string& path);
  ~RunLocks();  // lets go
  RunLocks(RunLocks&& other) noexcept;
  RunLocks& operator=(RunLocks&&) = delete;

  // Errors: unavailable when somebody else holds it or the file system has no locks.
  [[nodiscard]] Result<void> take(std::int64_t run);
  // Waits until nobody else holds it. Errors: unavailable when the file system has no locks.
  [[nodiscard]] Result<void> wait_for(std::int64_t run);
  // True when somebody else holds it.
  [[nodiscard]] bool is_held(std::int64_t run) const;

 private:
  RunLocks(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
};

}  // namespace ooe::store

// Which file a database is, whatever becomes of its name. What is written to a file without a name is
// gone when it is closed: whoever writes what was paid for asks before each commit.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

#include "base/result.h"

namespace ooe::store {

class OpenedFile {
 public:
  // Requires: it is open.
  explicit OpenedFile(std::string path);

  // Errors: unavailable when the path leads elsewhere now. Opening whatever has taken its place is
  // no remedy: the write-ahead log beside it is the old one's (sqlite.org/howtocorrupt.html, 2.4).
  [[nodiscard]] Result<void> check() const;

 private:
  std::string path_;
  std::optional<std::pair<dev_t, ino_t>> file_;  // nothing: in memory
};

}  // namespace ooe::store

#include "store/opened_file.h"

#include <sys/stat.h>

namespace ooe::store {
namespace {

// Which file a path leads to; nothing: none.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return std::pair(status.st_dev, status.st_ino);
}

}  // namespace

OpenedFile::OpenedFile(std::string path) : path_(std::move(path)), file_(file_at(path_)) {}

Result<void> OpenedFile::check() const {
  if (file_at(path_) == file_) return {};
  return fail(ErrorCode::unavailable,
              "{}: it was moved, replaced or deleted while it was open; put it back, or restart",
              path_);
}

}  // namespace ooe::store

#include "base/mapped_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system_words.h"

namespace ooe {

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    const int reason = errno;
    return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable, "{}: {}", path,
                system_words(reason));
  }
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  const auto size = known ? static_cast<std::size_t>(status.st_size) : 0;
  void* bytes = nullptr;
  if (known && S_ISREG(status.st_mode) && size > 0) {
    bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  }
  const int reason = errno;
  ::close(file);
  if (!known || bytes == MAP_FAILED) {
    return fail(ErrorCode::unavailable, "{}: {}", path, system_words(reason));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::unavailable, "{}: not a file", path);
  }
  return std::make_shared<const MappedFile>(static_cast<const char*>(bytes), size);
}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace ooe

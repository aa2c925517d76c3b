#include "store/holder_lock.h"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_words.h"

namespace ooe::store {
namespace {

constexpr std::size_t kNameBytesMax = 200;

std::string name_in(int descriptor) {
  std::array<char, kNameBytesMax> name{};
  const ssize_t bytes = ::pread(descriptor, name.data(), name.size(), 0);
  return bytes > 0 ? std::string(name.data(), static_cast<std::size_t>(bytes))
                   : std::string("another process");
}

}  // namespace

Result<HolderLock> HolderLock::take(const std::string& path, std::string_view name) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerAlone);
  if (descriptor < 0) return fail(ErrorCode::unavailable, "{}: {}", path, system_words(errno));
  HolderLock mine(descriptor);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES) {
      return fail(ErrorCode::unavailable, "{}: it cannot be locked: {}", path, system_words(errno));
    }
    return fail(ErrorCode::unavailable, "{}: held by {}", path, name_in(descriptor));
  }
  const std::string_view said = name.substr(0, kNameBytesMax);
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, said.data(), said.size(), 0) != static_cast<ssize_t>(said.size())) {
    return fail(ErrorCode::unavailable, "{}: {}", path, system_words(errno));
  }
  return mine;
}

HolderLock::HolderLock(HolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

HolderLock::~HolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace ooe::store

#include "store/run_locks.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_words.h"

namespace ooe::store {
namespace {

struct flock one_byte(std::int64_t run) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = run;
  lock.l_len = 1;
  return lock;
}

}  // namespace

Result<RunLocks> RunLocks::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerAlone);
  if (descriptor < 0) return fail(ErrorCode::unavailable, "{}: {}", path, system_words(errno));
  return RunLocks(path, descriptor);
}

RunLocks::RunLocks(RunLocks&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

RunLocks::~RunLocks() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> RunLocks::take(std::int64_t run) {
  struct flock lock = one_byte(run);
  if (::fcntl(descriptor_, F_OFD_SETLK, &lock) == 0) return {};
  return fail(ErrorCode::unavailable, "{}: run {} cannot be locked: {}", path_, run,
              system_words(errno));
}

Result<void> RunLocks::wait_for(std::int64_t run) {
  struct flock lock = one_byte(run);
  while (::fcntl(descriptor_, F_OFD_SETLKW, &lock) != 0) {
    if (errno == EINTR) continue;
    return fail(ErrorCode::unavailable, "{}: run {} cannot be locked: {}", path_, run,
                system_words(errno));
  }
  return {};
}

bool RunLocks::is_held(std::int64_t run) const {
  struct flock lock = one_byte(run);
  return ::fcntl(descriptor_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace ooe::store

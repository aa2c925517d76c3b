// Whole files in, whole files out. Reading understands gzip by its magic bytes; writing is all or
// nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe {

// Far above any file ooe is meant for, far below what would drown a laptop.
inline constexpr std::size_t kFileBytesMax = std::size_t{4} << 30U;

// Returns the file's bytes, inflated when it is gzip (one or more members).
// Errors: not_found; invalid_argument when it is packed in another way; corrupt for a truncated or
// damaged gzip; resource_exhausted above `bytes_max` after inflation.
[[nodiscard]] Result<std::string> read_file(const std::string& path,
                                            std::size_t bytes_max = kFileBytesMax);

// Modes of files that are new.
inline constexpr unsigned kReadByAll = 0644;
inline constexpr unsigned kOwnerAlone = 0600;

// Writes all of `bytes`, whatever signals come meanwhile. Returns false where it cannot, with the
// system's reason in errno; some may have been written.
[[nodiscard]] bool write_all(int descriptor, std::string_view bytes);

// Has the folder's entry of a new or renamed file survive a power failure, where it can.
void sync_folder_of(const std::string& path);

// Writes to a temporary file beside `path`, syncs, renames: readers see the old bytes or the new
// ones, never half. Links are followed, the old file's mode and (where we may) owner stay, and what
// is no file (a pipe, /dev/stdout) is written into. A path ending in .gz is compressed. `mode`: of
// a file that was not there, under the umask. Errors: unavailable, with the system's reason.
[[nodiscard]] Result<void> write_file_atomically(const std::string& path, std::string_view bytes,
                                                 unsigned mode = kReadByAll);

// Makes a new file that only its owner may read. Errors: unavailable, also when there is a file of
// that name: a secret is never written over.
[[nodiscard]] Result<void> write_secret_file(const std::string& path, std::string_view bytes);

}  // namespace ooe

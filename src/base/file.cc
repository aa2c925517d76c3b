#include "base/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/system_words.h"

namespace ooe {
namespace {

bool is_gzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

// Kinds of compression that we do not read, by their first bytes.
constexpr std::array<std::array<std::string_view, 3>, 3> kPacked{
    {{"\x28\xb5\x2f\xfd", "zstd", "zstd -d"},
     {std::string_view("\xfd\x37zXZ\0", 6), "xz", "xz -d"},
     {"PK\x03\x04", "zip", "unzip"}}};

Result<std::string> read_plain(const std::string& path, std::size_t bytes_max) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (!file) {
    const int error = errno;
    return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                "{}: cannot be opened: {}", path, system_words(error));
  }
  std::string bytes;
  std::array<char, 1U << 16U> chunk{};
  while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
    bytes.append(chunk.data(), got);
    if (bytes.size() > bytes_max) {
      return fail(ErrorCode::resource_exhausted, "{}: larger than the limit of {} bytes", path,
                  bytes_max);
    }
  }
  if (std::ferror(file.get()) != 0) {
    return fail(ErrorCode::unavailable, "{}: cannot be read: {}", path, system_words(errno));
  }
  return bytes;
}

// zlib's stream with its clean-up; 15 + 16 selects the gzip wrapper.
class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

Result<std::string> inflate_gzip(const std::string& path, std::string& packed,
                                 std::size_t bytes_max) {
  Inflater inflater;
  if (!inflater.ready()) return fail(ErrorCode::internal, "{}: zlib cannot start", path);
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  std::size_t remaining = packed.size();
  std::string bytes;
  std::array<char, 1U << 16U> chunk{};
  int state = Z_OK;
  while (true) {
    if (stream.avail_in == 0) {  // avail_in has 32 bits: large files go in pieces
      const std::size_t piece = std::min<std::size_t>(remaining, std::size_t{1} << 30U);
      stream.avail_in = static_cast<uInt>(piece);
      remaining -= piece;
    }
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) break;
    bytes.append(chunk.data(), chunk.size() - stream.avail_out);
    if (bytes.size() > bytes_max) {
      return fail(ErrorCode::resource_exhausted, "{}: inflates to more than the limit of {} bytes",
                  path, bytes_max);
    }
    if (state == Z_STREAM_END) {
      if (stream.avail_in == 0 && remaining == 0) return bytes;
      if (inflateReset(&stream) != Z_OK) break;  // the next member of a multi-member file
    }
  }
  if (state == Z_BUF_ERROR) {
    return fail(ErrorCode::corrupt, "{}: the gzip data ends too early; fetch the file again", path);
  }
  return fail(ErrorCode::corrupt, "{}: damaged gzip data; fetch the file again", path);
}

std::string deflate_gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

// A pipe or a device has no old bytes to keep, and must not become a file.
Result<void> write_into(const std::string& path, std::string_view bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::unavailable, "{}: cannot be written: {}", path, system_words(errno));
  }
  const bool written = write_all(descriptor, bytes);
  const int error = errno;
  ::close(descriptor);
  if (!written)
    return fail(ErrorCode::unavailable, "{}: cannot be written: {}", path, system_words(error));
  return {};
}

// The file itself, or a rename would replace the link to it.
std::string behind_links(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? std::string(real.get()) : path;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  auto bytes = read_plain(path, bytes_max);
  if (!bytes) return bytes;
  for (const auto& [magic, name, remedy] : kPacked) {
    if (!bytes->starts_with(magic)) continue;
    return fail(ErrorCode::invalid_argument, "{}: compressed with {}; unpack it first (`{}`)", path,
                name, remedy);
  }
  if (!is_gzip(*bytes)) return bytes;
  return inflate_gzip(path, *bytes, bytes_max);
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int descriptor =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

Result<void> write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string packed;
  if (path.ends_with(".gz")) {
    if (bytes.size() > std::numeric_limits<uInt>::max() / 2) {
      return fail(ErrorCode::invalid_argument, "{}: too large for one gzip member; drop the .gz",
                  path);
    }
    packed = deflate_gzip(bytes);
    bytes = packed;
  }
  struct stat old = {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) return write_into(path, bytes);
  const std::string target = exists ? behind_links(path) : path;
  const std::string temporary = target + ".tmp" + std::to_string(::getpid());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (descriptor < 0) {
    return fail(ErrorCode::unavailable, "{}: cannot be written: {}", path, system_words(errno));
  }
  // Whoever may not give it away has it: its folder let them replace it.
  if (exists) [[maybe_unused]]
    const int given = ::fchown(descriptor, old.st_uid, old.st_gid);
  const bool written = (!exists || ::fchmod(descriptor, old.st_mode & 0777) == 0) &&
                       write_all(descriptor, bytes) && ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  if (!written || ::rename(temporary.c_str(), target.c_str()) != 0) {
    const int why = written ? errno : error;
    ::unlink(temporary.c_str());
    return fail(ErrorCode::unavailable, "{}: cannot be written: {}", path, system_words(why));
  }
  sync_folder_of(target);
  return {};
}

Result<void> write_secret_file(const std::string& path, std::string_view bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerAlone);
  if (descriptor < 0) {
    return fail(ErrorCode::unavailable, "{}: cannot be made: {}", path, system_words(errno));
  }
  const bool written = write_all(descriptor, bytes) && ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  if (written) return {};
  ::unlink(path.c_str());
  return fail(ErrorCode::unavailable, "{}: cannot be written: {}", path, system_words(error));
}

}  // namespace ooe

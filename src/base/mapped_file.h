// A file's bytes in memory without copying them: pages come from disk as they are read and leave
// again under pressure. For large files that are replaced whole, by rename, as
// write_file_atomically() does; one that is cut short in place would end the process.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe {

class MappedFile {
 public:
  // Errors: not_found; unavailable, with the system's reason. An empty file maps to no bytes.
  [[nodiscard]] static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);

  MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Begins at a page, so at any alignment a number asks for.
  [[nodiscard]] std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace ooe

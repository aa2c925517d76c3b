// Memory for tables that are read at random: in pages of 2 MiB where the system has them, since a
// table of many megabytes in pages of 4 KiB misses the processor's cache of addresses at nearly
// every read. Where the system gives none, it is memory as any other.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#include <sys/mman.h>

namespace ooe {

template <class T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  explicit(false) HugePageAllocator(const HugePageAllocator<U>& /*other*/) {}

  // Throws std::bad_alloc, as the standard's does.
  [[nodiscard]] T* allocate(std::size_t count) {
    constexpr std::size_t kPage = std::size_t{2} << 20U;
    std::size_t bytes = count * sizeof(T);
    // What is smaller than a page would take a whole one.
    const bool huge = bytes >= kPage;
    if (huge) bytes = (bytes + kPage - 1) / kPage * kPage;
    void* const memory = huge ? std::aligned_alloc(kPage, bytes) : std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (huge) ::madvise(memory, bytes, MADV_HUGEPAGE);  // a wish
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t /*count*/) { std::free(memory); }

  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) = default;
};

template <class T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace ooe

#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ooe::http {

namespace {
constexpr std::size_t kInitialBytes = 16U << 10U;
}  // namespace

InputBuffer::InputBuffer(std::size_t bytes_max) : bytes_max_(std::max(bytes_max, kInitialBytes)) {}

std::span<char> InputBuffer::room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == capacity_) {
    if (begin_ > 0) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    } else {
      move_to(std::clamp(2 * capacity_, kInitialBytes, bytes_max_));
    }
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void InputBuffer::move_to(std::size_t capacity) {
  if (capacity == capacity_) return;
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), bytes_.get(), end_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace ooe::http

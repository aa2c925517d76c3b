#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ooe::http {

namespace {
constexpr std::size_t kInitialBytes = 2U << 10U;
constexpr std::size_t kUsualBytes = 16U << 10U;  // one read takes no more
}  // namespace

InputBuffer::InputBuffer(std::size_t bytes_max) : bytes_max_(std::max(bytes_max, kUsualBytes)) {}

void InputBuffer::rest() {
  if (begin_ != end_) return;
  bytes_ = nullptr;
  begin_ = end_ = 0;
}

std::span<char> InputBuffer::room() {
  // Each byte moved is paid for by one consumed. Without this, a few bytes left unread, such as the
  // front half of a chunk's size, would walk through the whole buffer, a read's length at a time.
  if (begin_ >= end_ - begin_) move_to_front();
  if (std::exchange(filled_, false) && capacity_ < kUsualBytes) {
    grow_to(std::min(4 * capacity_, kUsualBytes));
  }
  if (end_ == capacity_) {
    if (begin_ > 0) {
      move_to_front();
    } else {
      grow_to(std::clamp(2 * capacity_, kInitialBytes, bytes_max_));
    }
  }
  if (bytes_ == nullptr) bytes_ = std::make_unique_for_overwrite<char[]>(capacity_);
  return {bytes_.get() + end_, capacity_ - end_};
}

void InputBuffer::commit(std::size_t n) {
  end_ += n;
  filled_ = n > 0 && end_ == capacity_;
}

void InputBuffer::move_to_front() {
  if (begin_ == 0) return;
  end_ -= begin_;
  if (end_ > 0) std::memmove(bytes_.get(), bytes_.get() + begin_, end_);
  begin_ = 0;
}

void InputBuffer::grow_to(std::size_t capacity) {
  if (capacity == capacity_) return;
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), bytes_.get(), end_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace ooe::http

// Private to this room: bytes read from a socket and not yet parsed, in one contiguous piece.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace ooe::http {

// Starts at 2 KiB and grows whenever a read fills it, up to 16 KiB; beyond that only when a head
// needs it. So a connection that has carried a long prompt takes the next one in one read, and one
// of thousands that carry events of two hundred bytes does not hold 16 KiB for them. Source:
// Netty's AdaptiveRecvByteBufAllocator, without the shrinking.
class InputBuffer {
 public:
  // Unit: bytes. It never holds more than `bytes_max` (or 16 KiB, whichever is more).
  explicit InputBuffer(std::size_t bytes_max);

  [[nodiscard]] std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t n) { begin_ += n; }
  void clear() { begin_ = end_; }
  // Holds no memory until the next room(), unless something is unread: of thousands of connections
  // nearly all wait, and what they share stays in the processor's cache.
  void rest();

  [[nodiscard]] bool is_full() const { return end_ - begin_ == bytes_max_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  // Returns room for the next read; empty when the buffer is full. The bytes of unread() may move,
  // and so may the room of before: never while a read into it is under way.
  [[nodiscard]] std::span<char> room();
  void commit(std::size_t n);

 private:
  void move_to_front();
  void grow_to(std::size_t capacity);

  std::size_t bytes_max_;
  std::size_t capacity_ = 0;
  std::unique_ptr<char[]> bytes_;  // [capacity_]; null while it rests
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool filled_ = false;  // by the last read: there may have been more to read
};

}  // namespace ooe::http

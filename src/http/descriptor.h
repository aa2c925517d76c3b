// Private to this room: a file descriptor that closes itself.
#pragma once

#include <utility>

#include <unistd.h>

namespace ooe::http {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, kNone)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, kNone);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ != kNone; }
  void close() {
    if (is_open()) ::close(std::exchange(number_, kNone));
  }

 private:
  static constexpr int kNone = -1;
  int number_ = kNone;
};

}  // namespace ooe::http

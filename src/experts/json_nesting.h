// Whether JSON that nobody holds is whole: by its brackets, as it passes. In: the bytes of one
// body, in pieces of any size. Out: closed or not. It judges no grammar. Knows: nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace ooe::experts {

class JsonNesting {
 public:
  void feed(std::string_view bytes) {
    for (const char c : bytes) take(c);
  }
  // True when everything that was opened has been closed, and something was.
  [[nodiscard]] bool closed() const { return begun_ && depth_ == 0 && !in_string_; }

 private:
  void take(char c) {
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      begun_ = true;
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }

  std::int64_t depth_ = 0;
  bool begun_ = false;
  bool in_string_ = false;
  bool escaped_ = false;  // by the backslash before it
};

}  // namespace ooe::experts

// A list of names that many records share, e.g. all requests of one privacy class: a copy costs a
// pointer, not its names. The list itself never changes.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ooe {

// Equal are lists of the same names in the same order, shared or not. Threads: any, as a value.
class NameList {
 public:
  NameList() = default;
  NameList(std::initializer_list<std::string> names) : NameList(std::vector<std::string>(names)) {}
  explicit NameList(std::vector<std::string> names)
      : shared_(std::make_shared<const std::vector<std::string>>(std::move(names))) {}

  [[nodiscard]] const std::vector<std::string>& names() const {
    static const std::vector<std::string> kNone;
    return shared_ ? *shared_ : kNone;
  }

  friend bool operator==(const NameList& a, const NameList& b) {
    return a.shared_ == b.shared_ || a.names() == b.names();
  }

 private:
  std::shared_ptr<const std::vector<std::string>> shared_;  // null: no names
};

}  // namespace ooe

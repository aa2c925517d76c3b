// From a text to how private it is. In: any bytes. Out: a privacy class, the kinds of things that
// raised it, and where they are. Knows: core.
//
// Built-in kinds are found by hand-written scanners (scan.h), a user's own by RE2: both linear in
// the text. Whatever goes wrong in here is an error, and whoever asked must take the text for
// `restricted`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/privacy.h"
#include "privacy/finding.h"

namespace ooe::privacy {

// A user's own: a text in which `pattern` (RE2 syntax, found anywhere) matches, as it is written or
// without its escapes, has at least `raises_to`.
struct Rule {
  std::string name;  // what receipts say
  std::string pattern;
  PrivacyClass raises_to = PrivacyClass::restricted;
};

// What each built-in kind raises a text to. `public_` switches a kind off.
using FindingClasses = std::array<PrivacyClass, kFindingTypes>;
[[nodiscard]] FindingClasses default_classes();

struct DetectorOptions {
  FindingClasses classes = default_classes();
  std::vector<Rule> rules = {};
  // Bytes that RE2 may use for all rules together; more for many or large patterns.
  std::int64_t rule_memory_max = std::int64_t{64} << 20U;
};

struct Inspection {
  PrivacyClass privacy = PrivacyClass::public_;
  // Kinds and rules that raised the class above public, each once: kinds in their own order, then
  // rules in theirs. Never anything of the text.
  std::vector<std::string> reasons;
  std::vector<Finding> findings;  // of the built-in kinds that are on, in the order of the text
};

class Detector {
 public:
  // Errors: invalid_argument when a rule has no name, a name taken, or a pattern RE2 does not take.
  [[nodiscard]] static Result<Detector> make(DetectorOptions options);

  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  // Errors: internal, when RE2 gives up. Threads: any.
  [[nodiscard]] Result<Inspection> inspect(std::string_view text) const;

 private:
  struct Impl;
  explicit Detector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::privacy

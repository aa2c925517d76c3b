// The catalogue: the list of experts, checked once, so that everybody behind it can rely on it.
// In: experts as the configuration has them. Out: experts by position and by name. Knows: core,
// http.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "core/name_list.h"
#include "core/privacy.h"

namespace ooe::experts {

// Guarantees: at least one expert; names unique and fit for every file format; base URLs valid and
// without a slash at the end, a query only as Azure has one; `model` given.
class Catalogue {
 public:
  // An expert without `model` is known to its endpoint by its name.
  // Errors: invalid_argument, naming the expert, the value and the remedy.
  [[nodiscard]] static Result<Catalogue> make(std::vector<Expert> experts);

  [[nodiscard]] std::span<const Expert> experts() const { return experts_; }
  [[nodiscard]] std::size_t size() const { return experts_.size(); }
  // Requires: an id of this catalogue.
  [[nodiscard]] const Expert& operator[](ExpertId id) const;
  [[nodiscard]] std::optional<ExpertId> find(std::string_view name) const;
  // The experts that may see queries of this class, in order: one list for all of them.
  [[nodiscard]] const NameList& cleared_for(PrivacyClass privacy) const {
    return cleared_[static_cast<std::size_t>(privacy)];
  }

 private:
  explicit Catalogue(std::vector<Expert> experts);

  std::vector<Expert> experts_;
  // Finds a name without making a string of it.
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  std::unordered_map<std::string, ExpertId, NameHash, std::equal_to<>> by_name_;
  std::array<NameList, kPrivacyClasses> cleared_;  // [PrivacyClass]
};

}  // namespace ooe::experts

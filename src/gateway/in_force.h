// One generation of what is in force, with what lives beside it: the accounts of its keys and the
// health of its experts. A reload makes the next generation; the requests of the old one end with
// the old one. In: Serving. Out: the same, with state carried over. Knows: serving, key_account.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "gateway/expert_health.h"
#include "gateway/expert_pace.h"
#include "gateway/key_account.h"
#include "gateway/serving.h"
#include "gateway/steering.h"
#include "store/store.h"

namespace ooe::gateway {

// Accounts outlive generations: a key that is taken out and put back has not forgotten its bills.
// Threads: any.
class KeyAccounts {
 public:
  // `spent`: from the receipts of whoever served before.
  KeyAccounts(SpentByKeyAndDay spent, const Clock& clock)
      : spent_(std::move(spent)), began_(clock.wall_now()), clock_(clock) {}

  // Returns the account of each key, in the ring's order, with the ring's limits.
  [[nodiscard]] std::vector<std::shared_ptr<KeyAccount>> of(const KeyRing& ring);
  // What every key that has been in force has spent.
  [[nodiscard]] SpentByKey spent();
  // What running requests have reserved, of keys with budgets, ordered by key.
  [[nodiscard]] std::vector<store::KeyCost> reserved();

 private:
  std::mutex mutex_;
  const SpentByKeyAndDay spent_;
  const WallTime began_;
  const Clock& clock_;
  std::unordered_map<std::string, std::shared_ptr<KeyAccount>> accounts_;  // guarded by mutex_
};

// Whose request it is. Both null where no key is needed.
struct Caller {
  const ApiKey* key = nullptr;
  KeyAccount* account = nullptr;
};

struct InForce {
  // `last`: what was in force before, if anything, whose experts' health and pace go on.
  InForce(Serving in_force, KeyAccounts& accounts, ModelPacers& pacers,
          const InForce* last = nullptr);

  // Errors: a Refusal, 401, unless the headers carry one key that is in force; or no key is needed.
  [[nodiscard]] tl::expected<Caller, Refusal> caller(const http::Headers& headers) const;

  Serving serving;
  std::vector<std::shared_ptr<KeyAccount>> accounts;  // [keys of the ring]
  ExpertHealth health;                                // [n_experts]
  ExpertPace pace;
  Steering steering;
};

// Returns, for each expert of `next`, its position in `last` if all that the two say of it is the
// same, its key too. Only then what was learnt about its health still holds: an operator who
// changes something about an expert that is left alone wants it to be asked again.
[[nodiscard]] std::vector<std::optional<std::size_t>> positions_before(const Serving& last,
                                                                       const Serving& next);

}  // namespace ooe::gateway

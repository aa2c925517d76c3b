#include "cli/revocations.h"

#include <algorithm>

namespace ooe::cli {

void Revocations::add(const gateway::KeyHash& key) {
  if (std::ranges::find(revoked_, key) == revoked_.end()) revoked_.push_back(key);
}

gateway::KeyRing Revocations::apply_to(const gateway::KeyRing& ring) {
  std::erase_if(revoked_, [&](const gateway::KeyHash& hash) {
    const auto key = std::ranges::find(ring.keys(), hash, &gateway::ApiKey::hash);
    return key != ring.keys().end() && key->revoked;
  });
  return ring.with_revoked(revoked_);
}

}  // namespace ooe::cli

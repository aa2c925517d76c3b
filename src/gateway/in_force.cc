#include "gateway/in_force.h"

#include <algorithm>
#include <utility>

namespace ooe::gateway {

std::vector<std::shared_ptr<KeyAccount>> KeyAccounts::of(const KeyRing& ring) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<KeyAccount>> accounts;
  accounts.reserve(ring.keys().size());
  for (const ApiKey& key : ring.keys()) {
    std::shared_ptr<KeyAccount>& account = accounts_[key.name];
    if (account) {
      account->set_limits(key.limits);
    } else {
      const auto spent = spent_.find(key.name);
      account = std::make_shared<KeyAccount>(
          key.limits, spent == spent_.end() ? SpentByDay{} : spent->second, began_);
    }
    accounts.push_back(account);
  }
  return accounts;
}

SpentByKey KeyAccounts::spent() {
  const std::lock_guard lock(mutex_);
  SpentByKey spent;
  for (const auto& [name, account] : accounts_) spent[name] = account->spent(clock_.wall_now());
  return spent;
}

std::vector<store::KeyCost> KeyAccounts::reserved() {
  const std::lock_guard lock(mutex_);
  std::vector<store::KeyCost> reserved;
  for (const auto& [name, account] : accounts_) {
    const Usd cost = account->reserved();
    if (cost > Usd{0}) reserved.push_back({name, cost});
  }
  std::ranges::sort(reserved, {}, &store::KeyCost::key);
  return reserved;
}

InForce::InForce(Serving in_force, KeyAccounts& key_accounts, ModelPacers& pacers,
                 const InForce* last)
    : serving(std::move(in_force)),
      health(serving.orchestrator->experts().size()),
      pace(serving.orchestrator->experts().size()),
      steering(*serving.orchestrator, pacers.of(*serving.orchestrator)) {
  if (serving.keys) accounts = key_accounts.of(*serving.keys);
  if (last == nullptr) return;
  const auto before = positions_before(last->serving, serving);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i]) continue;
    health.carry_over(i, last->health, *before[i]);
    pace.carry_over(i, last->pace, *before[i]);
  }
}

tl::expected<Caller, Refusal> InForce::caller(const http::Headers& headers) const {
  if (!serving.keys) return Caller{};
  const auto refuse = [](std::string message) {
    return tl::unexpected<Refusal>(Refusal{.status = 401,
                                           .code = "invalid_api_key",
                                           .message = std::move(message),
                                           .headers = {{"www-authenticate", "Bearer"}}});
  };
  const std::string_view header = http::find_header(headers, "authorization");
  // Two answers to "who are you": believe neither.
  if (http::count_headers(headers, "authorization") != 1 || bearer_token(header).empty()) {
    return refuse("send one key, as `Authorization: Bearer KEY`; `ooe keys add` makes one");
  }
  const ApiKey* key = serving.keys->recognise(header);
  if (key == nullptr) return refuse("this key is unknown or has been revoked");
  const auto at = static_cast<std::size_t>(key - serving.keys->keys().data());
  return Caller{key, accounts[at].get()};
}

std::vector<std::optional<std::size_t>> positions_before(const Serving& last, const Serving& next) {
  const auto experts = last.orchestrator->experts();
  const auto key_of = [](const Serving& serving, const Expert& expert) {
    const auto endpoint = serving.endpoints->find(expert.name);
    return endpoint == serving.endpoints->end() ? experts::Secret() : endpoint->second.key;
  };
  std::vector<std::optional<std::size_t>> positions;
  positions.reserve(next.orchestrator->experts().size());
  for (const Expert& expert : next.orchestrator->experts()) {
    const auto at = std::ranges::find(experts, expert);
    const bool is_known = at != experts.end() && key_of(last, *at) == key_of(next, expert);
    positions.push_back(is_known ? std::optional(static_cast<std::size_t>(at - experts.begin()))
                                 : std::nullopt);
  }
  return positions;
}

}  // namespace ooe::gateway

#include "adapters/runner/bridge_pairings.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <caf/actor_cast.hpp>

namespace unpod {

bridge_pairings::bridge_pairings(std::size_t entries_max) : entries_max_(entries_max) {}

bool bridge_pairings::add(const call_id& call, std::string_view token, const bridge_leg_door& leg) {
  if (token.empty())
    return false;
  entry row{hash_of(token), leg.id(), caf::actor_cast<caf::weak_actor_ptr>(leg)};
  const std::lock_guard lock{mutex_};
  if (entries_.size() >= entries_max_)
    return false;
  entries_.emplace(call, std::move(row));
  return true;
}

void bridge_pairings::remove(caf::actor_id leg) {
  const std::lock_guard lock{mutex_};
  for (auto at = entries_.begin(); at != entries_.end();)
    at = at->second.leg == leg ? entries_.erase(at) : std::next(at);
}

bridge_leg_door bridge_pairings::find(const call_id& call, std::string_view token) const {
  const auto hash = hash_of(token);
  caf::weak_actor_ptr found;
  {
    const std::lock_guard lock{mutex_};
    const auto [first, last] = entries_.equal_range(call);
    for (auto at = first; at != last; ++at) // the newest wins: it comes last
      if (CRYPTO_memcmp(at->second.hash.data(), hash.data(), hash.size()) == 0)
        found = at->second.door;
  }
  return caf::actor_cast<bridge_leg_door>(found);
}

std::size_t bridge_pairings::size() const {
  const std::lock_guard lock{mutex_};
  return entries_.size();
}

bridge_pairings::token_hash bridge_pairings::hash_of(std::string_view token) {
  token_hash hash{};
  EVP_Digest(token.data(), token.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  return hash;
}

} // namespace unpod

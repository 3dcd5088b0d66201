// Which leg waits for which token: the table between the net threads, where
// runners dial, and the BRIDGE LEGs. Tokens are kept as hashes only.
#pragma once

#include "adapters/runner/bridge_socket.hpp"
#include "messages/ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

namespace unpod {

/// Thread-safe. An entry lives as long as its leg.
class bridge_pairings {
public:
  /// entries. Default 4,096: eight jobs for each of calls_max calls.
  explicit bridge_pairings(std::size_t entries_max = 4'096);

  /// The leg of one job. False: the table is full, or the token empty.
  bool add(const call_id& call, std::string_view token, const bridge_leg_door& leg);

  /// Forgets the leg with this actor id; unknown ones too.
  void remove(caf::actor_id leg);

  /// The leg this token opens, compared in constant time; null when there is none.
  bridge_leg_door find(const call_id& call, std::string_view token) const;

  std::size_t size() const;

private:
  using token_hash = std::array<unsigned char, 32>;

  struct entry {
    token_hash hash;
    caf::actor_id leg = 0;
    caf::weak_actor_ptr door;
  };

  static token_hash hash_of(std::string_view token);

  std::size_t entries_max_;
  mutable std::mutex mutex_;
  std::multimap<call_id, entry> entries_;
};

} // namespace unpod

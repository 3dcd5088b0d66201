// PROVIDER: how one speech provider is doing, over all calls of the node.
// Children: none.
#pragma once

#include "actors/rolling_times.hpp"
#include "messages/observed.hpp"
#include "messages/providers.hpp"

namespace unpod {

struct provider_state {
  using self_pointer = self_of<provider_state, provider_actor>;

  static inline const char* name = "provider";

  explicit provider_state(self_pointer self) : self(self) {}

  void note(const provider_report& report);
  provider_health health() const;

  self_pointer self;
  provider_health counts;
  rolling_times first_bytes;
};

provider_actor::behavior_type provider(provider_state::self_pointer self,
                                       std::string provider_name);

} // namespace unpod

// ACCOUNTANT: adds up what the others report, and tells it as Prometheus text.
// Children: none. Restarted when it dies: the counts begin anew, as after any
// restart of a process that Prometheus watches.
#pragma once

#include "actors/metric_book.hpp"
#include "messages/accountant.hpp"
#include "messages/observed.hpp"

namespace unpod {

struct accountant_state {
  using self_pointer = self_of<accountant_state, accountant_actor>;

  static inline const char* name = "accountant";

  metric_book book;
};

accountant_actor::behavior_type accountant(accountant_state::self_pointer self);

} // namespace unpod

#include "actors/accountant.hpp"

namespace unpod {

accountant_actor::behavior_type accountant(accountant_state::self_pointer self) {
  return {
    [self](const count_metric& x) { self->state.book.count(x.name, x.labels, x.by); },
    [self](const time_metric& x) { self->state.book.time(x.name, x.labels, x.took_s); },
    [self](const read_metrics&) { return metrics_text{self->state.book.text()}; },
  };
}

} // namespace unpod

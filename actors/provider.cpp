#include "actors/provider.hpp"

#include <utility>

namespace unpod {

provider_actor::behavior_type provider(provider_state::self_pointer self,
                                       std::string provider_name) {
  self->state.counts.provider = std::move(provider_name);
  return {
    [self](const provider_report& report) { self->state.note(report); },
    [self](caf::get_atom) { return self->state.health(); },
  };
}

void provider_state::note(const provider_report& report) {
  if (report.first_byte_ms >= 0)
    first_bytes.add(report.first_byte_ms);
  if (report.ok) {
    ++counts.successes;
    counts.failures_in_a_row = 0;
  } else {
    ++counts.failures;
    ++counts.failures_in_a_row;
    counts.last_failure = report.why;
  }
}

provider_health provider_state::health() const {
  auto answer = counts;
  answer.first_byte_p50_ms = first_bytes.percentile(0.50);
  answer.first_byte_p99_ms = first_bytes.percentile(0.99);
  return answer;
}

} // namespace unpod

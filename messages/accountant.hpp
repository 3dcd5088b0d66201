// What may be said to the ACCOUNTANT: metrics as messages, Prometheus text out.
#pragma once

#include "messages/inspect.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <string>

namespace unpod {

/// Event. A counter goes up. `labels` is Prometheus's inside of braces, or empty.
struct count_metric {
  std::string name;
  std::string labels;
  double by = 1;
};
UNPOD_MESSAGE(count_metric, x.name, x.labels, x.by)

/// Event. A duration of a named stage, in seconds, into its histogram.
struct time_metric {
  std::string name;
  std::string labels;
  double took_s = 0;
};
UNPOD_MESSAGE(time_metric, x.name, x.labels, x.took_s)

/// Query. Everything, as Prometheus text.
struct read_metrics {};
UNPOD_OPAQUE_MESSAGE(read_metrics)

struct metrics_text {
  std::string text;
};
UNPOD_OPAQUE_MESSAGE(metrics_text)

/// The ACCOUNTANT interface.
using accountant_actor = caf::typed_actor<
  // Counts.
  caf::reacts_to<count_metric>,
  // Takes a time.
  caf::reacts_to<time_metric>,
  // Reports.
  caf::replies_to<read_metrics>::with<metrics_text>>;

} // namespace unpod

// Prometheus text read once, then asked for as often as one likes: a view of the node wants
// some thirty figures of it. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

class metric_figures {
public:
  metric_figures() = default;
  /// Lines that are none of the format's (version 0.0.4) are left out.
  explicit metric_figures(std::string_view text);

  /// The sum of a counter or gauge over its labels; 0 when there is none.
  double total(std::string_view name) const;

  /// The value in seconds that this share of a histogram's entries stayed below, within its
  /// bucket by proportion; nothing without entries. The histograms of all labels count together.
  std::optional<double> quantile(std::string_view histogram, double share) const;

private:
  using buckets = std::map<double, double>; // by upper bound

  std::map<std::string, double, std::less<>> totals_;
  std::map<std::string, buckets, std::less<>> histograms_; // by name with _bucket
};

} // namespace unpod

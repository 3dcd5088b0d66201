#include "adapters/api/metric_figures.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace unpod {

namespace {

constexpr std::string_view bucket_end = "_bucket";

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  if (text == "+Inf")
    return std::numeric_limits<double>::infinity();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{value} : std::nullopt;
}

/// What stands behind `le=` in the labels of a bucket.
std::optional<double> bound_of(std::string_view labels) {
  constexpr std::string_view mark = "le=\"";
  const auto at = labels.find(mark);
  if (at == labels.npos)
    return std::nullopt;
  const auto from = at + mark.size();
  const auto end = labels.find('"', from);
  return end == labels.npos ? std::nullopt : number_of(labels.substr(from, end - from));
}

bool is_bucket(std::string_view name) {
  return name.size() > bucket_end.size()
         && name.substr(name.size() - bucket_end.size()) == bucket_end;
}

/// The entry of this name, made when there is none.
template <class Map>
auto& entry_of(Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found != map.end() ? found->second : map[std::string{name}];
}

} // namespace

metric_figures::metric_figures(std::string_view text) {
  // The lines of a metric stand together, so it is looked up once.
  std::string_view last;
  buckets* histogram = nullptr;
  double* sum = nullptr;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    const auto name = line.substr(0, line.find_first_of("{ "));
    const auto blank = line.rfind(' ');
    if (name.empty() || name.front() == '#' || blank == line.npos || blank < name.size())
      continue;
    const auto value = number_of(line.substr(blank + 1));
    if (!value)
      continue;
    if (name != last) {
      last = name;
      histogram = is_bucket(name) ? &entry_of(histograms_, name) : nullptr;
      sum = histogram ? nullptr : &entry_of(totals_, name);
    }
    if (sum)
      *sum += *value;
    else if (const auto bound = bound_of(line.substr(name.size(), blank - name.size())))
      (*histogram)[*bound] += *value;
  }
}

double metric_figures::total(std::string_view name) const {
  const auto found = totals_.find(name);
  return found == totals_.end() ? 0 : found->second;
}

std::optional<double> metric_figures::quantile(std::string_view histogram, double share) const {
  const auto found = histograms_.find(std::string{histogram} + std::string{bucket_end});
  if (found == histograms_.end() || found->second.empty() || found->second.rbegin()->second <= 0)
    return std::nullopt;
  const auto& below = found->second;
  const auto wanted = share * below.rbegin()->second;
  double low = 0, counted = 0;
  for (const auto& [bound, count] : below) {
    if (count >= wanted)
      return std::isinf(bound) || count <= counted
               ? low
               : low + (bound - low) * (wanted - counted) / (count - counted);
    low = bound;
    counted = count;
  }
  return low;
}

} // namespace unpod

#include "actors/metric_book.hpp"

#include <algorithm>
#include <cstdio>

namespace unpod {

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string braces(const std::string& labels, const std::string& more = {}) {
  const auto both = labels + (labels.empty() || more.empty() ? "" : ",") + more;
  return both.empty() ? "" : "{" + both + "}";
}

} // namespace

bool metric_book::has_room() const {
  return series_ < series_max;
}

void metric_book::count(const std::string& name, const std::string& labels, double by) {
  if (!has_room() && counters_.count(name) == 0)
    return;
  auto& all = counters_[name];
  const auto found = all.find(labels);
  if (found != all.end()) {
    found->second += by;
  } else if (has_room()) {
    ++series_;
    all[labels] = by;
  }
}

void metric_book::time(const std::string& name, const std::string& labels, double took_s) {
  if (!has_room() && histograms_.count(name) == 0)
    return;
  auto& all = histograms_[name];
  if (all.find(labels) == all.end()) {
    if (!has_room())
      return;
    ++series_;
  }
  auto& entry = all[labels];
  const auto bucket = std::lower_bound(buckets_s.begin(), buckets_s.end(), took_s);
  ++entry.counts[static_cast<std::size_t>(bucket - buckets_s.begin())];
  entry.sum += took_s;
  ++entry.total;
}

std::string metric_book::text() const {
  std::string out;
  for (const auto& [name, all] : counters_) {
    out += "# TYPE " + name + " counter\n";
    for (const auto& [labels, value] : all)
      out += name + braces(labels) + " " + number(value) + "\n";
  }
  for (const auto& [name, all] : histograms_) {
    out += "# TYPE " + name + " histogram\n";
    for (const auto& [labels, entry] : all) {
      std::uint64_t below = 0;
      for (std::size_t i = 0; i < entry.counts.size(); ++i) {
        below += entry.counts[i];
        const auto bound = i < buckets_s.size() ? number(buckets_s[i]) : "+Inf";
        out += name + "_bucket" + braces(labels, "le=\"" + bound + "\"") + " "
               + std::to_string(below) + "\n";
      }
      out += name + "_sum" + braces(labels) + " " + number(entry.sum) + "\n";
      out += name + "_count" + braces(labels) + " " + std::to_string(entry.total) + "\n";
    }
  }
  return out;
}

} // namespace unpod

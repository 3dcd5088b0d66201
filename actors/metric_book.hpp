// Counters and histograms under Prometheus names, and their text form. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace unpod {

class metric_book {
public:
  /// series. 2,000: labels are ours, so more is a mistake; what comes beyond is dropped.
  static constexpr std::size_t series_max = 2'000;
  /// Upper bounds of the histogram's buckets, in seconds: 0.1 ms (a dispatch) to 10 s.
  static constexpr std::array<double, 16> buckets_s{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                    0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                    1,      2.5,     5,      10};

  void count(const std::string& name, const std::string& labels, double by);
  void time(const std::string& name, const std::string& labels, double took_s);

  /// The exposition format, version 0.0.4.
  std::string text() const;

private:
  struct histogram {
    std::array<std::uint64_t, buckets_s.size() + 1> counts{};
    double sum = 0;
    std::uint64_t total = 0;
  };
  using series = std::map<std::string, double>; // by labels

  bool has_room() const;

  std::map<std::string, series> counters_;
  std::map<std::string, std::map<std::string, histogram>> histograms_;
  std::size_t series_ = 0;
};

} // namespace unpod

// Percentiles, Prometheus text, chance, and the machine's name.
#include "adapters/peers/bench_figures.hpp"

#include "adapters/peers/demo_story.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace unpod {

namespace {

/// The number behind `prefix` at the start of a line; `at` goes behind that line.
std::optional<double> number_after(std::string_view text, std::string_view prefix,
                                   std::size_t& at) {
  for (; at < text.size();
       at = text.find('\n', at) == std::string_view::npos ? text.size() : text.find('\n', at) + 1) {
    if (text.substr(at, prefix.size()) != prefix)
      continue;
    const auto begin = at + prefix.size();
    const auto end = std::min(text.find('\n', begin), text.size());
    const std::string number{text.substr(begin, end - begin)};
    at = std::min(end + 1, text.size());
    return std::strtod(number.c_str(), nullptr);
  }
  return std::nullopt;
}

std::string value_in_file(const char* path, const std::string& key) {
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    if (line.rfind(key, 0) == 0) {
      const auto at = line.find_first_not_of(" \t:", line.find(':'));
      return at == std::string::npos ? std::string{} : line.substr(at);
    }
  return {};
}

} // namespace

figure percentile_figure(const std::vector<double>& values, double p, const std::string& why) {
  return values.empty() ? figure::none(why) : figure::of(percentile(values, p));
}

std::optional<double> metric_in(std::string_view text, std::string_view name) {
  std::size_t at = 0;
  return number_after(text, std::string{name} + " ", at);
}

told_histogram histogram_in(std::string_view text, const std::string& name) {
  told_histogram told;
  const auto prefix = name + "_bucket{le=\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const auto found = text.find(prefix, at);
    if (found == std::string_view::npos)
      break;
    const auto line_end = std::min(text.find('\n', found), text.size());
    const std::string line{text.substr(found + prefix.size(), line_end - found - prefix.size())};
    const auto quote = line.find("\"} ");
    if (quote != std::string::npos)
      told.emplace_back(line[0] == '+' ? std::numeric_limits<double>::infinity()
                                       : std::strtod(line.c_str(), nullptr),
                        std::strtod(line.c_str() + quote + 3, nullptr));
    at = line_end;
  }
  return told;
}

told_histogram histogram_since(const told_histogram& before, const told_histogram& after) {
  auto grown = after;
  for (std::size_t i = 0; i < grown.size() && before.size() == grown.size(); ++i)
    grown[i].second -= before[i].second;
  return grown;
}

figure histogram_quantile(const told_histogram& told, double p) {
  if (told.empty() || told.back().second <= 0)
    return figure::none("nothing was counted");
  const double wanted = p * told.back().second;
  double lower = 0, below = 0;
  for (const auto& [bound, count] : told) {
    if (count >= wanted && count > below) {
      if (std::isinf(bound))
        break;
      return figure::of(lower + (bound - lower) * (wanted - below) / (count - below));
    }
    if (!std::isinf(bound))
      lower = bound;
    below = count;
  }
  return figure::of(lower);
}

std::vector<std::size_t> weighted_random_burst(std::size_t runners, std::size_t jobs,
                                               std::size_t seats, std::uint64_t seed) {
  std::vector<std::size_t> given(runners, 0);
  if (runners == 0 || seats == 0)
    return given;
  // All were idle when last heard of, so all weights are the same; a full one is tried in vain.
  std::mt19937_64 dice{seed};
  std::uniform_int_distribution<std::size_t> any{0, runners - 1};
  for (std::size_t job = 0; job < std::min(jobs, runners * seats); ++job) {
    auto runner = any(dice);
    while (given[runner] >= seats)
      runner = any(dice);
    ++given[runner];
  }
  return given;
}

std::size_t spread_of(const std::vector<std::size_t>& jobs) {
  if (jobs.empty())
    return 0;
  const auto [least, most] = std::minmax_element(jobs.begin(), jobs.end());
  return *most - *least;
}

std::string describe_hardware() {
  utsname about{};
  ::uname(&about);
  auto cpu = value_in_file("/proc/cpuinfo", "model name");
  char memory[32];
  std::snprintf(memory, sizeof memory, "%.1f GB",
                std::strtod(value_in_file("/proc/meminfo", "MemTotal").c_str(), nullptr) / 1e6);
  return (cpu.empty() ? std::string{about.machine} : cpu) + ", "
         + std::to_string(std::max(1U, std::thread::hardware_concurrency())) + " cores, " + memory
         + ", " + about.sysname + " " + about.release;
}

} // namespace unpod

// What calls used up, added together: for one call, and for many by call, agent or
// project. Pure but for a look at the store.
#pragma once

#include "adapters/json/json.hpp"
#include "messages/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace unpod {

/// rows. 10,000: of one call that are added together.
inline constexpr std::size_t usage_rows_max = 10'000;

class usage_sum {
public:
  /// One more row; one that can't be read counts for nothing.
  void add(const usage_record& row);

  /// Calls it is of.
  std::size_t calls() const {
    return calls_.size();
  }
  /// Flat: every counter, `cost_usd` (null where no profile stated a price) and, with
  /// `providers`, who they were and what each speech provider had (`by_provider`).
  std::string str(bool with_providers) const;

private:
  std::map<std::string, double> counters_;
  std::map<std::string, std::set<std::string>> providers_;
  std::map<std::string, std::map<std::string, double>> shares_; // by provider
  std::set<call_id> calls_;
  double cost_ = 0;
  bool has_cost_ = false;
};

/// Of one call; "{}" when nothing was counted yet.
std::string usage_json(const store_reader& reader, const call_id& call);

/// The row that a report (contract §1.17) becomes; false and words naming the field.
bool read_usage(const json::value& body, usage_record& into, std::string& why);

/// ms of "2026-11-21" or "2026-11-21T16:20:00Z" (UTC); nothing when it is neither.
std::optional<wall_ms> time_of(const std::string& text);

} // namespace unpod

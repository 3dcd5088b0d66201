#include "actors/call_gates.hpp"

namespace unpod {

namespace {

std::size_t count_in(const std::map<std::string, std::size_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

void count_down(std::map<std::string, std::size_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  if (found != counts.end() && --found->second == 0)
    counts.erase(found);
}

} // namespace

gate_answer call_gates::take(const gate_key& key, mono_time now) {
  const bool pipe_full = key.pipe_calls_max > 0 && count_in(pipes_, key.pipe) >= key.pipe_calls_max;
  if (taken_ >= bounds_.slots_max || count_in(accounts_, key.account) >= bounds_.account_calls_max
      || count_in(trunks_, key.trunk) >= bounds_.trunk_calls_max
      || count_in(numbers_, key.number) >= bounds_.number_calls_max || pipe_full)
    return {};
  // A burst of one: a second's calls are spread over the second.
  auto& pace =
    paces_
      .try_emplace(key.trunk,
                   token_bucket{{static_cast<double>(bounds_.trunk_calls_per_s), 1}, now})
      .first->second;
  const auto wait = pace.take(now);
  if (wait.count() > 0)
    return {false, wait};
  take_anyway(key);
  return {true, milliseconds{0}};
}

void call_gates::take_anyway(const gate_key& key) {
  ++taken_;
  ++accounts_[key.account];
  ++trunks_[key.trunk];
  ++numbers_[key.number];
  ++pipes_[key.pipe];
}

void call_gates::give_back(const gate_key& key) {
  taken_ -= taken_ > 0 ? 1 : 0;
  count_down(accounts_, key.account);
  count_down(trunks_, key.trunk);
  count_down(numbers_, key.number);
  count_down(pipes_, key.pipe);
}

} // namespace unpod

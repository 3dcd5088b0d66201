#include "actors/dispatch_choice.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// Why this runner can't be chosen at all; empty when it can.
std::string bar_to(const runner_seats& row, const std::vector<worker_id>& excluded) {
  if (std::find(excluded.begin(), excluded.end(), row.worker) != excluded.end())
    return "tried already";
  if (row.draining)
    return "draining";
  if (!row.eligible)
    return "no heartbeat lately";
  if (row.busy() >= row.seats)
    return "full";
  return {};
}

} // namespace

bool less_loaded(const runner_seats& a, const runner_seats& b) {
  const auto left = a.busy() * b.seats;
  const auto right = b.busy() * a.seats;
  if (left != right)
    return left < right;
  if (a.active != b.active)
    return a.active < b.active;
  if (a.idle_since != b.idle_since)
    return a.idle_since < b.idle_since;
  return a.worker < b.worker;
}

dispatch_choice choose_runner(const std::vector<runner_seats>& rows,
                              const std::vector<worker_id>& excluded) {
  dispatch_choice choice;
  const runner_seats* best = nullptr;
  for (const auto& row : rows)
    if (bar_to(row, excluded).empty() && (!best || less_loaded(row, *best)))
      best = &row;
  const auto note = [&](const runner_seats& row, std::string verdict) {
    choice.candidates.push_back({row.worker, row.busy(), row.seats, std::move(verdict)});
  };
  if (best) {
    choice.worker = best->worker;
    note(*best, "chosen");
  }
  for (const auto& row : rows) {
    if (choice.candidates.size() >= candidates_max)
      break;
    const auto bar = bar_to(row, excluded);
    if (&row != best)
      note(row, bar.empty() ? "more loaded" : bar);
  }
  return choice;
}

} // namespace unpod

// The living actors as rows: filtered, sorted or as a tree, and written as JSON. Pure.
#pragma once

#include "adapters/http/route_path.hpp"
#include "messages/activity_registry.hpp"
#include "messages/clock.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// rows. 10,000: of one answer; the rest is counted.
inline constexpr std::size_t actor_rows_max = 10'000;

/// What is wanted of them: `?view=&kind=&subject=&state=&sort=&limit=`.
struct actor_wish {
  bool tree = true;
  std::string kind;
  std::string subject; // a part of it is enough
  std::string state;
  std::string sort; // mailbox, rate, p99, memory, restarts, busy, age; empty: by id
  std::size_t limit = actor_rows_max;
};

/// Nothing, and words that name the argument, when it is no wish (answer 422).
std::optional<actor_wish> read_actor_wish(const query_arguments& query, std::string& why);

struct actor_row {
  activity seen;
  std::size_t level = 0;    // in the tree; the root is 0
  std::size_t children = 0; // that live, whether or not they are among the rows
  bool matches = true;      // false: shown only because one below it does
};

/// In the order they are shown in. In a tree, whoever matches brings those above it along.
std::vector<actor_row> arranged(std::vector<activity> all, const actor_wish& wish);

/// Both clocks now: ages are told by the one, times by the other.
struct both_clocks {
  std::chrono::nanoseconds mono{0};
  wall_ms wall = 0;
};

/// When that was, by the other clock.
wall_ms wall_of(std::chrono::nanoseconds at, const both_clocks& now);

std::string actor_json(const actor_row& row, const both_clocks& now);
/// A list of them.
std::string actors_json(const std::vector<actor_row>& rows, const both_clocks& now);
std::string exit_json(const actor_exit& exit, const both_clocks& now);

/// May an actor of this kind be made to wait? Not those that everything goes through.
bool may_be_suspended(const std::string& kind);
/// May it be killed? Everyone but the root: the tree heals (architecture §2).
bool may_be_killed(const std::string& kind);

} // namespace unpod

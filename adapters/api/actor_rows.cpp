#include "adapters/api/actor_rows.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/json_writer.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>

namespace unpod {

namespace {

using by_size = double (*)(const activity&);
using place = std::uint32_t; // in the list of all the living

constexpr std::array<std::pair<const char*, by_size>, 7> sorts{{
  {"mailbox", [](const activity& x) { return static_cast<double>(x.mailbox_depth); }},
  {"rate", [](const activity& x) { return x.per_s; }},
  {"p99", [](const activity& x) { return static_cast<double>(x.p99.count()); }},
  {"memory", [](const activity& x) { return static_cast<double>(x.bytes); }},
  {"restarts", [](const activity& x) { return static_cast<double>(x.restarts); }},
  {"busy", [](const activity& x) { return static_cast<double>(x.busy_for.count()); }},
  {"age", [](const activity& x) { return -static_cast<double>(x.started.count()); }},
}};

by_size sort_of(const std::string& name) {
  for (const auto& [known, sort] : sorts)
    if (name == known)
      return sort;
  return nullptr;
}

bool is_wanted(const activity& one, const actor_wish& wish) {
  return (wish.kind.empty() || one.kind == wish.kind)
         && (wish.state.empty() || one.state == wish.state)
         && (wish.subject.empty() || one.subject.find(wish.subject) != std::string::npos);
}

/// The living by parent; who has none among them is a root. All by their places in `all`:
/// of thousands of actors none is copied before it is known to be a row.
class actor_tree {
public:
  actor_tree(const std::vector<activity>& all, const actor_wish& wish) : all_(all), wish_(wish) {
    const auto count = static_cast<place>(all.size());
    std::vector<std::pair<std::uint64_t, place>> ids;
    ids.reserve(count);
    for (place at = 0; at < count; ++at)
      ids.emplace_back(all[at].id, at);
    if (!std::is_sorted(ids.begin(), ids.end()))
      std::sort(ids.begin(), ids.end());
    const auto parent_of = [&](const activity& one) {
      const auto found = std::lower_bound(ids.begin(), ids.end(), std::pair{one.parent, place{0}});
      return found != ids.end() && found->first == one.parent ? found->second : count;
    };
    // Each parent's children lie together: counted, then put where those before them end.
    std::vector<place> parents(count);
    begins_.assign(std::size_t{count} + 2, 0); // the last parent is nobody
    for (place at = 0; at < count; ++at)
      ++begins_[(parents[at] = parent_of(all[at])) + std::size_t{1}];
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    below_.resize(count);
    auto next = begins_;
    for (place at = 0; at < count; ++at)
      below_[next[parents[at]]++] = at;
    if (const auto sort = sort_of(wish.sort))
      for (place parent = 0; parent <= count; ++parent)
        std::stable_sort(below_.begin() + begins_[parent], below_.begin() + begins_[parent + 1],
                         [&](place a, place b) { return sort(all[a]) > sort(all[b]); });
  }

  /// A row that is not filled yet.
  struct spot {
    place at;
    std::size_t level;
    bool matches;
  };

  std::vector<spot> spots() {
    add_below(static_cast<place>(all_.size()), 0);
    return std::move(spots_);
  }

  std::size_t children_of(place at) const {
    return begins_[at + std::size_t{1}] - begins_[at];
  }

private:
  /// levels. 32: no tree of ours is deeper, and no ring can hold us here.
  static constexpr std::size_t levels_max = 32;

  bool add_below(place parent, std::size_t level) {
    if (level > levels_max)
      return false;
    bool any = false;
    for (auto i = begins_[parent]; i < begins_[parent + std::size_t{1}]; ++i) {
      const auto at = below_[i];
      const auto here = spots_.size();
      const bool matches = is_wanted(all_[at], wish_);
      spots_.push_back({at, level, matches});
      const bool below = add_below(at, level + 1);
      if (!matches && !below)
        spots_.resize(here);
      any = any || matches || below;
    }
    return any;
  }

  const std::vector<activity>& all_;
  const actor_wish& wish_;
  std::vector<place> begins_, below_;
  std::vector<spot> spots_;
};

/// Those who are wanted, the first of them in front.
std::vector<actor_tree::spot> flat_spots(const std::vector<activity>& all, const actor_wish& wish) {
  std::vector<actor_tree::spot> spots;
  for (place at = 0; at < all.size(); ++at)
    if (is_wanted(all[at], wish))
      spots.push_back({at, 0, true});
  if (const auto sort = sort_of(wish.sort)) {
    // Like a stable sort, but only as far as there will be rows.
    const auto shown = std::min(spots.size(), wish.limit);
    std::partial_sort(spots.begin(), spots.begin() + static_cast<std::ptrdiff_t>(shown),
                      spots.end(), [&](const auto& a, const auto& b) {
                        const auto x = sort(all[a.at]), y = sort(all[b.at]);
                        return x > y || (x == y && a.at < b.at);
                      });
  }
  return spots;
}

double to_us(std::chrono::nanoseconds span) {
  return static_cast<double>(span.count()) / 1'000;
}

double to_s(std::chrono::nanoseconds span) {
  return static_cast<double>(span.count()) / 1e9;
}

/// What an actor died of, as people say it.
std::string_view plain_reason(std::string_view rendered) {
  return rendered == "exit_reason(kill)" ? "killed" : rendered;
}

bool is_any_of(std::string_view kind, std::initializer_list<std::string_view> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

} // namespace

wall_ms wall_of(std::chrono::nanoseconds at, const both_clocks& now) {
  return now.wall - std::chrono::duration_cast<std::chrono::milliseconds>(now.mono - at).count();
}

std::optional<actor_wish> read_actor_wish(const query_arguments& query, std::string& why) {
  actor_wish wish;
  for (const auto& [name, into] : {std::pair{"kind", &wish.kind},
                                   {"subject", &wish.subject},
                                   {"state", &wish.state},
                                   {"sort", &wish.sort}})
    if (const auto found = query.find(name))
      *into = *found;
  if (!wish.sort.empty() && !sort_of(wish.sort))
    why = "sort must be one of mailbox, rate, p99, memory, restarts, busy and age";
  if (const auto view = query.find("view")) {
    wish.tree = *view == "tree";
    if (!wish.tree && *view != "flat")
      why = "view must be tree or flat";
  }
  if (const auto limit = query.find("limit")) {
    const auto* end = limit->data() + limit->size();
    const auto read = std::from_chars(limit->data(), end, wish.limit);
    if (read.ec != std::errc{} || read.ptr != end || wish.limit < 1 || wish.limit > actor_rows_max)
      why = "limit must be a whole number from 1 to " + std::to_string(actor_rows_max);
  }
  return why.empty() ? std::optional{wish} : std::nullopt;
}

std::vector<actor_row> arranged(std::vector<activity> all, const actor_wish& wish) {
  actor_tree tree{all, wish};
  auto spots = wish.tree ? tree.spots() : flat_spots(all, wish);
  spots.resize(std::min(spots.size(), wish.limit), {0, 0, false});
  std::vector<actor_row> rows;
  rows.reserve(spots.size());
  for (const auto& one : spots) // each actor is a row once
    rows.push_back({std::move(all[one.at]), one.level, tree.children_of(one.at), one.matches});
  return rows;
}

void write_actor(std::string& out, const actor_row& row, const both_clocks& now) {
  const auto& x = row.seen;
  json_writer{out}
    .raw("id", json_quoted(std::to_string(x.id)))
    .id("parent_id", x.parent)
    .text("kind", x.kind)
    .text_or_null("subject", x.subject)
    .text_or_null("state", x.suspended ? "suspended" : x.state)
    .whole("level", row.level)
    .whole("children", row.children)
    .flag("matches", row.matches)
    .time("started_at", wall_of(x.started, now))
    .number("age_s", to_s(now.mono - x.started))
    .whole("mailbox", x.mailbox_depth)
    .whole("handled", x.handled)
    .number("per_s", x.per_s)
    .number("p50_us", to_us(x.p50))
    .number("p99_us", to_us(x.p99))
    .number("handler_s", to_s(x.handler_time))
    .number("busy_ms", to_us(x.busy_for) / 1'000)
    .number("idle_s", x.handled == 0 ? 0 : to_s(now.mono - x.last_active))
    .whole("bytes", x.bytes)
    .whole("restarts", x.restarts)
    .text_or_null("last_exit", plain_reason(x.last_exit))
    .flag("suspended", x.suspended)
    .close();
}

std::string actor_json(const actor_row& row, const both_clocks& now) {
  std::string out;
  write_actor(out, row, now);
  return out;
}

std::string actors_json(const std::vector<actor_row>& rows, const both_clocks& now) {
  constexpr std::size_t row_bytes = 420; // most are shorter
  std::string out;
  out.reserve(rows.size() * row_bytes + 2);
  out += '[';
  for (const auto& row : rows) {
    if (out.size() > 1)
      out += ',';
    write_actor(out, row, now);
  }
  return out += ']';
}

std::string exit_json(const actor_exit& exit, const both_clocks& now) {
  return json_line{}
    .text("id", std::to_string(exit.id))
    .text("parent_id", std::to_string(exit.parent))
    .text("kind", exit.kind)
    .raw("subject", json_or_null(exit.subject))
    .text("reason", plain_reason(exit.reason))
    .raw("at", json_time(wall_of(exit.at, now)))
    .str();
}

bool may_be_suspended(const std::string& kind) {
  return is_any_of(kind,
                   {"call", "transcriber", "synthesizer", "recorder", "bridge_leg", "client_leg",
                    "stt_stream", "tts_stream", "runner", "runner_face", "provider"});
}

bool may_be_killed(const std::string& kind) {
  return kind != "node";
}

} // namespace unpod

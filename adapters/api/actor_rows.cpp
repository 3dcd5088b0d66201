#include "adapters/api/actor_rows.hpp"

#include "adapters/api/answers.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace unpod {

namespace {

using by_size = double (*)(const activity&);

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

/// The living by parent; who has none among them is a root.
class actor_tree {
public:
  actor_tree(const std::vector<activity>& all, const actor_wish& wish) : wish_(wish) {
    for (const auto& one : all)
      ids_[one.id] = &one;
    for (const auto& one : all)
      below_[ids_.count(one.parent) > 0 ? one.parent : 0].push_back(&one);
    if (const auto sort = sort_of(wish.sort))
      for (auto& [parent, children] : below_)
        std::stable_sort(children.begin(), children.end(),
                         [sort](const auto* a, const auto* b) { return sort(*a) > sort(*b); });
  }

  std::vector<actor_row> rows() {
    add_below(0, 0);
    return std::move(rows_);
  }

  std::size_t children_of(std::uint64_t id) const {
    const auto found = below_.find(id);
    return found == below_.end() ? 0 : found->second.size();
  }

private:
  /// levels. 32: no tree of ours is deeper, and no ring can hold us here.
  static constexpr std::size_t levels_max = 32;

  bool add_below(std::uint64_t parent, std::size_t level) {
    const auto found = below_.find(parent);
    if (found == below_.end() || level > levels_max)
      return false;
    bool any = false;
    for (const auto* one : found->second) {
      const auto here = rows_.size();
      const bool matches = is_wanted(*one, wish_);
      rows_.push_back({*one, level, children_of(one->id), matches});
      const bool below = add_below(one->id, level + 1);
      if (!matches && !below)
        rows_.resize(here);
      any = any || matches || below;
    }
    return any;
  }

  const actor_wish& wish_;
  std::unordered_map<std::uint64_t, const activity*> ids_;
  std::unordered_map<std::uint64_t, std::vector<const activity*>> below_;
  std::vector<actor_row> rows_;
};

double to_us(std::chrono::nanoseconds span) {
  return static_cast<double>(span.count()) / 1'000;
}

double to_s(std::chrono::nanoseconds span) {
  return static_cast<double>(span.count()) / 1e9;
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

std::vector<actor_row> arranged(const std::vector<activity>& all, const actor_wish& wish) {
  actor_tree tree{all, wish};
  std::vector<actor_row> rows;
  if (wish.tree) {
    rows = tree.rows();
  } else {
    for (const auto& one : all)
      if (is_wanted(one, wish))
        rows.push_back({one, 0, tree.children_of(one.id), true});
    if (const auto sort = sort_of(wish.sort))
      std::stable_sort(rows.begin(), rows.end(), [sort](const auto& a, const auto& b) {
        return sort(a.seen) > sort(b.seen);
      });
  }
  if (rows.size() > wish.limit)
    rows.resize(wish.limit);
  return rows;
}

std::string actor_json(const actor_row& row, const both_clocks& now) {
  const auto& x = row.seen;
  return json_line{}
    .text("id", std::to_string(x.id))
    .raw("parent_id", x.parent == 0 ? "null" : json_quoted(std::to_string(x.parent)))
    .text("kind", x.kind)
    .raw("subject", json_or_null(x.subject))
    .raw("state", json_or_null(x.suspended ? "suspended" : x.state))
    .whole("level", row.level)
    .whole("children", row.children)
    .flag("matches", row.matches)
    .raw("started_at", json_time(wall_of(x.started, now)))
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
    .raw("last_exit", json_or_null(x.last_exit))
    .flag("suspended", x.suspended)
    .str();
}

std::string exit_json(const actor_exit& exit, const both_clocks& now) {
  return json_line{}
    .text("id", std::to_string(exit.id))
    .text("parent_id", std::to_string(exit.parent))
    .text("kind", exit.kind)
    .raw("subject", json_or_null(exit.subject))
    .text("reason", exit.reason)
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

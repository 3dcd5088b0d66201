// See repair.hpp.
#include "storage/repair.hpp"

#include "messages/end_reason.hpp"
#include "messages/log.hpp"
#include "messages/outbox.hpp"
#include "messages/usage.hpp"
#include "storage/hash.hpp"
#include "storage/keys.hpp"
#include "storage/reader.hpp"
#include "storage/record_codec.hpp"
#include "storage/store_group.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace unpod {

namespace {

/// The next `count` ids under `live/`, after this one.
std::vector<std::string> live_ids(const backend& disk, const std::string& after,
                                  std::size_t count) {
  const std::string prefix = live_prefix;
  std::vector<std::string> ids;
  disk.scan({space::meta, prefix, after.empty() ? "" : prefix + after, false},
            [&](std::string_view key, auto) {
              ids.emplace_back(key.substr(prefix.size()));
              return ids.size() < count;
            });
  return ids;
}

/// The last entry of a call's journal; seq 0 when there is none.
journal_record last_entry(const backend& disk, const std::string& id) {
  journal_record last;
  disk.scan({space::journal, id + "/", "", true}, [&](auto, std::string_view value) {
    if (auto entry = decode_as<journal_record>(value))
      last = std::move(*entry);
    return last.seq == 0;
  });
  return last;
}

wall_ms last_sign_of_life(const call_record& call, const journal_record& last) {
  auto at = std::max({call.created, call.started, call.modified, last.at});
  for (const auto& turn : call.transcript)
    at = std::max(at, turn.at);
  return at;
}

/// With what webhooks are to be told of it, and what is known of its usage.
store_write ending_of(const store_reader& reader, call_record call, const journal_record& last,
                      wall_ms now) {
  const auto reason = to_string(end_reason::node_lost);
  journal_record entry;
  entry.call = call.id;
  entry.seq = last.seq + 1;
  entry.at = now;
  entry.kind = "end";
  entry.body = "{\"reason\":\"" + reason + "\"}";
  call.ended = last_sign_of_life(call, last);
  call.status = "failed";
  call.end_reason = reason;
  call.modified = now;
  usage_tally used;
  used.call_s = call.started > 0 ? static_cast<double>(call.ended - call.started) / 1'000 : 0;
  const webhook_limits bounds;
  const std::function<std::string(const std::string&)> new_id = [now](const std::string& prefix) {
    return random_id(prefix, now);
  };
  auto changes = deliveries_of({reader, bounds, new_id, now}, call, ending_events(call, false));
  changes.push_back({store_change::what::put, usage_of(call, used, now)});
  changes.push_back({store_change::what::put, std::move(call)});
  changes.push_back({store_change::what::put, std::move(entry)});
  return {std::move(changes)};
}

/// Is it the CALL QUEUE's? Then it waits still, or the queue asks its trunk what became of it.
bool is_queued(const backend& disk, const call_record& call) {
  if (call.direction != "outbound")
    return false;
  queued_call row;
  row.call = call.id;
  row.project = call.project;
  row.due = call.due;
  const auto waits = disk.get(space::queue, key_of(row)).value.has_value();
  row.begun = true;
  return waits || disk.get(space::queue, key_of(row)).value.has_value();
}

enum class verdict { ended, unmarked, queued };

/// Stages the end of one call; what can't be read or ended only loses its mark.
verdict end_call_in(store_group& group, const backend& disk, const store_reader& reader,
                    const std::string& id, const store_limits& bounds, wall_ms now) {
  const auto there = disk.get(space::calls, id);
  auto call = there.value ? decode_as<call_record>(*there.value) : std::nullopt;
  if (call && is_live_status(call->status)) {
    if (is_queued(disk, *call))
      return verdict::queued;
    const auto plan =
      plan_write(ending_of(reader, std::move(*call), last_entry(disk, id), now), bounds);
    if (plan.refused.why == refusal::none)
      return group.add(plan).why == refusal::none ? verdict::ended : verdict::unmarked;
  }
  group.add(key_change{space::meta, live_prefix + id, std::nullopt});
  return verdict::unmarked;
}

void end_live_calls(backend& disk, const store_limits& bounds, wall_ms now, repair_report& report) {
  const auto reader = make_reader(backend_ptr{backend_ptr{}, &disk}, bounds); // owns nothing
  std::string after;
  for (;;) {
    const auto ids = live_ids(disk, after, repair_calls_per_batch);
    if (ids.empty())
      return;
    after = ids.back();
    store_group group{disk};
    std::size_t ended = 0, queued = 0;
    for (const auto& id : ids) {
      const auto what = end_call_in(group, disk, *reader, id, bounds, now);
      ended += what == verdict::ended ? 1 : 0;
      queued += what == verdict::queued ? 1 : 0;
    }
    if (queued < ids.size())
      report.result = disk.commit(group.batch());
    if (!report.result.ok())
      return;
    report.calls_ended += ended;
  }
}

void purge_expired_tokens(backend& disk, wall_ms now, repair_report& report) {
  key_batch gone;
  disk.scan({space::tokens, "", "", false}, [&](std::string_view key, std::string_view value) {
    const auto token = decode_as<token_record>(value);
    if (!token || token->expires <= now)
      gone.push_back({space::tokens, std::string{key}, std::nullopt});
    return true;
  });
  if (gone.empty())
    return;
  report.result = disk.commit(gone);
  if (report.result.ok())
    report.tokens_purged = gone.size();
}

/// May rows of this table belong to a project? The others are not looked at.
bool is_of_projects(table which) {
  return which != table::journal && which != table::tokens && which != table::orgs
         && which != table::marks;
}

/// One batch of a table's rows into the index; the key of its last row, empty: there are no more.
std::string index_some(backend& disk, table which, const std::string& after,
                       repair_report& report) {
  const auto place = place_of(which);
  const std::size_t prefix = std::string_view{place.prefix}.size();
  key_batch marks;
  std::size_t seen = 0;
  std::string last;
  const scan_range range{place.where, place.prefix, after, false};
  const bool whole = disk.scan(range, [&](auto key, std::string_view value) {
    last = key;
    const auto record = decode_record(value);
    const auto project =
      record ? std::visit([](const auto& x) { return project_of(x); }, *record) : std::string{};
    if (!project.empty())
      marks.push_back({space::index, index_prefix(which, project) + last.substr(prefix), ""});
    return ++seen < repair_rows_per_batch;
  });
  if (!whole)
    report.result = {disk_result::cause::broken, "the disk failed while rows were read"};
  else if (!marks.empty())
    report.result = disk.commit(marks);
  report.rows_indexed += report.result.ok() ? marks.size() : 0;
  return seen < repair_rows_per_batch ? "" : last;
}

/// Stores of builds that had no index get one; what is in it already is written again.
void build_index(backend& disk, repair_report& report) {
  const auto there = disk.get(space::meta, indexed_key);
  if (there.value || there.failed)
    return;
  for (std::size_t at = 0; at < std::variant_size_v<stored>; ++at) {
    const auto which = static_cast<table>(at);
    if (!is_of_projects(which))
      continue;
    std::string after;
    do {
      after = index_some(disk, which, after, report);
      if (!report.result.ok())
        return;
    } while (!after.empty());
  }
  report.result = disk.commit({{space::meta, indexed_key, indexed_value}});
}

} // namespace

repair_report repair(backend& disk, const store_limits& bounds, wall_ms now) {
  repair_report report;
  build_index(disk, report);
  if (report.result.ok())
    end_live_calls(disk, bounds, now, report);
  if (report.result.ok())
    purge_expired_tokens(disk, now, report);
  if (!report.result.ok())
    log(log_level::error, "storage", "", "repair stopped: " + report.result.words);
  if (report.rows_indexed > 0)
    log(log_level::info, "storage", "",
        std::to_string(report.rows_indexed) + " rows of an earlier build are indexed now");
  if (report.calls_ended > 0)
    log(log_level::warn, "storage", "",
        std::to_string(report.calls_ended) + " calls were live when the node died: node_lost");
  return report;
}

} // namespace unpod

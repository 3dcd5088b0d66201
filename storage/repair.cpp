// See repair.hpp.
#include "storage/repair.hpp"

#include "messages/end_reason.hpp"
#include "messages/log.hpp"
#include "storage/record_codec.hpp"
#include "storage/store_group.hpp"

#include <algorithm>
#include <utility>
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

store_write ending_of(call_record call, const journal_record& last, wall_ms now) {
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
  return {
    {{store_change::what::put, std::move(call)}, {store_change::what::put, std::move(entry)}}};
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
verdict end_call_in(store_group& group, const backend& disk, const std::string& id,
                    const store_limits& bounds, wall_ms now) {
  const auto there = disk.get(space::calls, id);
  auto call = there.value ? decode_as<call_record>(*there.value) : std::nullopt;
  if (call && is_live_status(call->status)) {
    if (is_queued(disk, *call))
      return verdict::queued;
    const auto plan = plan_write(ending_of(std::move(*call), last_entry(disk, id), now), bounds);
    if (plan.refused.why == refusal::none)
      return group.add(plan).why == refusal::none ? verdict::ended : verdict::unmarked;
  }
  group.add(key_change{space::meta, live_prefix + id, std::nullopt});
  return verdict::unmarked;
}

void end_live_calls(backend& disk, const store_limits& bounds, wall_ms now, repair_report& report) {
  std::string after;
  for (;;) {
    const auto ids = live_ids(disk, after, repair_calls_per_batch);
    if (ids.empty())
      return;
    after = ids.back();
    store_group group{disk};
    std::size_t ended = 0, queued = 0;
    for (const auto& id : ids) {
      const auto what = end_call_in(group, disk, id, bounds, now);
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

} // namespace

repair_report repair(backend& disk, const store_limits& bounds, wall_ms now) {
  repair_report report;
  end_live_calls(disk, bounds, now, report);
  if (report.result.ok())
    purge_expired_tokens(disk, now, report);
  if (!report.result.ok())
    log(log_level::error, "storage", "", "repair stopped: " + report.result.words);
  if (report.calls_ended > 0)
    log(log_level::warn, "storage", "",
        std::to_string(report.calls_ended) + " calls were live when the node died: node_lost");
  return report;
}

} // namespace unpod

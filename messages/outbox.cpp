// See outbox.hpp.
#include "messages/outbox.hpp"

#include "messages/iso_time.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

std::string text_or_null(std::string_view text) {
  return text.empty() ? "null" : json_quoted(text);
}

std::string transcript_json(const call_record& call, std::size_t bytes_max) {
  std::string turns;
  for (const auto& turn : call.transcript) {
    turns += (turns.empty() ? "" : ",")
             + json_line{}
                 .text("role", turn.role)
                 .text("content", turn.content)
                 .raw("timestamp", text_or_null(iso_time(turn.at)))
                 .whole("turn", turn.turn)
                 .flag("interrupted", turn.interrupted)
                 .str();
    if (turns.size() > bytes_max)
      return "null";
  }
  return "[" + turns + "]";
}

std::string data_of(const call_record& call, std::string_view event, std::string_view extra,
                    std::size_t transcript_max) {
  json_line data;
  data.members_of(outbox_call_json(call));
  if (event == "transcript_ready")
    data.raw("transcript", transcript_json(call, transcript_max));
  if (event == "recording_ready")
    data.text("recording", call.recording);
  data.members_of(extra);
  return data.str();
}

/// Ids of one moment, in the order in which they are used.
std::vector<std::string> ids_in_order(const outbox_ground& ground, std::size_t count) {
  std::vector<std::string> ids(count);
  for (auto& id : ids)
    id = ground.new_id("DLV_");
  std::sort(ids.begin(), ids.end());
  return ids;
}

} // namespace

bool wants(const webhook_record& webhook, std::string_view event) {
  if (webhook.status != "active")
    return false;
  const auto wished = " " + webhook.events + " ";
  return webhook.events.empty() || wished.find(" " + std::string{event} + " ") != std::string::npos;
}

std::vector<store_change> deliveries_of(const outbox_ground& ground, const call_record& call,
                                        const std::vector<std::string>& events,
                                        std::string_view extra) {
  list_query all;
  all.project = call.project;
  all.rows_max = ground.bounds.webhooks_max;
  const auto webhooks = call.project.empty()
                          ? std::vector<webhook_record>{}
                          : list<webhook_record>(ground.reader, table::webhooks, all);
  if (webhooks.empty())
    return {};
  auto ids = ids_in_order(ground, events.size() * webhooks.size());
  std::vector<store_change> rows;
  auto id = ids.begin();
  for (const auto& event : events)
    for (const auto& webhook : webhooks)
      if (wants(webhook, event))
        rows.push_back({store_change::what::put,
                        delivery_of(webhook, std::move(*id++), event, call.id,
                                    data_of(call, event, extra, ground.bounds.transcript_bytes_max),
                                    ground.now)});
  return rows;
}

std::vector<std::string> ending_events(const call_record& call, bool recording_is_whole) {
  std::vector<std::string> events{call.status == "failed" ? "call_failed" : "call_ended"};
  if (!call.transcript.empty())
    events.push_back("transcript_ready");
  if (!call.recording.empty() && recording_is_whole)
    events.push_back("recording_ready");
  return events;
}

delivery_record delivery_of(const webhook_record& webhook, std::string id, std::string_view event,
                            const call_id& call, std::string_view data, wall_ms now) {
  delivery_record row;
  row.id = std::move(id);
  row.project = webhook.project;
  row.webhook = webhook.id;
  row.call = call;
  row.event = event;
  row.body_json = json_line{}
                    .text("id", row.id)
                    .text("event", event)
                    .text("created", iso_time(now))
                    .text("project_id", webhook.project)
                    .raw("data", data)
                    .str();
  row.created = row.queued = row.due = now;
  return row;
}

std::string outbox_call_json(const call_record& call) {
  json_line line;
  line.text("call_id", call.id.str()).text("session_id", call.id.str());
  line.raw("pipe_id", text_or_null(call.pipe.str()));
  line.raw("agent_id", text_or_null(call.agent.str())).text("direction", call.direction);
  line.raw("from_number", text_or_null(call.from_number));
  line.raw("to_number", text_or_null(call.to_number)).text("status", call.status);
  line.raw("end_reason", text_or_null(call.end_reason));
  line.raw("started_at", text_or_null(iso_time(call.started)));
  line.raw("ended_at", text_or_null(iso_time(call.ended)));
  const auto length = call.started > 0 && call.ended > call.started ? call.ended - call.started : 0;
  line.number("duration_s", static_cast<double>(length) / 1'000);
  line.raw("data", call.data_json.empty() ? "{}" : call.data_json);
  return line.str();
}

} // namespace unpod

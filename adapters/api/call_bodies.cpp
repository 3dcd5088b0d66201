#include "adapters/api/call_bodies.hpp"

#include "adapters/api/member_reader.hpp"
#include "adapters/api/number_ids.hpp"
#include "messages/access.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace unpod {

namespace {

bool is_object(const json::value& body, std::string& why) {
  if (!body.IsObject())
    why = "the body must be a JSON object";
  return body.IsObject();
}

void read_number(member_reader& members, const char* key, std::string& into) {
  members.text(key, into);
  if (!into.empty() && !is_e164(into))
    members.fail(key, "must be a number in E.164: '+', the country code and the rest, digits only");
}

/// Who is meant, by any of the names for it; what the kind of target does not need is let be.
void read_target(const json::value& config, transfer_ask& into, member_reader& members) {
  static constexpr std::pair<const char*, std::string_view> names[]{
    {"agent", "agent_id target"},
    {"sip", "number phone_number to target"},
    {"webrtc", "session_id target"}};
  for (const auto& [type, keys] : names)
    for (const auto* key : {"agent_id", "session_id", "number", "phone_number", "to", "target"})
      if (into.type == type && into.target.empty() && has_word(keys, key))
        into.target = json::text(config, key).value_or("");
  into.announcement = json::text(config, "announcement").value_or("");
  into.data_json = json::raw(config, "metadata").value_or("");
  if (into.target.size() > short_text_bytes_max)
    members.fail("to.config", "names a target of more than 256 bytes");
  if (into.announcement.size() > long_text_bytes_max)
    members.fail("to.config.announcement", "is longer than 4096 bytes");
  if (into.data_json.size() > extra_bytes_max
      || (!into.data_json.empty() && into.data_json.front() != '{'))
    members.fail("to.config.metadata", "must be an object of at most 64 KB");
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

bool read_call(const json::value& body, call_wish& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_number(members, "to_number", into.to_number);
  if (into.to_number.empty())
    members.fail("to_number", "is missing");
  members.text("agent_id", into.agent);
  members.text("pipe_id", into.pipe);
  if (into.agent.empty() && into.pipe.empty())
    members.fail("agent_id", "or pipe_id is missing");
  read_number(members, "from_number", into.from_number);
  members.text("instructions", into.instructions, extra_bytes_max);
  const auto* data = members.wanted("data");
  if (data && !data->IsObject() && !data->IsNull())
    members.fail("data", "must be an object");
  else if (data && data->IsObject()) {
    into.data_json = json::dump(*data);
    into.zone = json::text(*data, "timezone").value_or("");
  }
  if (into.data_json.size() > extra_bytes_max)
    members.fail("data", "is larger than " + std::to_string(extra_bytes_max) + " bytes");
  return why.empty();
}

bool read_transfer(const json::value& body, transfer_ask& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  const auto* to = members.wanted("to");
  into.type = to ? json::text(*to, "type").value_or("") : "";
  if (!is_one_of(into.type, {"sip", "agent", "webrtc", "livekit"}))
    members.fail("to.type", "must be one of sip, agent, webrtc, livekit");
  const auto* config = to ? json::member(*to, "config") : nullptr;
  if (config && !config->IsObject() && !config->IsNull())
    members.fail("to.config", "must be an object");
  else if (config && config->IsObject())
    read_target(*config, into, members);
  members.text("mode", into.mode);
  if (!is_one_of(into.mode, {"cold", "warm"}))
    members.fail("mode", "must be cold or warm");
  std::int64_t handoff_ms = 0;
  members.whole("warm_handoff_ms", 0, 600'000, handoff_ms);
  members.text("drop_participant_id", into.drop);
  return why.empty();
}

bool read_merge(const json::value& body, merge_ask& into, std::string& why) {
  auto& sessions = into.sessions;
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  std::string primary;
  members.text("primary_session_id", primary);
  if (primary.empty())
    members.fail("primary_session_id", "is missing");
  sessions.push_back(primary);
  const auto* others = members.wanted("secondary_session_ids");
  if (!others || !others->IsArray() || others->Empty() || others->Size() > merged_sessions_max) {
    members.fail("secondary_session_ids", "must be an array of 1 to "
                                            + std::to_string(merged_sessions_max) + " session ids");
    return false;
  }
  for (const auto& other : others->GetArray()) {
    const std::string id = other.IsString() ? other.GetString() : "";
    if (id.empty() || id.size() > short_text_bytes_max)
      members.fail("secondary_session_ids", "must hold session ids, as text");
    else if (std::find(sessions.begin(), sessions.end(), id) != sessions.end())
      members.fail("secondary_session_ids", "names '" + id + "' twice, or the primary session");
    sessions.push_back(id);
  }
  const auto* dropped = members.wanted("drop_participants");
  if (!dropped || dropped->IsNull())
    return why.empty();
  if (!dropped->IsArray() || dropped->Size() > merged_sessions_max)
    members.fail("drop_participants",
                 "must be an array of at most " + std::to_string(merged_sessions_max) + " objects");
  else
    for (const auto& one : dropped->GetArray()) {
      const auto id = one.IsObject() ? json::text(one, "participant_id").value_or("") : "";
      if (id.empty() || id.size() > short_text_bytes_max)
        members.fail("drop_participants", "must be objects with a participant_id");
      into.drop.push_back(id);
    }
  return why.empty();
}

} // namespace unpod

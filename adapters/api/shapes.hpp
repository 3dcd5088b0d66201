// Records as the API shows them: names, types and null rules of contract
// §1.5–§1.14. Pure; each returns one JSON object. Secrets are not in them.
#pragma once

#include "messages/orchestrator.hpp"
#include "messages/providers.hpp"
#include "messages/records.hpp"

#include <string>
#include <vector>

namespace unpod {

/// `number`: the one that the pipe answers; null: none.
std::string pipe_json(const pipe_record& pipe, const number_record* number = nullptr);
/// `with_transcript` is off in lists of calls. `recording_url` is the link to the
/// recording, when there is one.
std::string call_json(const call_record& call, bool with_transcript,
                      const std::string& recording_url = {}, const std::string& usage = {});
/// active, closed or failed.
std::string session_status(const call_record& call);
std::string session_json(const call_record& call, const std::string& recording_url = {},
                         const std::string& usage = {});
std::string profile_json(const voice_profile& profile);
/// One voice of an agent: a row of the group. `profiles` name the voice.
std::string agent_voice_json(const pipe_record& row, const std::vector<voice_profile>& profiles);
/// The group: rows of one agent_id, the default voice first, and the number it answers.
std::string agent_json(const std::vector<pipe_record>& rows,
                       const std::vector<voice_profile>& profiles,
                       const number_record* number = nullptr);
std::string runner_json(const runner_row& row);

/// `[a,b,…]` of what `shape` makes of each row.
template <class Rows, class Shape>
std::string json_list(const Rows& rows, Shape shape) {
  std::string all;
  for (const auto& row : rows)
    all += (all.empty() ? "" : ",") + shape(row);
  return "[" + all + "]";
}

} // namespace unpod

#include "adapters/api/route_notes.hpp"

#include <iterator>

namespace unpod {

namespace {

/// A path or query with control characters is malformed (route_path.hpp).
constexpr const char* clean_text = R"({"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]*$"})";

} // namespace

const std::vector<tag_note>& tag_notes() {
  static const std::vector<tag_note> all{
    {"Pipes", "A Speech Pipe: which agent answers, with which voice, for how long"},
    {"Agents", "An agent is a group of pipes that share a brain, one for each voice"},
    {"Calls", "Every conversation, live or over"},
    {"Sessions", "The same conversations as the SDK's sessions; and tokens to begin one"},
    {"Recordings", "What was recorded, behind links that are signed and expire"},
    {"Numbers", "Telephone numbers and what answers them. An id may be spelt `NUM_14155550101`, "
                "`14155550101` or `+14155550101`"},
    {"Trunks", "SIP trunks"},
    {"Telephony", "The same numbers and trunks as the SDK's telephony resources know them"},
    {"Analytics", "What is asked of each session of an agent when it ends, and what was found"},
    {"Voices", "The voice profiles that this node has"},
    {"Accounts", "Organisations, projects and keys; who changed what"},
    {"Node", "The node itself"},
  };
  return all;
}

const std::vector<query_note>& query_notes() {
  static const std::vector<query_note> all{
    {"call_status", "Only calls with this status", clean_text},
    {"status.call", "As call_status", clean_text},
    {"status.session", "Only sessions with this status: active, closed or failed", clean_text},
    {"status.number", "Only numbers with this status: available, assigned or disabled", clean_text},
    {"status_filter", "As status", clean_text},
    {"status.result", "Only results with this status",
     R"({"type":"string","enum":["ok","failed","skipped"]})"},
    {"direction", "Only calls of this direction: inbound, outbound or web", clean_text},
    {"pipe_id", "Only what belongs to this pipe", clean_text},
    {"agent_id", "Only what belongs to this agent", clean_text},
    {"call_id", "Only what belongs to this call", clean_text},
    {"block_id", "Only results of this block", clean_text},
    {"project_id", "Of this project of the organisation, not of the key's own", clean_text},
    {"country", "Only numbers of this country: two letters of ISO 3166-1", clean_text},
    {"trunk_type", "Only numbers on such trunks: byo or livekit", clean_text},
    {"include_assigned",
     "Rows as the SDK's telephony plane wants them; other than `true`: only free numbers",
     clean_text},
    {"detach_numbers", "`true`: take its numbers off in the same write", clean_text},
    {"format", "`flat`: a table, `{columns, rows}`; with a block_id its fields have columns too",
     R"({"type":"string","enum":["flat"]})"},
    {"limit", "Rows at most", R"({"type":"integer","minimum":1,"maximum":1000,"default":1000})"},
    {"limit.result", "Rows at most",
     R"({"type":"integer","minimum":1,"maximum":1000,"default":100})"},
    {"skip", "Rows to pass over", R"({"type":"integer","minimum":0,"maximum":10000,"default":0})"},
    {"cursor", "Where to go on: `next_cursor` of the page before",
     R"({"type":"string","maxLength":256,"pattern":"^[^/\\u0000-\\u001f\\u007f]*$"})"},
    {"include_archived", "Archived blocks too",
     R"({"type":"string","enum":["true","false","1","0"],"default":"false"})"},
    {"from_template", "A template to begin with; what the body leaves empty is the template's",
     R"({"type":"string","enum":["call-outcome","lead-qualification","satisfaction","escalation"]})"},
    {"language", "Only profiles of this language; `en` finds `en-US` too", clean_text},
    {"expires", "When the link dies, as it was signed", clean_text},
    {"signature", "The link's signature", clean_text},
  };
  return all;
}

namespace {

constexpr route_note notes[] = {
  {"GET v1/pipes", "Pipes", "All pipes", "", "", "200 [Pipe]", ""},
  {"POST v1/pipes", "Pipes", "Make a pipe", "", "PipeCreate", "201 Pipe", ""},
  {"GET v1/pipes/{id}", "Pipes", "One pipe", "", "", "200 Pipe", ""},
  {"PATCH v1/pipes/{id}", "Pipes", "Change a pipe; keys that are unknown are kept with it", "",
   "PipePatch", "200 Pipe", "409"},
  {"DELETE v1/pipes/{id}", "Pipes", "Erase a pipe", "detach_numbers", "", "204", "409"},

  {"GET v1/agents", "Agents", "All agents", "", "", "200 [Agent]", ""},
  {"POST v1/agents", "Agents", "Make an agent, or give one another voice", "", "AgentCreate",
   "201 AgentVoice", "409"},
  {"GET v1/agents/{id}", "Agents", "One agent and its voices", "", "", "200 Agent", ""},
  {"PUT v1/agents/{id}", "Agents", "Change an agent; it reaches all its voices", "", "AgentPatch",
   "200 Agent", "409"},
  {"PATCH v1/agents/{id}", "Agents", "Change an agent, as PUT does", "", "AgentPatch", "200 Agent",
   "409"},
  {"DELETE v1/agents/{id}", "Agents", "Erase an agent with all its voices", "detach_numbers", "",
   "204", "409"},
  {"POST v1/agents/{id}/voices", "Agents", "Give an agent another voice", "", "VoiceCreate",
   "201 AgentVoice", "409"},
  {"PATCH v1/agents/{id}/voices/{voice}", "Agents",
   "Change what is a voice's own, or make it the default", "", "VoicePatch", "200 AgentVoice",
   "409"},
  {"DELETE v1/agents/{id}/voices/{voice}", "Agents",
   "Take a voice from an agent, but never its last", "detach_numbers", "", "204", "409"},
  {"POST v1/agent/voice", "Agents", "A pipe with its agent in one step", "", "VoiceAgentCreate",
   "201 Pipe", "409"},

  {"GET v1/calls", "Calls", "Calls, newest first, without their transcripts",
   "call_status status.call direction pipe_id agent_id limit cursor", "", "200 [Call]", "422"},
  {"POST v1/calls", "Calls",
   "Ask for a call; this node cannot place one yet, and the record says so", "", "CallCreate",
   "201 Call", "404"},
  {"GET v1/calls/{id}", "Calls", "One call with its transcript", "", "", "200 Call", ""},
  {"POST v1/calls/{id}/hangup", "Calls", "End a call", "", "", "200 Call", ""},
  {"GET v1/calls/{id}/analytics", "Analytics", "What every block found in one call", "", "",
   "200 [AnalyticsResult]", ""},

  {"POST v1/sessions/token", "Sessions", "A single-use token for one session", "", "TokenCreate",
   "201 SessionToken", "404"},
  {"POST v1/sessions/merge", "Sessions", "Move the callers of some sessions into one", "",
   "SessionMerge", "200 SessionMerged", "404 409 503"},
  {"GET v1/sessions", "Sessions", "Sessions, newest first",
   "status.session pipe_id agent_id call_id limit cursor", "", "200 [Session]", "422"},
  {"GET v1/sessions/{id}", "Sessions", "One session", "", "", "200 Session", ""},
  {"POST v1/sessions/{id}/end", "Sessions", "End a session", "", "", "200 SessionEnd", ""},
  {"POST v1/sessions/{id}/transfer", "Sessions",
   "Hand a session to another agent, or bring another session's caller into it", "",
   "SessionTransfer", "200 SessionTransferred", "403 409 501 503"},
  {"DELETE v1/sessions/{id}/participants/{participant}", "Sessions",
   "Show one participant out; the session goes on with the others", "", "", "204", "409 503"},
  {"GET v1/sessions/{id}/analytics", "Analytics", "What every block found in one session", "", "",
   "200 [AnalyticsResult]", ""},
  {"GET v1/transcripts", "Sessions", "Sessions with a transcript, newest first",
   "status.session pipe_id agent_id call_id limit cursor", "", "200 [Session]", "422"},

  {"GET v1/recordings", "Recordings", "Sessions that were recorded, newest first",
   "call_id limit cursor", "", "200 [Session]", "422"},
  {"GET v1/recordings/{file}", "Recordings",
   "A recording, whole or in part; the way in is a recording_url", "expires signature", "",
   "200 audio/wav, 206 audio/wav", "403 416"},

  {"GET v1/numbers", "Numbers", "Numbers",
   "status.number status_filter country trunk_type limit cursor", "", "200 [Number]", "422"},
  {"POST v1/numbers", "Numbers", "Make a number, attached at once if it says to what", "",
   "NumberCreate", "201 Number", "404 409"},
  {"POST v1/numbers/sync", "Numbers", "Fetch numbers from a carrier; none is connected yet", "", "",
   "200 NumberSync", ""},
  {"GET v1/numbers/{id}", "Numbers", "One number", "", "", "200 Number", ""},
  {"PATCH v1/numbers/{id}", "Numbers",
   "Change a number; an agent_id or pipe_id moves it, null frees it", "", "NumberPatch",
   "200 Number", "409"},
  {"DELETE v1/numbers/{id}", "Numbers", "Erase a number", "", "", "204", "409"},
  {"POST v1/numbers/{id}/attach", "Numbers", "Attach a free number; one that is new is made", "",
   "NumberAttach", "200 Number", "409"},
  {"PUT v1/numbers/{id}/attach", "Numbers", "Move a number that is attached", "", "NumberAttach",
   "200 Number", "409"},
  {"DELETE v1/numbers/{id}/attach", "Numbers", "Free a number and keep it", "", "", "200 Number",
   "409"},

  {"GET v1/trunks", "Trunks", "All trunks", "limit cursor", "", "200 [Trunk]", "422"},
  {"POST v1/trunks", "Trunks", "Make a trunk", "", "TrunkCreate", "201 Trunk", ""},
  {"GET v1/trunks/{id}", "Trunks", "One trunk", "", "", "200 Trunk", ""},
  {"DELETE v1/trunks/{id}", "Trunks", "Erase a trunk", "detach_numbers", "", "204", "409"},

  {"GET telephony/numbers", "Telephony", "Numbers, in the rows that `include_assigned` asks for",
   "include_assigned status.number status_filter country trunk_type limit cursor", "",
   "200 [Number]|[TelephonyNumber]", "422"},
  {"DELETE telephony/numbers/{id}", "Telephony", "Erase a number", "", "", "204", "409"},
  {"POST telephony/numbers/{id}/attach-numbers", "Telephony", "Attach one number", "",
   "NumberAttach", "200 Number", "409"},
  {"POST telephony/numbers/attach", "Telephony", "Attach many numbers, each with its own outcome",
   "", "NumbersAttach", "200 NumberResults", "409"},
  {"POST telephony/numbers/detach", "Telephony", "Free many numbers, each with its own outcome", "",
   "NumbersDetach", "200 NumberResults", "409"},
  {"GET telephony/overview", "Telephony", "How every number is connected", "limit cursor", "",
   "200 [NumberOverview]", "422"},
  {"GET telephony/trunks", "Telephony", "All trunks", "limit cursor", "", "200 [TelephonyTrunk]",
   "422"},
  {"POST telephony/trunks", "Telephony", "Make a trunk", "", "TelephonyTrunkCreate",
   "201 TelephonyTrunk", ""},
  {"GET telephony/trunks/{id}", "Telephony", "One trunk", "", "", "200 TelephonyTrunk", ""},
  {"DELETE telephony/trunks/{id}", "Telephony", "Erase a trunk", "detach_numbers", "", "204",
   "409"},
  {"POST telephony/trunks/{id}/attach-numbers", "Telephony", "Put numbers on a trunk", "",
   "TrunkNumbers", "200 TrunkAttached", "409"},
  {"POST telephony/trunks/{id}/detach-numbers", "Telephony", "Take numbers off a trunk", "",
   "TrunkNumbers", "200 TrunkDetached", "409"},

  {"GET v1/analytics-blocks/templates", "Analytics", "Blocks to begin with", "", "",
   "200 [AnalyticsTemplate]", ""},
  {"GET v1/analytics-blocks", "Analytics", "All blocks", "include_archived", "",
   "200 [AnalyticsBlock]", ""},
  {"POST v1/analytics-blocks", "Analytics", "Make a block", "from_template", "AnalyticsBlockCreate",
   "201 AnalyticsBlock", ""},
  {"GET v1/analytics-blocks/{id}", "Analytics", "One block and the agents it runs for", "", "",
   "200 AnalyticsBlock", ""},
  {"PATCH v1/analytics-blocks/{id}", "Analytics",
   "Change a block: a new version; results keep the version they were made with", "",
   "AnalyticsBlockPatch", "200 AnalyticsBlock", "409"},
  {"DELETE v1/analytics-blocks/{id}", "Analytics",
   "Archive a block: it runs no more, its results stay", "", "", "204", "409"},
  {"POST v1/analytics-blocks/{id}/attach", "Analytics", "Run a block for an agent", "",
   "AnalyticsAttach", "200 AnalyticsBlock", "409"},
  {"DELETE v1/analytics-blocks/{id}/attach/{agent_id}", "Analytics",
   "Run a block for an agent no longer", "", "", "200 AnalyticsBlock", "409"},
  {"GET v1/analytics-blocks/{id}/results", "Analytics", "What one block found, newest first",
   "limit.result skip", "", "200 [AnalyticsResult]", "422"},
  {"GET v1/analytics-results", "Analytics",
   "What all blocks found, newest first; or one block's as a table",
   "agent_id block_id status.result format limit.result skip", "",
   "200 [AnalyticsResult]|AnalyticsTable", "404 422"},

  {"GET v1/voice-profiles", "Voices", "All voice profiles", "language", "", "200 [VoiceProfile]",
   ""},
  {"POST v1/voice-profiles/reload", "Voices",
   "Read the file of profiles again: all of it, or none when it has a mistake", "", "",
   "200 ProfilesReloaded", "422"},
  {"GET v1/voice-profiles/{id}", "Voices", "One voice profile, by id or name", "", "",
   "200 VoiceProfile", ""},
  {"GET voice-profiles", "Voices", "All voice profiles, as the SDK spells it", "language", "",
   "200 [VoiceProfile]", ""},
  {"GET voice-profiles/{id}", "Voices", "One voice profile, as the SDK spells it", "", "",
   "200 VoiceProfile", ""},

  {"GET v1/api-keys/whoami", "Accounts", "Whose key this is, and what it may do", "", "",
   "200 Caller", ""},
  {"GET v1/api-keys", "Accounts", "The organisation's keys", "limit cursor", "", "200 [ApiKey]",
   "422"},
  {"POST v1/api-keys", "Accounts", "Make a key; its text is shown here and nowhere else", "",
   "ApiKeyCreate", "201 ApiKey", "404"},
  {"DELETE v1/api-keys/{id}", "Accounts", "Revoke a key, but never the last that rules", "", "",
   "200 ApiKey", "409"},
  {"GET v1/orgs", "Accounts", "The key's organisation; for the node's administrators all",
   "limit cursor", "", "200 [Org]", "422"},
  {"POST v1/orgs", "Accounts", "Make an organisation and its default project", "", "OrgCreate",
   "201 Org", "409"},
  {"GET v1/orgs/{id}", "Accounts", "One organisation, by id or handle", "", "", "200 Org", ""},
  {"GET v1/projects", "Accounts", "The organisation's projects", "limit cursor", "",
   "200 [Project]", "422"},
  {"POST v1/projects", "Accounts", "Make a project with its first key, which is shown once", "",
   "ProjectCreate", "201 ProjectMade", "404"},
  {"GET v1/projects/{id}", "Accounts", "One project", "", "", "200 Project", ""},
  {"DELETE v1/projects/{id}", "Accounts", "Erase an empty project and revoke its keys", "", "",
   "204", "409"},
  {"GET v1/spaces", "Accounts", "Projects under their other name", "limit cursor", "",
   "200 [Project]", "422"},
  {"POST v1/spaces", "Accounts", "Make a project with its first key, which is shown once", "",
   "ProjectCreate", "201 ProjectMade", "404"},
  {"GET v1/spaces/{id}", "Accounts", "One project", "", "", "200 Project", ""},
  {"DELETE v1/spaces/{id}", "Accounts", "Erase an empty project and revoke its keys", "", "", "204",
   "409"},
  {"GET v1/audit", "Accounts", "Every write that was asked for, newest first",
   "project_id limit cursor", "", "200 [AuditEntry]", "404 422"},

  {"GET v1/runners", "Node", "The Agent Runners that are registered", "", "", "200 [Runner]", ""},
  {"GET v1/workers", "Node", "Runners under their older name", "", "", "200 [Runner]", ""},
  {"POST v1/backup", "Node", "Back the store up while it runs", "", "?BackupCreate", "201 Backup",
   "409"},
  {"GET health", "Node", "Is the node well?", "", "", "200 =Health, 503 =Health", ""},
  {"GET metrics", "Node", "Counters and gauges for Prometheus", "", "", "200 text/plain", ""},
  {"GET openapi.json", "Node", "This description", "", "", "200 =OpenAPI", ""},
  {"GET docs", "Node", "This description as a page", "", "", "200 text/html", ""},
};

} // namespace

const std::vector<route_note>& route_notes() {
  static const std::vector<route_note> all{std::begin(notes), std::end(notes)};
  return all;
}

const route_note* find_note(std::string_view method, std::string_view pattern) {
  for (const auto& note : route_notes()) {
    const std::string_view route{note.route};
    if (route.size() == method.size() + 1 + pattern.size()
        && route.substr(0, method.size()) == method && route.substr(method.size() + 1) == pattern)
      return &note;
  }
  return nullptr;
}

} // namespace unpod

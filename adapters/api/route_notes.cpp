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
    {"Analytics", "What is asked of each session of an agent when it ends, and what was found"},
    {"Voices", "The voice profiles that this node has"},
    {"Node", "The node itself"},
  };
  return all;
}

const std::vector<query_note>& query_notes() {
  static const std::vector<query_note> all{
    {"call_status", "Only calls with this status", clean_text},
    {"pipe_id", "Only what belongs to this pipe", clean_text},
    {"agent_id", "Only what belongs to this agent", clean_text},
    {"block_id", "Only results of this block", clean_text},
    {"status.result", "Only results with this status",
     R"({"type":"string","enum":["ok","failed","skipped"]})"},
    {"format", "`flat`: a table, `{columns, rows}`; with a block_id its fields have columns too",
     R"({"type":"string","enum":["flat"]})"},
    {"limit.result", "Rows at most",
     R"({"type":"integer","minimum":1,"maximum":1000,"default":100})"},
    {"skip", "Rows to pass over", R"({"type":"integer","minimum":0,"maximum":10000,"default":0})"},
    {"include_archived", "Archived blocks too",
     R"({"type":"string","enum":["true","false","1","0"],"default":"false"})"},
    {"from_template", "A template to begin with; what the body leaves empty is the template's",
     R"({"type":"string","enum":["call-outcome","lead-qualification","satisfaction","escalation"]})"},
    {"language", "Only profiles of this language", clean_text},
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
  {"DELETE v1/pipes/{id}", "Pipes", "Erase a pipe", "", "", "204", ""},

  {"GET v1/agents", "Agents", "All agents", "", "", "200 [Agent]", ""},
  {"POST v1/agents", "Agents", "Make an agent, or give one another voice", "", "AgentCreate",
   "201 AgentVoice", "409"},
  {"GET v1/agents/{id}", "Agents", "One agent and its voices", "", "", "200 Agent", ""},
  {"DELETE v1/agents/{id}", "Agents", "Erase an agent with all its voices", "", "", "204", ""},

  {"GET v1/calls", "Calls", "Calls, newest first, without their transcripts", "call_status pipe_id",
   "", "200 [Call]", ""},
  {"GET v1/calls/{id}", "Calls", "One call with its transcript", "", "", "200 Call", ""},
  {"POST v1/calls/{id}/hangup", "Calls", "End a call", "", "", "200 Call", ""},
  {"GET v1/calls/{id}/analytics", "Analytics", "What every block found in one call", "", "",
   "200 [AnalyticsResult]", ""},

  {"POST v1/sessions/token", "Sessions", "A single-use token for one session", "", "TokenCreate",
   "201 SessionToken", "404"},
  {"GET v1/sessions", "Sessions", "Sessions, newest first", "", "", "200 [Session]", ""},
  {"GET v1/sessions/{id}", "Sessions", "One session", "", "", "200 Session", ""},
  {"POST v1/sessions/{id}/end", "Sessions", "End a session", "", "", "200 SessionEnd", ""},
  {"GET v1/sessions/{id}/analytics", "Analytics", "What every block found in one session", "", "",
   "200 [AnalyticsResult]", ""},
  {"GET v1/transcripts", "Sessions", "Sessions with a transcript, newest first", "", "",
   "200 [Session]", ""},

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
  {"GET v1/voice-profiles/{id}", "Voices", "One voice profile, by id or name", "", "",
   "200 VoiceProfile", ""},
  {"GET voice-profiles", "Voices", "All voice profiles, as the SDK spells it", "language", "",
   "200 [VoiceProfile]", ""},
  {"GET voice-profiles/{id}", "Voices", "One voice profile, as the SDK spells it", "", "",
   "200 VoiceProfile", ""},

  {"GET v1/runners", "Node", "The Agent Runners that are registered", "", "", "200 [Runner]", ""},
  {"GET v1/workers", "Node", "The same under its older name", "", "", "200 [Runner]", ""},
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

// What happens: calls, and the sessions they are.
#include "cli/noun.hpp"

namespace unpod::cli {

namespace {

constexpr std::int64_t rows_max = 1'000;

std::vector<field> page_fields() {
  return {whole("--limit", "N", "At most so many", "limit", 1, rows_max),
          text("--cursor", "CURSOR", "Go on where the last list ended", "cursor")};
}

std::vector<field> filters(std::vector<field> own) {
  for (auto& one : page_fields())
    own.push_back(std::move(one));
  return own;
}

} // namespace

noun call_noun() {
  noun n;
  n.name = "call";
  n.summary = "Calls: who spoke with whom, what was said, how it ended";
  n.columns = {{"CALL", "call_id", shown::id}, {"STATUS", "status"},
               {"AGENT", "agent_id"},          {"FROM", "from_number"},
               {"TO", "to_number"},            {"STARTED", "started_at"},
               {"LENGTH", "duration_s", shown::seconds}, {"END", "end_reason"}};
  n.empty = "No calls.";
  n.verbs = {
    {"list", "Calls, the newest first", "GET", "/v1/calls",
     filters({any(option{"--status", "STATUS", "Only these"}.among(
                    {"pending", "ringing", "active", "completed", "failed", "cancelled"}),
                  becomes::text, "call_status"),
              text("--pipe", "PIPE", "Only of this pipe", "pipe_id"),
              text("--agent-id", "ID", "Only of this agent", "agent_id"),
              any(option{"--direction", "WAY", "Only these"}.among({"inbound", "outbound", "web"}),
                  becomes::text, "direction")}),
     answer_is::list, {}},
    {"get", "A call, with what was said", "GET", "/v1/calls/{CALL}", {place("CALL")}},
    {"create", "Call somebody", "POST", "/v1/calls",
     {must(text("NUMBER", "", "Who is called, as in +14155550101", "to_number")),
      text("--pipe", "PIPE", "The pipe that speaks", "pipe_id"),
      text("--agent-id", "ID", "The agent that speaks, with its first voice", "agent_id"),
      text("--from", "NUMBER", "One of the node's numbers", "from_number"),
      text("--instructions", "TEXT", "For the agent, for this call", "instructions"),
      any({"--data", "JSON", "An object for the runner: {…} or a file"}, becomes::object, "data"),
      body_file()}},
    {"hangup", "End a call", "POST", "/v1/calls/{CALL}/hangup", {place("CALL")}, answer_is::one,
     "Call {CALL} is told to end."},
  };
  n.examples = "  unpod call list --status active\n"
               "  unpod call get SCL_…\n"
               "  unpod call hangup SCL_…";
  return n;
}

noun session_noun() {
  noun n;
  n.name = "session";
  n.summary = "Sessions: tokens for callers, and calls as sessions";
  n.columns = {{"SESSION", "session_id", shown::id}, {"STATUS", "status"},
               {"PIPE", "pipe_id", shown::id},       {"STARTED", "started_at"},
               {"LENGTH", "duration_s", shown::seconds}, {"END", "end_reason"}};
  n.empty = "No sessions.";
  n.verbs = {
    {"list", "Sessions, the newest first", "GET", "/v1/sessions", filters({}), answer_is::list, {}},
    {"get", "A session, with what was said", "GET", "/v1/sessions/{SESSION}", {place("SESSION")}},
    {"token", "A token that lets one caller in, once", "POST", "/v1/sessions/token",
     {must(text("PIPE", "", "Whom the caller will reach", "pipe_id")),
      any({"--metadata", "JSON", "An object for the runner: {…} or a file"}, becomes::object,
          "metadata")}},
    {"end", "End a session", "POST", "/v1/sessions/{SESSION}/end", {place("SESSION")}, answer_is::one,
     "Session {SESSION} is told to end."},
  };
  n.examples = "  unpod session token PIPE_… --metadata '{\"table\": 7}'\n"
               "  unpod session list --limit 10";
  return n;
}

} // namespace unpod::cli

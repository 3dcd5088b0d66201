// What happens: calls, the sessions they are, their recordings, and who answers.
#include "cli/noun.hpp"
#include "cli/story_view.hpp"

namespace unpod::cli {

noun call_noun() {
  noun n;
  n.name = "call";
  n.group = "Calls";
  n.summary = "Calls: who spoke with whom, what was said, how it ended";
  n.columns = {{"CALL", "call_id", shown::id}, {"STATUS", "status"},
               {"STARTED", "started_at"},      {"FROM", "from_number", shown::id},
               {"TO", "to_number", shown::id}, {"LENGTH", "duration_s", shown::seconds},
               {"END", "end_reason"},          {"AGENT", "agent_id"}};
  n.empty = "No calls.";
  n.verbs = {
    list_verb(
      "Calls, the newest first", "/v1/calls",
      fields{any(option{"--status", "STATUS", "Only these"}.among(
                   {"pending", "ringing", "active", "completed", "failed", "cancelled"}),
                 becomes::text, "call_status"),
             text("--pipe", "PIPE", "Only of this pipe", "pipe_id"),
             text("--agent-id", "ID", "Only of this agent", "agent_id"),
             any(option{"--direction", "WAY", "Only these"}.among({"inbound", "outbound", "web"}),
                 becomes::text, "direction")}
        + page_fields()),
    get_verb("A call, with what was said", "/v1/calls/{CALL}", place("CALL")),
    verb("show", "The same", "GET", "/v1/calls/{CALL}", {place("CALL")}),
    seen_as(why_text, verb("why", "What a call did and why it ended, in a paragraph", "GET",
                           "/v1/calls/{CALL}/timeline", {place("CALL")})),
    seen_as(timeline_text, verb("timeline", "Everything that happened in a call", "GET",
                                "/v1/calls/{CALL}/timeline", {place("CALL")})),
    verb(
      "create", "Call somebody", "POST", "/v1/calls",
      {must(text("NUMBER", "", "Who is called, as in +14155550101", "to_number")),
       text("--pipe", "PIPE", "The pipe that speaks", "pipe_id"),
       text("--agent-id", "ID", "The agent that speaks, with its first voice", "agent_id"),
       text("--from", "NUMBER", "One of the node's numbers", "from_number"),
       text("--instructions", "TEXT", "For the agent, for this call", "instructions"),
       any({"--data", "JSON", "An object for the runner: {…} or a file"}, becomes::object, "data"),
       body_file()}),
    events_verb("What happens in a call, and what happened", "/v1/calls/{CALL}/events",
                place("CALL")),
    verb("hangup", "End a call, or call one off that waits or rings", "POST",
         "/v1/calls/{CALL}/hangup", {place("CALL")}, answer_is::nothing,
         "Call {CALL} is told to end; its status is {status}."),
    verb("say", "Have the agent's voice say something to the callers", "POST",
         "/v1/calls/{CALL}/say",
         {place("CALL"), must(text("TEXT", "", "What is said, after what is being said", "text"))},
         answer_is::nothing, "Call {CALL}: it is {status}."),
    rows_verb("queue", "Calls that wait to be placed, in their order", "/v1/queue", page_fields(),
              {{"PLACE", "position", shown::whole},
               {"CALL", "call_id", shown::id},
               {"FROM", "from_number", shown::id},
               {"TO", "to_number", shown::id},
               {"NOT BEFORE", "next_attempt_at"},
               {"TRIED", "attempts", shown::whole},
               {"LAST", "last_failure"}}),
  };
  n.examples = "  unpod call list --status active\n"
               "  unpod call get SCL_…\n"
               "  unpod call create +14155550101 --agent-id baker\n"
               "  unpod call queue\n"
               "  unpod call events SCL_… --follow\n"
               "  unpod call why SCL_…\n"
               "  unpod call say SCL_… \"One moment, please.\"\n"
               "  unpod call hangup SCL_…";
  return n;
}

noun session_noun() {
  noun n;
  n.name = "session";
  n.group = "Calls";
  n.summary = "Sessions: tokens for callers, and calls as sessions";
  n.columns = {{"SESSION", "session_id", shown::id},     {"STATUS", "status"},
               {"PIPE", "pipe_id", shown::id},           {"STARTED", "started_at"},
               {"LENGTH", "duration_s", shown::seconds}, {"END", "end_reason"}};
  n.empty = "No sessions.";
  n.verbs = {
    list_verb("Sessions, the newest first", "/v1/sessions", page_fields()),
    get_verb("A session, with what was said", "/v1/sessions/{SESSION}", place("SESSION")),
    events_verb("What happens in a session, and what happened", "/v1/sessions/{SESSION}/events",
                place("SESSION")),
    verb("token", "A token that lets one caller in, once", "POST", "/v1/sessions/token",
         {must(text("PIPE", "", "Whom the caller will reach", "pipe_id")),
          any({"--metadata", "JSON", "An object for the runner: {…} or a file"}, becomes::object,
              "metadata")}),
    verb("end", "End a session", "POST", "/v1/sessions/{SESSION}/end", {place("SESSION")},
         answer_is::nothing, "Session {SESSION} is told to end; its state is {state}."),
    verb("transfer", "Hand a session to another agent, or bring another's caller in", "POST",
         "/v1/sessions/{SESSION}/transfer",
         {place("SESSION"),
          any({"--to", "JSON", "{\"type\": \"agent\", \"config\": {\"agent_id\": …}} or a file"},
              becomes::object, "to"),
          text("--mode", "MODE", "cold, or warm: announced", "mode"),
          text("--drop", "PARTICIPANT", "Who leaves when it is done", "drop_participant_id")},
         answer_is::nothing, "Session {SESSION}: {added_participant_id} is in it."),
    verb("remove", "Show a participant out", "DELETE",
         "/v1/sessions/{SESSION}/participants/{PARTICIPANT}",
         {place("SESSION"), place("PARTICIPANT")}, answer_is::nothing,
         "{PARTICIPANT} is shown out of session {SESSION}."),
  };
  n.examples = "  unpod session token PIPE_… --metadata '{\"table\": 7}'\n"
               "  unpod session list --limit 10";
  return n;
}

noun recording_noun() {
  noun n;
  n.name = "recording";
  n.group = "Calls";
  n.summary = "Recordings: links to what was recorded";
  n.columns = {{"CALL", "session_id", shown::id},
               {"PIPE", "pipe_id", shown::id},
               {"STARTED", "started_at"},
               {"LENGTH", "duration_s", shown::seconds}};
  n.empty = "No recordings. `unpod pipe update PIPE --recording` makes some.";
  n.verbs = {
    list_verb("Calls that were recorded, the newest first", "/v1/recordings",
              fields{text("--call", "CALL", "Only of this call", "call_id")} + page_fields()),
  };
  n.examples = "  unpod recording list\n"
               "  unpod call get SCL_…          # recording_url is a link to its WAV file";
  return n;
}

noun worker_noun() {
  noun n;
  n.name = "worker";
  n.group = "Agents and voices";
  n.summary = "Agent Runners that are registered now, and how busy they are";
  n.columns = {{"WORKER", "worker_id", shown::id},
               {"AGENT", "agent_id"},
               {"HOST", "hostname"},
               {"ACTIVE", "active_jobs", shown::whole},
               {"SEATS", "max_concurrent", shown::whole},
               {"FREE", "has_capacity"},
               {"DRAINING", "draining"}};
  n.empty = "No runner is here. `unpod runner --agent-id ID --echo` is one to try.";
  n.verbs = {list_verb("All runners of this space", "/v1/runners"),
             verb("drain", "Give a runner no more calls; its live ones go on", "POST",
                  "/v1/runners/{WORKER}/drain", {place("WORKER")}, answer_is::nothing,
                  "{WORKER} gets no more calls.")};
  n.examples = "  unpod worker list\n"
               "  unpod worker drain WRK_…";
  return n;
}

} // namespace unpod::cli

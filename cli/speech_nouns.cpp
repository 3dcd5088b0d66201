// Who speaks: pipes, agents, voice profiles.
#include "cli/noun.hpp"

namespace unpod::cli {

namespace {

constexpr std::int64_t day_s = 86'400, silence_max_ms = 5'000, concurrent_max = 100'000;

/// What pipes and agents have in common.
fields call_fields() {
  return {
    text("--voice", "PROFILE", "Voice profile, by id or name (unpod profile list)",
         "voice_profile"),
    any({"--recording", "", "Record its calls"}, becomes::yes, "recording"),
    any({"--no-recording", "", "Record no calls"}, becomes::no, "recording"),
    whole("--max-call-duration-s", "S", "A call ends after so many seconds", "max_call_duration_s",
          1, day_s),
    whole("--max-concurrent", "N", "Calls at once; 0: as many as the node takes", "max_concurrent",
          0, concurrent_max),
    text("--greeting", "TEXT", "Said first", "greeting"),
    text("--apology", "TEXT", "Said when nobody can answer", "apology"),
    any(option{"--first-speaker", "WHO", "Who speaks first"}.among({"agent", "user"}),
        becomes::text, "first_speaker"),
    any({"--grammar-file", "FILE", "JSGF grammar: what callers may say"}, becomes::file,
        "stt_grammar"),
    whole("--end-of-turn-ms", "MS", "Silence that ends a caller's turn; 0: the node's",
          "end_of_turn_silence_ms", 0, silence_max_ms),
    whole("--barge-in-ms", "MS", "Speech that interrupts the agent; 0: the node's",
          "barge_in_min_speech_ms", 0, silence_max_ms),
  };
}

fields pipe_fields() {
  return fields{text("--agent-id", "ID", "The agent whose runners answer", "agent_id"),
                text("--agent-endpoint", "URL", "A runner that serves (ws), or a webhook (http)",
                     "agent_endpoint")}
         + call_fields() + fields{body_file()};
}

/// `brain`: the flags that make one.
fields brain_fields(bool with_default) {
  auto type =
    option{"--brain", "TYPE", "What answers"}.among({"runner", "prompt", "endpoint", "playbook"});
  if (with_default)
    type = type.or_else("runner");
  return {
    any(type, becomes::text, "brain.type"),
    text("--ref", "TEXT",
         "Of the brain: the runner's agent id, the prompt, the URL or the playbook", "brain.ref"),
    any({"--prompt-file", "FILE", "The prompt, from a file"}, becomes::file, "brain.ref"),
    text("--model", "NAME", "Of an endpoint: which model answers", "brain.cfg.model"),
  };
}

} // namespace

noun pipe_noun() {
  noun n;
  n.name = "pipe";
  n.group = "Agents and voices";
  n.summary = "Speech Pipes: an agent with a voice, ready for calls";
  n.columns = {{"PIPE", "pipe_id", shown::id},  {"NAME", "name"},
               {"AGENT", "agent_id"},           {"VOICE", "voice_profile_id"},
               {"NUMBER", "number", shown::id}, {"REC", "recording"},
               {"CREATED", "created"}};
  n.empty = "No pipes yet. `unpod pipe create NAME --agent-id ID` makes one.";
  n.verbs = {
    list_verb("All pipes", "/v1/pipes"),
    get_verb("Everything about a pipe", "/v1/pipes/{PIPE}", place("PIPE")),
    verb("create", "Make a pipe", "POST", "/v1/pipes",
         fields{must(text("NAME", "", "How people call it", "name"))} + pipe_fields()),
    verb("update", "Change a pipe; what is not given stays", "PATCH", "/v1/pipes/{PIPE}",
         fields{place("PIPE"), text("--name", "NAME", "How people call it", "name")}
           + pipe_fields()),
    delete_verb("Delete a pipe", "/v1/pipes/{PIPE}", {place("PIPE"), detach_numbers()},
                "Pipe {PIPE} is deleted."),
  };
  n.examples = "  unpod pipe create bakery --agent-id baker --voice embedded-en --recording\n"
               "  unpod pipe update PIPE_… --greeting \"Good morning, the bakery.\"\n"
               "  unpod pipe create bakery --body pipe.json";
  return n;
}

noun agent_noun() {
  noun n;
  n.name = "agent";
  n.group = "Agents and voices";
  n.summary = "Agents: a brain, and the voices it speaks with";
  n.columns = {{"AGENT", "agent_id", shown::id},
               {"NAME", "name"},
               {"BRAIN", "brain.type"},
               {"REF", "brain.ref"},
               {"VOICES", "voices", shown::count}};
  n.empty = "No agents yet. `unpod agent create ID` makes one.";
  const auto greeting = text("--greeting", "TEXT", "Said first", "greeting");
  n.verbs = {
    list_verb("All agents", "/v1/agents"),
    get_verb("An agent with its voices", "/v1/agents/{AGENT}", place("AGENT")),
    verb("create", "Make an agent with its first voice", "POST", "/v1/agents",
         fields{must(text("AGENT", "", "Its id, as its runners register", "agent_id")),
                text("--name", "NAME", "How people call it", "name")}
           + brain_fields(true) + call_fields() + fields{body_file()}),
    verb("update", "Change an agent in all its voices", "PATCH", "/v1/agents/{AGENT}",
         fields{place("AGENT"), text("--name", "NAME", "How people call it", "name"), greeting}
           + brain_fields(false) + fields{body_file()}),
    delete_verb("Delete an agent with all its voices", "/v1/agents/{AGENT}",
                {place("AGENT"), detach_numbers()}, "Agent {AGENT} is deleted."),
    verb("add-voice", "Let an agent speak with one more voice", "POST", "/v1/agents/{AGENT}/voices",
         {place("AGENT"),
          must(text("PROFILE", "", "Voice profile, by id or name", "voice_profile")), greeting}),
    verb("remove-voice", "Take a voice from an agent", "DELETE",
         "/v1/agents/{AGENT}/voices/{PROFILE}", {place("AGENT"), place("PROFILE")},
         answer_is::nothing, "Agent {AGENT} has the voice {PROFILE} no more."),
  };
  n.examples = "  unpod agent create baker --voice embedded-en\n"
               "  unpod agent create concierge --brain prompt --prompt-file concierge.txt\n"
               "  unpod agent add-voice baker embedded-en";
  return n;
}

noun profile_noun() {
  noun n;
  n.name = "profile";
  n.group = "Agents and voices";
  n.summary = "Voice profiles: the ears and voices this node knows";
  n.columns = {{"PROFILE", "profile_id", shown::id},
               {"NAME", "name", shown::id}, // as good as an id
               {"LANG", "language"},
               {"EAR", "stt_provider"},
               {"VOICE", "tts_provider"},
               {"MISSING", "missing"}};
  n.empty = "No voice profiles here.";
  n.verbs = {
    list_verb("All profiles", "/v1/voice-profiles",
              {text("--language", "CODE", "Only this language, as in en or en-US", "language")}),
    get_verb("Everything about a profile", "/v1/voice-profiles/{PROFILE}", place("PROFILE")),
    verb("reload", "Let the node read its profiles again", "POST", "/v1/voice-profiles/reload", {},
         answer_is::one, "The profiles are read again; new calls use them."),
  };
  n.examples = "  unpod profile list --language en";
  return n;
}

noun provider_noun() {
  noun n;
  n.name = "provider";
  n.group = "Agents and voices";
  n.summary = "Speech providers: how they are, and what calls used of them";
  n.columns = {{"PROVIDER", "provider", shown::id}, {"STATE", "state"},
               {"OK", "successes", shown::whole},   {"LOST", "failures", shown::whole},
               {"P50 MS", "first_byte_p50_ms"},     {"P99 MS", "first_byte_p99_ms"},
               {"LAST FAILURE", "last_failure"}};
  n.empty = "No speech providers here.";
  auto stats =
    rows_verb("stats", "What calls used of them, and what went wrong", "/v1/providers", {},
              {{"PROVIDER", "provider", shown::id},
               {"STT S", "stt_seconds"},
               {"TTS CHARS", "tts_characters", shown::whole},
               {"LOST", "failures", shown::whole},
               {"BY KIND", "failures_by_kind"},
               {"PROBES", "probes", shown::whole},
               {"FAILED", "probes_failed", shown::whole}});
  n.verbs = {
    list_verb("All providers: breaker, first sounds, failures", "/v1/providers"),
    get_verb("Everything about a provider", "/v1/providers/{PROVIDER}", place("PROVIDER")),
    verb("test", "Try a provider now: a stream of each kind, one word", "POST",
         "/v1/providers/{PROVIDER}/test", {place("PROVIDER")}),
    std::move(stats),
  };
  n.examples = "  unpod provider list\n"
               "  unpod provider test deepgram";
  return n;
}

} // namespace unpod::cli

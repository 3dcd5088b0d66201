// How the telephone network finds an agent: numbers and trunks.
#include "cli/noun.hpp"

namespace unpod::cli {

namespace {

/// Where a number's calls go.
fields target_fields() {
  return {
    text("--pipe", "PIPE", "The pipe that takes its calls", "pipe_id"),
    text("--agent-id", "ID", "The agent that takes its calls, with its first voice", "agent_id")};
}

fields wiring_fields() {
  return {text("--country", "CODE", "Two letters, as in US", "country"),
          text("--inbound-trunk", "TRUNK", "The trunk its calls come from", "inbound_trunk_id"),
          text("--outbound-trunk", "TRUNK", "The trunk its own calls take", "outbound_trunk_id"),
          body_file()};
}

field number_place() {
  return place("NUMBER", "As in +14155550101");
}

} // namespace

noun number_noun() {
  noun n;
  n.name = "number";
  n.group = "The telephone network";
  n.summary = "Telephone numbers, and the pipes that take their calls";
  n.columns = {{"NUMBER", "number", shown::id},
               {"STATUS", "status"},
               {"PIPE", "pipe_id", shown::id},
               {"AGENT", "agent_id"},
               {"TRUNK", "trunk_id", shown::id},
               {"COUNTRY", "country"},
               {"CREATED", "created"}};
  n.empty = "No numbers yet. `unpod number create +14155550101` makes one known.";
  n.verbs = {
    list_verb(
      "All numbers", "/v1/numbers",
      fields{any(option{"--status", "STATUS", "Only these"}.among(
                   {"available", "assigned", "in_call", "disabled"}),
                 becomes::text, "status"),
             text("--country", "CODE", "Only of this country, as in US", "country"),
             any(option{"--trunk-type", "TYPE", "Only on such trunks"}.among({"byo", "livekit"}),
                 becomes::text, "trunk_type")}
        + page_fields()),
    get_verb("Everything about a number", "/v1/numbers/{NUMBER}", number_place()),
    verb("create", "Make a number known to the node", "POST", "/v1/numbers",
         fields{must(text("NUMBER", "", "In international form, as in +14155550101", "number"))}
           + target_fields() + wiring_fields()),
    verb(
      "update", "Change a number; what is not given stays", "PATCH", "/v1/numbers/{NUMBER}",
      fields{number_place(), any(option{"--status", "STATUS", "disabled: it takes no calls"}.among(
                                   {"available", "disabled"}),
                                 becomes::text, "status")}
        + wiring_fields()),
    delete_verb("Forget a number", "/v1/numbers/{NUMBER}", {number_place()},
                "Number {NUMBER} is forgotten."),
    verb("attach", "Give a number's calls to a pipe or an agent", "POST",
         "/v1/numbers/{NUMBER}/attach", fields{number_place()} + target_fields()),
    verb("move", "Give a number's calls to another pipe or agent", "PUT",
         "/v1/numbers/{NUMBER}/attach", fields{number_place()} + target_fields()),
    verb("detach", "Let nobody take a number's calls", "DELETE", "/v1/numbers/{NUMBER}/attach",
         {number_place()}),
    verb("sync", "Take over the numbers that providers know", "POST", "/v1/numbers/sync", {}),
  };
  n.examples = "  unpod number create +14155550101 --country US --agent-id baker\n"
               "  unpod number attach +14155550101 --pipe PIPE_…\n"
               "  unpod number detach +14155550101";
  return n;
}

noun trunk_noun() {
  noun n;
  n.name = "trunk";
  n.group = "The telephone network";
  n.summary = "SIP trunks, over which calls come and go";
  n.columns = {{"TRUNK", "trunk_id", shown::id},    {"NAME", "name"},     {"TYPE", "type"},
               {"DOMAIN", "byo_config_sip_domain"}, {"STATUS", "status"}, {"CREATED", "created"}};
  n.empty = "No trunks yet. `unpod trunk create NAME --domain sip.example.com` makes one.";
  const field numbers =
    any(option{"NUMBER", "", "As in +14155550101"}.must().many(), becomes::numbers, "number_ids");
  const fields about{
    text("--domain", "HOST", "The provider's SIP host", "byo_config.sip_domain"),
    text("--provider", "NAME", "Who runs it", "byo_config.provider"),
    text("--username", "NAME", "For digest authentication", "byo_config.auth_username"),
    any({"--password-file", "FILE", "Its password, from a file; - reads it from the input"},
        becomes::file, "byo_config.auth_password"),
    any(option{"--transport", "HOW", "To the provider"}.among({"tls", "tcp", "udp"}), becomes::text,
        "byo_config.transport"),
    text("--provider-trunk", "ID", "What the provider calls it", "provider_trunk_id"),
    body_file()};
  n.verbs = {
    list_verb("All trunks", "/v1/trunks", page_fields()),
    get_verb("Everything about a trunk", "/v1/trunks/{TRUNK}", place("TRUNK")),
    verb(
      "create", "Make a trunk", "POST", "/v1/trunks",
      fields{must(text("NAME", "", "How people call it", "name")),
             any(option{"--type", "TYPE", "Whose it is"}.among({"byo", "livekit"}).or_else("byo"),
                 becomes::text, "type")}
        + about),
    verb("update", "Change a trunk; what is not given stays", "PATCH", "/v1/trunks/{TRUNK}",
         fields{place("TRUNK"), text("--name", "NAME", "How people call it", "name")} + about),
    delete_verb("Delete a trunk", "/v1/trunks/{TRUNK}", {place("TRUNK"), detach_numbers()},
                "Trunk {TRUNK} is deleted."),
    verb("attach", "Let numbers use a trunk", "POST", "/telephony/trunks/{TRUNK}/attach-numbers",
         {place("TRUNK"), numbers}),
    verb("detach", "Let numbers use a trunk no more", "POST",
         "/telephony/trunks/{TRUNK}/detach-numbers", {place("TRUNK"), numbers}),
  };
  n.examples = "  unpod trunk create main --domain sip.example.com --username me \\\n"
               "                          --password-file -\n"
               "  unpod trunk attach TK_… +14155550101 +14155550102";
  return n;
}

} // namespace unpod::cli

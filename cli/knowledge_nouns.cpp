// What agents are given and asked: tools, dictionaries, analytics blocks and what these found.
#include "cli/noun.hpp"

namespace unpod::cli {

namespace {

constexpr const char* group = "What agents know";

field agent_word() {
  return must(text("AGENT", "", "Which agent", "agent_id"));
}

/// Results come in pages that are counted.
fields result_fields() {
  constexpr std::int64_t rows_max = 1'000, skip_max = 10'000;
  return {whole("--limit", "N", "At most so many", "limit", 1, rows_max),
          whole("--skip", "N", "Not the first so many", "skip", 0, skip_max)};
}

fields block_fields() {
  return {text("--prompt", "TEXT", "What is asked of a session", "prompt"),
          any({"--prompt-file", "FILE", "The same, from a file"}, becomes::file, "prompt"),
          any({"--fields", "JSON", "What is to be found: [{\"name\",\"type\"}…] or a file"},
              becomes::object, "fields"),
          text("--model", "NAME", "Which model is asked", "model"), body_file()};
}

std::vector<noun_column> result_columns() {
  return {{"RESULT", "result_id", shown::id},
          {"BLOCK", "name"},
          {"CALL", "call_id", shown::id},
          {"STATUS", "status"},
          {"SUMMARY", "summary"},
          {"CREATED", "created"}};
}

} // namespace

noun tool_noun() {
  noun n;
  n.name = "tool";
  n.group = group;
  n.summary = "Tools for agents: kept and attached; calls run none yet";
  n.columns = {{"TOOL", "tool_id", shown::id},
               {"METHOD", "method"},
               {"URL", "url"},
               {"AGENTS", "agent_ids", shown::count}};
  n.empty = "No tools yet. `unpod tool set NAME --tool-url https://…` makes one.";
  n.verbs = {
    list_verb("The tools of this space", "/v1/custom-tools"),
    get_verb("Everything about a tool", "/v1/custom-tools/{TOOL}", place("TOOL")),
    verb("catalogue", "What an agent may be given on this node", "GET", "/v1/tools", {}),
    verb(
      "set", "Make a tool, or replace it", "PUT", "/v1/custom-tools/{TOOL}",
      {place("TOOL", "What a model calls it"),
       text("--tool-url", "URL", "Whom it asks; {{ args.NAME }} may stand in it", "url"),
       text("--description", "TEXT", "When a model shall call it", "description"),
       any(option{"--method", "METHOD", "How"}.among({"GET", "POST", "PUT", "PATCH", "DELETE"}),
           becomes::text, "method"),
       any({"--args", "JSON", "What it is told: {…} or a file"}, becomes::object, "args"),
       any({"--headers", "JSON", "An object of texts: {…} or a file"}, becomes::object, "headers"),
       body_file()}),
    delete_verb("Delete a tool: no agent has it any more", "/v1/custom-tools/{TOOL}",
                {place("TOOL")}, "Tool {TOOL} is deleted."),
    verb("attach", "Give an agent a tool", "POST", "/v1/tools/{TOOL}/attach",
         {place("TOOL"), agent_word()}),
    verb("detach", "Take a tool from an agent", "POST", "/v1/tools/{TOOL}/detach",
         {place("TOOL"), agent_word()}),
  };
  n.examples = "  unpod tool set stock --tool-url https://bakery.example/stock\n"
               "  unpod tool attach stock baker";
  return n;
}

noun dictionary_noun() {
  noun n;
  n.name = "dictionary";
  n.group = group;
  n.summary = "The words of a trade: kept; speech does not use them yet";
  n.columns = {{"DOMAIN", "domain", shown::id},
               {"HEARD", "vocabulary", shown::count},
               {"SAID", "pronunciation", shown::count},
               {"AGENTS", "agent_ids", shown::count},
               {"CHANGED", "updated_at"}};
  n.empty = "No dictionaries yet. `unpod dictionary set DOMAIN --body FILE` makes one.";
  const auto rows = [](const char* name, const char* help, const char* member) {
    return any({name, "JSON", help}, becomes::object, member);
  };
  n.verbs = {
    list_verb("All dictionaries", "/v1/domain-dictionaries"),
    get_verb("One dictionary", "/v1/domain-dictionaries/{DOMAIN}", place("DOMAIN")),
    verb("set", "Make a dictionary, or replace its rows", "PUT", "/v1/domain-dictionaries/{DOMAIN}",
         {place("DOMAIN"),
          rows("--vocabulary", "[{\"key\",\"value\"}…] or a file: as it is heard", "vocabulary"),
          rows("--pronunciation", "The same: as it is said", "pronunciation"), body_file()}),
    delete_verb("Delete a dictionary; agents lose their tag of it",
                "/v1/domain-dictionaries/{DOMAIN}", {place("DOMAIN")},
                "The dictionary of {DOMAIN} is deleted."),
    verb("attach", "Note that an agent uses it", "POST", "/v1/domain-dictionaries/{DOMAIN}/attach",
         {place("DOMAIN"), agent_word()}),
    verb("detach", "Note that an agent uses it no more", "POST",
         "/v1/domain-dictionaries/{DOMAIN}/detach", {place("DOMAIN"), agent_word()}),
    verb("clone", "Begin a domain with another's rows", "POST",
         "/v1/domain-dictionaries/{DOMAIN}/clone",
         {place("DOMAIN"), must(text("NEW", "", "The new domain", "new_domain"))}),
  };
  n.examples = "  unpod dictionary set bakery --vocabulary '[{\"key\":\"rye\"}]'\n"
               "  unpod dictionary attach bakery baker";
  return n;
}

noun block_noun() {
  noun n;
  n.name = "block";
  n.group = group;
  n.summary = "Analytics blocks: what is asked of every session that ends";
  n.columns = {{"BLOCK", "block_id", shown::id},      {"NAME", "name"},
               {"VERSION", "version", shown::whole},  {"STATE", "state"},
               {"AGENTS", "agent_ids", shown::count}, {"CREATED", "created"}};
  n.empty = "No analytics blocks yet. `unpod block create NAME --prompt TEXT` makes one.";
  n.verbs = {
    list_verb("All blocks", "/v1/analytics-blocks",
              {any({"--archived", "", "Archived ones too"}, becomes::yes, "include_archived")}),
    get_verb("Everything about a block", "/v1/analytics-blocks/{BLOCK}", place("BLOCK")),
    verb("create", "Make a block", "POST", "/v1/analytics-blocks",
         fields{must(text("NAME", "", "How people call it", "name"))} + block_fields()),
    verb("update", "Change a block: a new version", "PATCH", "/v1/analytics-blocks/{BLOCK}",
         fields{place("BLOCK"), text("--name", "NAME", "How people call it", "name")}
           + block_fields()),
    delete_verb("Archive a block: it runs no more, its results stay",
                "/v1/analytics-blocks/{BLOCK}", {place("BLOCK")}, "Block {BLOCK} is archived."),
    verb("attach", "Run a block for an agent", "POST", "/v1/analytics-blocks/{BLOCK}/attach",
         {place("BLOCK"), agent_word()}),
    verb("detach", "Run a block for an agent no more", "DELETE",
         "/v1/analytics-blocks/{BLOCK}/attach/{AGENT}", {place("BLOCK"), place("AGENT")}),
    {"templates", "Blocks to begin with", "GET", "/v1/analytics-blocks/templates", {}},
  };
  n.examples = "  unpod block create sold --prompt \"What was sold?\"\n"
               "  unpod block attach ABK_… baker";
  return n;
}

noun result_noun() {
  noun n;
  n.name = "result";
  n.group = group;
  n.summary = "What analytics blocks found, the newest first";
  n.columns = result_columns();
  n.empty = "Nothing was found yet.";
  n.verbs = {
    list_verb(
      "Results, the newest first", "/v1/analytics-results",
      fields{text("--block", "BLOCK", "Only of this block", "block_id"),
             text("--agent-id", "ID", "Only of this agent", "agent_id"),
             any(option{"--status", "STATUS", "Only these"}.among({"ok", "failed", "skipped"}),
                 becomes::text, "status")}
        + result_fields()),
    {"get",
     "What every block found in one call",
     "GET",
     "/v1/calls/{CALL}/analytics",
     {place("CALL")},
     answer_is::list},
  };
  n.examples = "  unpod result list --block ABK_… --limit 20\n"
               "  unpod result get SCL_…";
  return n;
}

} // namespace unpod::cli

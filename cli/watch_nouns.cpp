// A node at work: its actors, itself, its log.
#include "cli/actor_view.hpp"
#include "cli/noun.hpp"
#include "cli/story_view.hpp"

namespace unpod::cli {

namespace {

fields actor_filters() {
  return {text("--kind", "KIND", "Only these, as in call, runner, pipe", "kind"),
          text("--about", "TEXT", "Only about this: a part of a call's id, a pipe, a provider",
               "subject"),
          text("--state", "STATE", "Only in this state", "state"),
          any(option{"--sort", "BY", "Largest first"}.among(
                {"mailbox", "rate", "p99", "memory", "restarts", "busy", "age"}),
              becomes::text, "sort"),
          whole("--limit", "N", "At most so many", "limit", 1, 10'000)};
}

} // namespace

noun actor_noun() {
  noun n;
  n.name = "actor";
  n.group = "Inside a node";
  n.summary = "The actors a node is made of: seen, traced, held, killed";
  n.columns = {{"ACTOR", "kind"}, {"ABOUT", "subject"}};
  n.verbs = {
    seen_as(actors_text, verb("tree", "All that live, as their tree", "GET", "/v1/actors?view=tree",
                              actor_filters(), answer_is::list)),
    seen_as(actors_text, verb(
                           "top", "All that live, the busiest first", "GET", "/v1/actors?view=flat",
                           [] {
                             auto typed = actor_filters();
                             typed[3].typed.fallback = "rate";
                             typed[4].typed.fallback = "20";
                             return typed;
                           }(),
                           answer_is::list)),
    seen_as(actor_text, verb("show", "One, with its children", "GET", "/v1/actors/{ACTOR}",
                             {place("ACTOR", "The number of `unpod actor tree`")})),
    seen_as(trace_text,
            verb("trace", "Each message into it, and each it sent, as they are handled", "POST",
                 "/v1/actors/{ACTOR}/trace",
                 {place("ACTOR", "The number of `unpod actor tree`"),
                  whole("--seconds", "N", "For so long (default: 10)", "seconds", 1, 60),
                  any({"--words", "", "Texts too, and with them what was said in calls"},
                      becomes::yes, "words")},
                 answer_is::events)),
    verb("suspend", "Let its messages wait, for a minute at most", "POST",
         "/v1/actors/{ACTOR}/suspend",
         {place("ACTOR"), whole("--seconds", "N", "It goes on by itself then", "seconds", 1, 60)},
         answer_is::nothing, "The {kind} {ACTOR} is suspended; `unpod actor resume {ACTOR}`."),
    verb("resume", "Let it go on", "POST", "/v1/actors/{ACTOR}/resume", {place("ACTOR")},
         answer_is::nothing, "The {kind} {ACTOR} goes on."),
    verb("kill", "Kill it, as a crash would", "POST", "/v1/actors/{ACTOR}/kill", {place("ACTOR")},
         answer_is::nothing, "The {kind} {ACTOR} is killed; what follows is its parent's to do."),
  };
  n.examples = "  unpod actor tree\n"
               "  unpod actor tree --kind call --watch 1\n"
               "  unpod actor top --sort p99\n"
               "  unpod actor show 42\n"
               "  unpod actor trace 42 --seconds 30\n"
               "  unpod actor kill 42";
  return n;
}

noun node_noun() {
  noun n;
  n.name = "node";
  n.group = "Inside a node";
  n.summary = "The node: what it takes, and how near its limits it is";
  n.verbs = {seen_as(node_text, verb("show", "All of it", "GET", "/v1/node", {}))};
  n.examples = "  unpod node show\n"
               "  unpod node show --watch 5";
  return n;
}

noun log_noun() {
  noun n;
  n.name = "log";
  n.group = "Inside a node";
  n.summary = "A node's log: its last lines, and which room says how much";
  n.verbs = {
    seen_as(log_text,
            verb("tail", "The last lines", "GET", "/v1/logs",
                 {text("--after", "SEQ", "Only those after this one", "after")}, answer_is::list)),
    verb("levels", "Which rooms say how much", "GET", "/v1/logs/levels", {}),
    verb(
      "level", "Let a room say more or less: debug, info, warn or error", "POST", "/v1/logs/levels",
      {any(option{"ROOM=LEVEL", "", "As in adapters.speech=debug; =info is for all others"}.must(),
           becomes::pair, "room=level")}),
  };
  n.examples = "  unpod log tail --watch 2\n"
               "  unpod log level adapters.speech=debug\n"
               "  unpod log level =warn";
  return n;
}

} // namespace unpod::cli

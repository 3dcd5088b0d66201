// Who is told of calls, and what calls used up.
#include "cli/noun.hpp"

namespace unpod::cli {

namespace {

field events_field() {
  return any(option{"--event", "EVENT",
                    "Only these, repeated or parted by commas; default all: call_started, "
                    "call_ended, call_failed, transcript_ready, recording_ready, "
                    "handover_initiated"}
               .many(),
             becomes::words, "events");
}

noun_verb deliveries_verb() {
  auto made = list_verb(
    "What a webhook was told or is to be told", "/v1/webhooks/{WEBHOOK}/deliveries",
    fields{place("WEBHOOK"),
           any(option{"--status", "STATUS", "Only these"}.among({"pending", "delivered", "dead"}),
               becomes::text, "status")}
      + page_fields());
  made.name = "deliveries";
  made.columns = {{"DELIVERY", "delivery_id", shown::id},
                  {"EVENT", "event"},
                  {"CALL", "call_id", shown::id},
                  {"STATUS", "status"},
                  {"TRIES", "attempts", shown::whole},
                  {"DUE", "due"},
                  {"ERROR", "last_error"}};
  return made;
}

} // namespace

noun webhook_noun() {
  noun n;
  n.name = "webhook";
  n.group = "Calls";
  n.summary = "Webhooks: who is told when calls begin, end and are ready";
  n.columns = {{"WEBHOOK", "webhook_id", shown::id},
               {"URL", "url"},
               {"STATUS", "status"},
               {"EVENTS", "events"},
               {"CREATED", "created"}};
  n.empty = "No webhooks. `unpod webhook create URL` makes one.";
  const auto status =
    any(option{"--status", "STATUS", "A paused one is told later"}.among({"active", "paused"}),
        becomes::text, "status");
  const auto about = text("--description", "TEXT", "What it is for", "description");
  n.verbs = {
    list_verb("All webhooks", "/v1/webhooks"),
    get_verb("Everything about a webhook, but its secret", "/v1/webhooks/{WEBHOOK}",
             place("WEBHOOK")),
    verb(
      "create", "Have an address told of calls", "POST", "/v1/webhooks",
      {must(text("URL", "", "Where deliveries are posted", "url")), events_field(), about, status}),
    verb("update", "Change a webhook, pause it, or give it a new secret", "PATCH",
         "/v1/webhooks/{WEBHOOK}",
         {place("WEBHOOK"), text("--address", "URL", "Where deliveries are posted", "url"),
          events_field(), about, status,
          any({"--rotate-secret", "", "A new secret; the old one signs, too, for a day"},
              becomes::yes, "rotate_secret")}),
    delete_verb("Erase a webhook with its deliveries", "/v1/webhooks/{WEBHOOK}", {place("WEBHOOK")},
                "Webhook {WEBHOOK} is erased."),
    verb("test", "Send a test event", "POST", "/v1/webhooks/{WEBHOOK}/test", {place("WEBHOOK")},
         answer_is::nothing,
         "Delivery {delivery_id} is on its way; `unpod webhook deliveries {WEBHOOK}` shows how it "
         "went."),
    deliveries_verb(),
    verb("delivery", "One delivery, with what is sent", "GET", "/v1/deliveries/{DELIVERY}",
         {place("DELIVERY")}),
    verb("redeliver", "Send a delivery again, now", "POST", "/v1/deliveries/{DELIVERY}/redeliver",
         {place("DELIVERY")}, answer_is::nothing, "Delivery {DELIVERY} is on its way again."),
  };
  n.examples = "  unpod webhook create https://example.org/calls --event call_ended,call_failed\n"
               "  unpod webhook test WHK_…\n"
               "  unpod webhook deliveries WHK_… --status dead\n"
               "  unpod webhook redeliver DLV_…";
  return n;
}

noun usage_noun() {
  noun n;
  n.name = "usage";
  n.group = "Calls";
  n.summary = "Usage: seconds heard, characters spoken, tokens, and what they cost";
  n.verbs = {
    verb("show", "Sums by call, agent or project", "GET", "/v1/usage",
         {any(option{"--by", "WHAT", "What is added together"}.among({"call", "agent", "project"}),
              becomes::text, "by"),
          text("--from", "TIME", "From this day or time on, in UTC: 2026-11-21", "from"),
          text("--to", "TIME", "Before this day or time", "to"),
          text("--agent-id", "ID", "Only of this agent", "agent_id"),
          text("--call", "CALL", "Only of this call", "call_id")})};
  n.examples = "  unpod usage show --by agent --from 2026-11-01";
  return n;
}

} // namespace unpod::cli

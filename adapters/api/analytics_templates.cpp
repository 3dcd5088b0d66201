#include "adapters/api/analytics_templates.hpp"

#include "adapters/api/analytics_bodies.hpp"
#include "messages/json_line.hpp"

#include <utility>

namespace unpod {

namespace {

constexpr const char* call_outcome = R"({
  "name": "Call outcome",
  "prompt": "Say how this call ended for the caller: what they wanted, what they got, and what was promised to happen next. Judge only by what was said.",
  "fields": [
    {"name": "outcome", "type": "enum", "choices": ["resolved", "partly resolved", "unresolved", "wrong number", "nobody spoke"], "description": "How the call ended for the caller"},
    {"name": "wanted", "type": "str", "description": "What the caller wanted, in one sentence"},
    {"name": "next_steps", "type": "list[str]", "description": "What was promised, one step each"},
    {"name": "callback_wanted", "type": "bool", "description": "Did the caller ask to be called back?"}],
  "summary_description": "Two sentences: what the caller wanted and how it ended.",
  "success_description": "The caller got what they called for, or a next step that they agreed to.",
  "condition": {"min_turns": 2}})";

constexpr const char* lead_qualification = R"({
  "name": "Lead qualification",
  "prompt": "Decide whether the caller is a qualified lead: somebody with a need, the means and a time for it. Take figures only from what the caller said; leave out what was not said.",
  "fields": [
    {"name": "need", "type": "str", "description": "What the caller needs, in their own words"},
    {"name": "budget", "type": "int", "description": "The sum the caller named, without currency"},
    {"name": "timeframe", "type": "enum", "choices": ["now", "this quarter", "this year", "later", "not said"], "description": "When the caller wants to begin"},
    {"name": "decides", "type": "bool", "description": "Does the caller decide alone?"},
    {"name": "objections", "type": "list[str]", "description": "What speaks against it for the caller"},
    {"name": "score", "type": "int", "description": "0 to 100: how likely the caller is to buy"}],
  "summary_description": "What a colleague must know before the next call.",
  "success_type": "enum",
  "success_choices": ["hot", "warm", "cold", "no lead"],
  "success_description": "hot: need, means and time are there; warm: one is missing; cold: a need alone; no lead: none.",
  "condition": {"min_turns": 4}})";

constexpr const char* satisfaction = R"({
  "name": "Satisfaction",
  "prompt": "Judge how content the caller was at the end, by their words and by how often they had to repeat themselves. Do not judge the agent's politeness.",
  "fields": [
    {"name": "mood", "type": "enum", "choices": ["pleased", "neutral", "annoyed", "angry"], "description": "The caller's mood at the end"},
    {"name": "score", "type": "int", "description": "1 to 5, as the caller would have given it"},
    {"name": "repeated_themselves", "type": "bool", "description": "Did the caller have to say something again?"},
    {"name": "praise", "type": "list[str]", "description": "What the caller liked, in their own words"},
    {"name": "complaints", "type": "list[str]", "description": "What the caller complained about, in their own words"}],
  "summary_description": "One sentence on the caller's mood and its reason.",
  "success_description": "The caller was at least neutral at the end.",
  "condition": {"min_turns": 4}})";

constexpr const char* escalation = R"({
  "name": "Escalation",
  "prompt": "Find out whether this call needs a person: the caller asked for one, was in danger, threatened to leave or to go to law, or the agent could not help.",
  "fields": [
    {"name": "needed", "type": "bool", "description": "Does a person have to look at this call?"},
    {"name": "reason", "type": "enum", "choices": ["asked for a person", "agent could not help", "complaint", "legal", "safety", "none"], "description": "The weightiest reason"},
    {"name": "urgency", "type": "enum", "choices": ["now", "today", "this week", "none"], "description": "How soon"},
    {"name": "quote", "type": "str", "description": "The caller's sentence that shows it"}],
  "summary_description": "What the person who takes over must know.",
  "success_description": "No person is needed, or the caller was handed over to one."})";

json::document parsed(const block_template& from) {
  std::string why;
  return std::move(*json::parse(from.body, 8, why)); // written by us: a bad one is a bug
}

} // namespace

const std::vector<block_template>& block_templates() {
  static const std::vector<block_template> all{
    {"call-outcome", "What the caller wanted, how it ended and what comes next", call_outcome},
    {"lead-qualification", "Need, budget, timeframe and a score", lead_qualification},
    {"satisfaction", "The caller's mood at the end and why", satisfaction},
    {"escalation", "Does a person have to look at this call, and how soon?", escalation},
  };
  return all;
}

const block_template* find_template(std::string_view id) {
  for (const auto& one : block_templates())
    if (id == one.id)
      return &one;
  return nullptr;
}

analytics_block block_from(const block_template& from) {
  analytics_block block;
  std::string why;
  read_block(parsed(from), block_body::fresh, block, why);
  block.template_id = from.id;
  return block;
}

std::string template_json(const block_template& one) {
  return json_line{}
    .text("template_id", one.id)
    .text("description", one.description)
    .members_of(json::dump(parsed(one)))
    .str();
}

} // namespace unpod

#include "adapters/llm/brain_plan.hpp"

#include "adapters/json/json.hpp"
#include "messages/brain.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace unpod {

namespace {

constexpr auto spoken_manner =
  "You are on a voice call. Your words are spoken aloud as you write them: answer in a few short, "
  "plain sentences, without markup, lists or emoji.";
constexpr auto speak_first = "(The caller is on the line and has said nothing yet. Begin.)";
constexpr auto default_filler = "One moment, please.";
/// bytes of a filler; a longer one is no filler.
constexpr std::size_t filler_bytes_max = 300;
constexpr milliseconds filler_after_max{10'000};

bool is_plain(unsigned char c) {
  return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(static_cast<unsigned char>(c))) {
      out += c;
      continue;
    }
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += code;
  }
  return out;
}

/// The members of an object that are text.
std::vector<std::pair<std::string, std::string>> texts_of(const json::value* object) {
  std::vector<std::pair<std::string, std::string>> found;
  if (object && object->IsObject())
    for (const auto& member : object->GetObject())
      if (member.value.IsString())
        found.emplace_back(std::string{member.name.GetString(), member.name.GetStringLength()},
                           std::string{member.value.GetString(), member.value.GetStringLength()});
  return found;
}

bool has_header(const brain_plan& plan, const std::string& wanted) {
  const auto same = [&](const auto& header) {
    return header.first.size() == wanted.size()
           && std::equal(wanted.begin(), wanted.end(), header.first.begin(), [](char a, char b) {
                return std::tolower(static_cast<unsigned char>(a))
                       == std::tolower(static_cast<unsigned char>(b));
              });
  };
  return std::any_of(plan.headers.begin(), plan.headers.end(), same);
}

void add_query(std::string& url, const std::vector<std::pair<std::string, std::string>>& query) {
  const auto part = url.find('#');
  url.resize(std::min(part, url.size()));
  for (const auto& [name, value] : query)
    url += (url.find('?') == std::string::npos ? "?" : "&") + escaped(name) + "=" + escaped(value);
}

/// What an endpoint's own configuration says (contract §1.6).
void read_cfg(const json::value& cfg, const brain_limits& bounds, brain_plan& into) {
  into.model = json::text(cfg, "model").value_or("");
  into.headers = texts_of(json::member(cfg, "headers"));
  if (const auto key = json::text(cfg, "api_key"); key && !has_header(into, "Authorization"))
    into.headers.emplace_back("Authorization", "Bearer " + *key);
  add_query(into.url, texts_of(json::member(cfg, "query")));
  into.extra_body = json::raw(cfg, "extra_body").value_or("{}");
  if (const auto wait = json::number(cfg, "timeout_s"); wait && *wait > 0) {
    const auto whole = std::min(*wait, static_cast<double>(bounds.answer_wait.count()) / 1'000);
    into.timeout = milliseconds{static_cast<std::int64_t>(whole * 1'000) + 1};
    into.first_byte = std::min(into.first_byte, into.timeout);
  }
  if (const auto tries = json::whole(cfg, "max_retries"); tries && *tries >= 0)
    into.retries = std::min(static_cast<std::size_t>(*tries), bounds.retries_max);
}

void read_filler(const std::string& extra_json, std::size_t depth, brain_plan& into) {
  into.filler = default_filler;
  std::string why;
  const auto extra = json::parse(extra_json, depth, why);
  if (!extra)
    return;
  if (const auto text = json::text(*extra, "brain_filler");
      text && text->size() <= filler_bytes_max)
    into.filler = *text;
  if (const auto after = json::whole(*extra, "brain_filler_after_ms"); after && *after > 0)
    into.filler_after = std::min(milliseconds{*after}, filler_after_max);
}

std::string system_of(const std::string& prompt, const bridge_opening& opening) {
  std::string text = prompt.empty() ? "" : prompt + "\n\n" + spoken_manner;
  const auto add = [&](const std::string& words) { text += (text.empty() ? "" : "\n\n") + words; };
  if (!opening.instructions.empty())
    add("For this call: " + opening.instructions);
  if (opening.data_json.size() > 2)
    add("What is known of this call, as JSON: " + opening.data_json);
  if (!opening.greeting.empty())
    add("The caller has been greeted already, with the words: " + opening.greeting);
  return text;
}

/// The newest of the words that fit, told as a model wants them: turn about.
std::vector<heard_words> fitting(const std::vector<heard_words>& words,
                                 const brain_limits& bounds) {
  std::size_t from = words.size(), bytes = 0;
  while (from > 0 && words.size() - from < bounds.history_turns_max
         && bytes + words[from - 1].text.size() <= bounds.history_bytes_max)
    bytes += words[--from].text.size();
  std::vector<heard_words> told;
  for (; from < words.size(); ++from)
    if (!told.empty() && told.back().agents == words[from].agents)
      told.back().text += " " + words[from].text;
    else
      told.push_back(words[from]);
  return told;
}

std::string chat_body(const brain_plan& plan, const std::vector<heard_words>& words) {
  json::writer body;
  body.object();
  std::string why;
  const auto extra = json::parse(plan.extra_body, 32, why);
  if (!plan.model.empty() && !(extra && json::member(*extra, "model")))
    body.field("model", plan.model);
  body.key("messages").array();
  const auto say = [&](const char* role, const std::string& text) {
    body.object().field("role", role).field("content", text).end();
  };
  if (!plan.system.empty())
    say("system", plan.system);
  for (const auto& one : words)
    say(one.agents ? "assistant" : "user", one.text);
  body.end().field("stream", true);
  if (extra && extra->IsObject())
    for (const auto& member : extra->GetObject()) {
      const std::string name{member.name.GetString(), member.name.GetStringLength()};
      if (name != "messages" && name != "stream")
        body.key(name).raw(json::dump(member.value));
    }
  return body.end().str();
}

std::string webhook_body(const bridge_opening& opening, std::uint64_t turn,
                         const std::string& text) {
  json::writer body;
  body.object().field("text", text).key("context").object();
  body.field("call_id", opening.call.str()).field("session_id", opening.call.str());
  body.field("agent_id", opening.agent.str()).field("turn_number", turn);
  body.field("direction", opening.direction).field("user_number", opening.user_number);
  if (!opening.instructions.empty())
    body.field("instructions", opening.instructions);
  body.key("data").raw(opening.data_json.empty() ? "{}" : opening.data_json);
  return body.end().end().str();
}

} // namespace

bool plan_brain(const bridge_opening& opening, const llm_settings& node, const brain_limits& bounds,
                std::size_t json_depth_max, brain_plan& into, std::string& why) {
  into = {};
  into.first_byte = bounds.first_byte;
  into.timeout = bounds.answer_wait;
  into.retries = bounds.retries;
  into.filler_after = bounds.filler_after;
  read_filler(opening.extra_json, json_depth_max, into);
  if (!is_model_brain(opening.brain_json)) {
    into.what = brain_plan::kind::webhook;
    into.url = opening.agent_endpoint;
    into.headers = {{"Content-Type", "application/json"}};
    return true;
  }
  const auto brain = json::parse(opening.brain_json, json_depth_max, why);
  if (!brain)
    return false;
  const auto ref = json::text(*brain, "ref").value_or("");
  if (brain_type_of(opening.brain_json) == "endpoint") {
    into.url = ref;
    if (const auto* cfg = json::member(*brain, "cfg"))
      read_cfg(*cfg, bounds, into);
    into.system = system_of({}, opening);
  } else if (node.url.empty()) {
    why = "agent '" + opening.agent.str()
          + "' has a brain of type prompt, and this node has no model to give it to; set llm.url "
            "(UNPOD_NODE_LLM_URL), or give the agent an endpoint";
    return false;
  } else {
    into.url = node.url;
    into.model = node.model;
    if (!node.key.empty())
      into.headers = {{"Authorization", "Bearer " + node.key.reveal()}};
    into.system = system_of(ref, opening);
  }
  if (!has_header(into, "Content-Type"))
    into.headers.emplace_back("Content-Type", "application/json");
  if (!has_header(into, "Accept"))
    into.headers.emplace_back("Accept", "text/event-stream, application/json");
  return true;
}

outgoing_request ask_for(const brain_plan& plan, const bridge_opening& opening,
                         const brain_limits& bounds, const std::vector<heard_words>& words,
                         std::uint64_t turn, const std::string& text) {
  outgoing_request request;
  request.url = plan.url;
  request.headers = plan.headers;
  request.timeout = plan.timeout;
  request.first_byte = plan.first_byte;
  request.quiet = bounds.quiet;
  request.answer_max = bounds.answer_bytes_max;
  if (plan.what == brain_plan::kind::webhook) {
    request.body = webhook_body(opening, turn, text);
    return request;
  }
  auto told = fitting(words, bounds);
  told.push_back({false, text.empty() ? speak_first : text});
  if (told.size() > 1 && !told[told.size() - 2].agents) { // an unanswered turn before it
    told[told.size() - 2].text += " " + told.back().text;
    told.pop_back();
  }
  request.body = chat_body(plan, told);
  return request;
}

} // namespace unpod

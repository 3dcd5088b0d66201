#include "adapters/api/analytics_bodies.hpp"

#include "adapters/api/member_reader.hpp"
#include "messages/access.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>
#include <tuple>

namespace unpod {

namespace {

constexpr const char* field_types[] = {"str", "int", "float", "bool", "list[str]", "enum"};

bool is_field_type(const std::string& type) {
  return std::find(std::begin(field_types), std::end(field_types), type) != std::end(field_types);
}

/// Texts that differ from one another, at least one; otherwise words.
std::string choices_mistake(const json::value& choices) {
  if (!choices.IsArray() || choices.Empty() || choices.Size() > block_choices_max)
    return "must be a list of 1 to " + std::to_string(block_choices_max) + " texts";
  std::set<std::string> seen;
  for (const auto& choice : choices.GetArray()) {
    if (!choice.IsString() || choice.GetStringLength() == 0
        || choice.GetStringLength() > short_text_bytes_max)
      return "must hold texts of 1 to " + std::to_string(short_text_bytes_max) + " bytes";
    if (!seen.insert({choice.GetString(), choice.GetStringLength()}).second)
      return "names '" + std::string{choice.GetString()} + "' twice";
  }
  return {};
}

/// A dot is refused: `data.x` is how a table tells a field from a column of its own.
std::string name_mistake(const std::string& name) {
  if (name.empty())
    return "is missing";
  if (name.size() > field_name_bytes_max)
    return "is longer than " + std::to_string(field_name_bytes_max) + " bytes";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == '.')
      return "must not hold dots or control characters";
  return {};
}

/// One field spec into the form it is kept in; the first mistake stands.
class field_reader {
public:
  field_reader(const json::value& spec, std::string where, std::string& why)
    : spec_(spec), where_(std::move(where)), why_(why) {}

  /// The spec with its type, which is "str" when none is given; what is unknown is kept.
  std::string read(std::string& name) {
    if (!spec_.IsObject()) {
      fail("", "must be an object {name, type, description?, choices?}");
      return {};
    }
    name = text("name");
    if (const auto mistake = name_mistake(name); !mistake.empty())
      fail(".name", mistake);
    auto type = text("type");
    if (type.empty())
      type = "str";
    if (!is_field_type(type))
      fail(".type", "must be one of str, int, float, bool, list[str] and enum");
    check_choices(type);
    if (text("description").size() > long_text_bytes_max)
      fail(".description", "is longer than " + std::to_string(long_text_bytes_max) + " bytes");
    json_line line;
    line.text("name", name).text("type", type);
    for (const auto& member : spec_.GetObject())
      if (const std::string key{member.name.GetString(), member.name.GetStringLength()};
          key != "name" && key != "type" && !member.value.IsNull())
        line.raw(key, json::dump(member.value));
    return line.str();
  }

private:
  std::string text(const char* key) {
    const auto* found = json::member(spec_, key);
    if (found && !found->IsString() && !found->IsNull())
      fail(std::string{"."} + key, "must be text");
    return json::text(spec_, key).value_or("");
  }

  void check_choices(const std::string& type) {
    const auto* choices = json::member(spec_, "choices");
    const bool given = choices && !choices->IsNull();
    if (type == "enum" && !given)
      fail(".choices", "is missing: an enum needs its choices");
    else if (type != "enum" && given)
      fail(".choices", "is only for the type enum");
    else if (given)
      if (const auto mistake = choices_mistake(*choices); !mistake.empty())
        fail(".choices", mistake);
  }

  void fail(const std::string& member, const std::string& words) {
    if (why_.empty())
      why_ = where_ + member + " " + words;
  }

  const json::value& spec_;
  std::string where_;
  std::string& why_;
};

void read_fields(member_reader& members, block_body kind, analytics_block& into, std::string& why) {
  const auto* fields = members.wanted("fields");
  if (!fields || fields->IsNull())
    return;
  if (!fields->IsArray() || fields->Size() > block_fields_max)
    return members.fail("fields", "must be a list of at most " + std::to_string(block_fields_max)
                                    + " field specs");
  std::set<std::string> names;
  std::string all;
  for (unsigned at = 0; at < fields->Size() && why.empty(); ++at) {
    const auto where = "fields[" + std::to_string(at) + "]";
    std::string name;
    all += (at == 0 ? "" : ",") + field_reader{(*fields)[at], where, why}.read(name);
    if (!names.insert(name).second)
      members.fail(where + ".name", "'" + name + "' is there twice");
  }
  if (all.size() > extra_bytes_max)
    members.fail("fields", "is larger than " + std::to_string(extra_bytes_max) + " bytes");
  if (!all.empty() || kind != block_body::over_template)
    into.fields_json = "[" + all + "]";
}

void read_yes_or_no(member_reader& members, const char* key, bool& into) {
  const auto* found = members.wanted(key);
  if (!found || found->IsNull())
    return;
  if (found->IsBool())
    into = found->GetBool();
  else
    members.fail(key, "must be true or false");
}

/// Choices without a type mean the type enum.
void read_success(member_reader& members, analytics_block& into) {
  read_yes_or_no(members, "success_enabled", into.success_enabled);
  members.text("success_description", into.success_description, long_text_bytes_max);
  std::string type;
  members.text("success_type", type);
  const auto* choices = members.wanted("success_choices");
  const bool given = choices && !choices->IsNull();
  if (!type.empty() || given)
    into.success_type = type.empty() ? "enum" : type;
  if (into.success_type != "bool" && into.success_type != "enum")
    members.fail("success_type", "must be bool or enum");
  if (given && into.success_type == "bool")
    members.fail("success_choices", "is only for the success_type enum");
  if (given)
    if (const auto mistake = choices_mistake(*choices); !mistake.empty())
      members.fail("success_choices", mistake);
  if (into.success_type == "bool" || (choices && !given))
    into.success_choices_json.clear();
  if (given)
    into.success_choices_json = json::dump(*choices);
  if (into.success_type == "enum" && into.success_choices_json.empty())
    members.fail("success_choices", "is missing: the success_type enum needs them");
}

/// What is not understood here would be passed over when the block runs: it is refused.
void read_condition(member_reader& members, analytics_block& into) {
  const auto* condition = members.wanted("condition");
  if (!condition)
    return;
  into.condition_json.clear();
  if (condition->IsNull())
    return;
  if (!condition->IsObject())
    return members.fail("condition", "must be an object, for instance {\"min_turns\": 4}");
  for (const auto& member : condition->GetObject())
    if (std::string_view{member.name.GetString(), member.name.GetStringLength()} != "min_turns")
      return members.fail("condition", "knows min_turns alone");
  const auto turns = json::whole(*condition, "min_turns");
  if (condition->MemberCount() > 0 && (!turns || *turns < 0 || *turns > 10'000))
    return members.fail("condition.min_turns", "must be a whole number from 0 to 10000");
  into.condition_json = json::dump(*condition);
}

/// What a block can't do without.
void read_needed(member_reader& members, block_body kind, const char* key, std::size_t bytes_max,
                 std::string& into) {
  std::string given = into;
  members.text(key, given, bytes_max);
  if (!given.empty())
    into = given;
  else if (kind != block_body::over_template)
    members.fail(key, "is missing");
}

bool read_whole(const query_arguments& query, const char* name, std::int64_t least,
                std::int64_t most, std::int64_t& into, std::string& why) {
  const auto given = query.find(name);
  if (!given)
    return true;
  std::int64_t number = 0;
  const auto* end = given->data() + given->size();
  const auto read = std::from_chars(given->data(), end, number);
  if (read.ec == std::errc{} && read.ptr == end && number >= least && number <= most) {
    into = number;
    return true;
  }
  why = std::string{name} + " must be a whole number from " + std::to_string(least) + " to "
        + std::to_string(most);
  return false;
}

} // namespace

bool read_block(const json::value& body, block_body kind, analytics_block& into, std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  read_needed(members, kind, "name", short_text_bytes_max, into.name);
  read_needed(members, kind, "prompt", block_prompt_bytes_max, into.prompt);
  read_fields(members, kind, into, why);
  members.text("summary_description", into.summary_description, long_text_bytes_max);
  members.text("model", into.model);
  read_success(members, into);
  read_condition(members, into);
  return why.empty();
}

std::string read_agent_to_attach(const json::value& body, std::string& why) {
  const auto given = json::text(body, "agent_id");
  if (!given || given->empty())
    why = "agent_id is missing: the agent that the block shall run for";
  else if (given->size() > short_text_bytes_max)
    why = "agent_id is longer than " + std::to_string(short_text_bytes_max) + " bytes";
  else if (given->find_first_of(" \t\r\n") != std::string::npos)
    why = "agent_id must not hold blanks";
  return why.empty() ? *given : std::string{};
}

std::vector<std::string> agents_of(const analytics_block& block) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < block.agents.size();) {
    const auto end = std::min(block.agents.find(' ', at), block.agents.size());
    all.push_back(block.agents.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

bool add_agent(analytics_block& block, const std::string& agent) {
  if (has_word(block.agents, agent))
    return false;
  block.agents += (block.agents.empty() ? "" : " ") + agent;
  return true;
}

bool remove_agent(analytics_block& block, const std::string& agent) {
  std::string left;
  for (const auto& one : agents_of(block))
    if (one != agent)
      left += (left.empty() ? "" : " ") + one;
  const bool was_there = left != block.agents;
  block.agents = left;
  return was_there;
}

bool same_question(const analytics_block& a, const analytics_block& b) {
  const auto asked = [](const analytics_block& x) {
    return std::tie(x.name, x.prompt, x.fields_json, x.summary_description, x.model,
                    x.success_enabled, x.success_description, x.success_type,
                    x.success_choices_json, x.condition_json);
  };
  return asked(a) == asked(b);
}

bool read_results_query(const query_arguments& query, results_query& into, std::string& why) {
  const auto text = [&](const char* name) { return std::string{query.find(name).value_or("")}; };
  into.agent = text("agent_id");
  into.block = text("block_id");
  into.status = text("status");
  into.flat = text("format") == "flat";
  if (!into.status.empty() && into.status != "ok" && into.status != "failed"
      && into.status != "skipped")
    why = "status must be ok, failed or skipped";
  else if (!into.flat && !text("format").empty())
    why = "format must be flat, or left out";
  return why.empty() && read_whole(query, "limit", 1, results_page_max, into.limit, why)
         && read_whole(query, "skip", 0, results_skip_max, into.skip, why);
}

bool matches(const results_query& wanted, const analytics_result& result) {
  const auto is = [](const std::string& asked, const std::string& found) {
    return asked.empty() || asked == found;
  };
  return is(wanted.agent, result.agent.str()) && is(wanted.block, result.block)
         && is(wanted.status, result.status) && is(wanted.call, result.call.str());
}

bool read_query_flag(const query_arguments& query, const char* name, bool& into, std::string& why) {
  const auto given = query.find(name).value_or("false");
  into = given == "true" || given == "1";
  if (!into && given != "false" && given != "0")
    why = std::string{name} + " must be true or false";
  return why.empty();
}

} // namespace unpod

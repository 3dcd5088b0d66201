#include "adapters/api/dictionary_bodies.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/attached_agents.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/api/member_reader.hpp"
#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

constexpr const char* sections[] = {"vocabulary", "pronunciation", "fillers"};

/// `[{"key": …, "value": …}]`; not there or null: no rows.
void read_rows(member_reader& members, const char* section, json_line& into) {
  const auto* given = members.wanted(section);
  json::writer rows;
  rows.array();
  const bool any = given && !given->IsNull();
  if (any && (!given->IsArray() || given->Size() > dictionary_rows_max))
    return members.fail(section, "must be an array of at most "
                                   + std::to_string(dictionary_rows_max) + " rows");
  if (any)
    for (const auto& row : given->GetArray()) {
      const auto key = row.IsObject() ? json::text(row, "key") : std::nullopt;
      const auto* value = json::member(row, "value");
      const bool no_value = !value || value->IsNull();
      if (!key || key->empty() || key->size() > short_text_bytes_max)
        return members.fail(section, "needs a key of 1 to " + std::to_string(short_text_bytes_max)
                                       + " bytes in every row");
      if (!no_value && (!value->IsString() || value->GetStringLength() > long_text_bytes_max))
        return members.fail(section, "'" + *key + "': its value must be text of at most "
                                       + std::to_string(long_text_bytes_max) + " bytes");
      rows.object().field("key", *key);
      rows.field("value", no_value ? std::string{}
                                   : std::string{value->GetString(), value->GetStringLength()});
      rows.end();
    }
  into.raw(section, rows.end().str());
}

std::string kept_settings(const std::string& body_json) {
  std::string why;
  const auto kept = json::parse(body_json, extra_depth_max, why);
  return kept ? json::raw(*kept, "settings").value_or("{}") : "{}";
}

} // namespace

std::string domain_mistake(const std::string& domain) {
  if (domain.empty())
    return "domain is missing";
  if (domain.size() > domain_bytes_max)
    return "domain is longer than " + std::to_string(domain_bytes_max) + " bytes";
  if (std::any_of(domain.begin(), domain.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; })
      || domain.front() == ' ' || domain.back() == ' ')
    return "domain must have no control characters and no blanks at its ends";
  return {};
}

bool read_dictionary(const json::value& body, dictionary_record& into, std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  json_line line;
  for (const auto* section : sections)
    read_rows(members, section, line);
  const auto* settings = members.wanted("settings");
  if (settings && !settings->IsNull() && !settings->IsObject())
    members.fail("settings", "must be an object");
  const bool given = settings && settings->IsObject();
  line.raw("settings", given ? json::dump(*settings) : kept_settings(into.body_json));
  for (const auto& member : body.GetObject())
    if (!members.is_known(member.name.GetString()))
      members.fail(member.name.GetString(),
                   "is no part of a dictionary: vocabulary, pronunciation, fillers, settings");
  into.body_json = line.str();
  if (into.body_json.size() > dictionary_bytes_max)
    members.fail("the dictionary",
                 "has at most " + std::to_string(dictionary_bytes_max) + " bytes");
  return why.empty();
}

std::string dictionary_json(const dictionary_record& dictionary, bool with_seed) {
  json_line line;
  line.text("domain", dictionary.name).raw("resolved_key", "null");
  line.members_of(dictionary.body_json);
  line.raw("agent_ids", agents_as_json(agents_in(dictionary.agents_json)));
  line.raw("updated_by_user_id", "null");
  with_seed ? line.raw("seed_vocabulary", "[]").raw("seed_pronunciation", "[]")
            : line.flag("seeded", false);
  return line.raw("updated_at", json_time(dictionary.modified)).str();
}

bool untag(std::string& extra_json, const std::string& domain) {
  std::string why;
  const auto extra = json::parse(extra_json, extra_depth_max, why);
  if (!extra || json::text(*extra, "domain").value_or("") != domain)
    return false;
  extra_json = merged_extra(extra_json, R"({"domain":null})");
  return true;
}

} // namespace unpod

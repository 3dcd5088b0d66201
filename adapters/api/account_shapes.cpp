#include "adapters/api/account_shapes.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/entrance.hpp"
#include "adapters/api/member_reader.hpp"
#include "messages/access.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace unpod {

namespace {

constexpr std::string_view key_id_prefix = "AK_";
constexpr std::array<const char*, 4> all_scopes{"admin", "call", "read", "runner"};

bool is_object(const json::value& body, std::string& why) {
  if (!body.IsObject())
    why = "the body must be a JSON object";
  return body.IsObject();
}

void need_name(member_reader& members, std::string& into) {
  members.text("name", into);
  if (into.empty())
    members.fail("name", "is missing");
}

/// The words of a list or a text; false when it is neither.
bool words_of_scopes(const json::value& given, std::string& words) {
  if (given.IsString()) {
    words.assign(given.GetString(), given.GetStringLength());
    return words.size() <= short_text_bytes_max;
  }
  if (!given.IsArray() || given.Size() > all_scopes.size())
    return false;
  for (const auto& one : given.GetArray()) {
    if (!one.IsString())
      return false;
    words += (words.empty() ? "" : " ") + std::string{one.GetString(), one.GetStringLength()};
  }
  return true;
}

/// The scopes in the order of our list, each once; false when one is none of them.
bool put_in_order(const std::string& given, std::string& into) {
  std::size_t known = 0, words = 0;
  for (std::size_t at = 0; at < given.size();) {
    const auto end = std::min(given.find(' ', at), given.size());
    words += end > at;
    for (const auto* scope : all_scopes)
      known += given.compare(at, end - at, scope) == 0;
    at = end + 1;
  }
  into.clear();
  for (const auto* scope : all_scopes)
    if (has_word(given, scope))
      into += (into.empty() ? "" : " ") + std::string{scope};
  return known == words;
}

void read_scopes(member_reader& members, std::string& into) {
  const auto* given = members.wanted("scopes");
  if (!given || given->IsNull())
    return;
  std::string words;
  if (!words_of_scopes(*given, words) || !put_in_order(words, into) || into.empty())
    members.fail("scopes", "must be a list of admin, call, read and runner, one at least");
}

} // namespace

std::string handle_of_name(std::string_view name) {
  std::string handle;
  for (const unsigned char c : name)
    if (c < 0x80 && std::isalnum(c) != 0)
      handle += static_cast<char>(std::tolower(c));
    else if (!handle.empty() && handle.back() != '-')
      handle += '-';
  handle.resize(std::min(handle.size(), handle_bytes_max));
  while (!handle.empty() && handle.back() == '-')
    handle.pop_back();
  return handle;
}

bool read_org(const json::value& body, org_record& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  need_name(members, into.name);
  into.handle = handle_of_name(into.name);
  members.text("handle", into.handle);
  into.id = org_of_handle(into.handle);
  if (into.id.empty())
    members.fail("handle",
                 "must be 1 to " + std::to_string(handle_bytes_max) + " letters, digits and '-'");
  else
    into.handle = handle_of_org(into.id);
  return why.empty();
}

bool read_project(const json::value& body, project_record& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  need_name(members, into.name);
  members.text("org_id", into.org);
  return why.empty();
}

bool read_key(const json::value& body, key_record& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  need_name(members, into.name);
  members.text("org_id", into.org);
  members.text("project_id", into.project);
  read_scopes(members, into.scopes);
  members.flag("node_admin", into.node_admin);
  if (into.node_admin && !allows(into.scopes, true, access::node))
    members.fail("node_admin", "needs the scope admin");
  return why.empty();
}

std::string org_json(const org_record& org) {
  return json_line{}
    .text("org_id", org.id)
    .text("handle", org.handle)
    .text("name", org.name)
    .text("default_project_id", default_project_of(org.id))
    .raw("created", json_time(org.created))
    .raw("modified", json_time(org.modified))
    .str();
}

std::string project_json(const project_record& project) {
  return json_line{}
    .text("project_id", project.id)
    .text("org_id", project.org)
    .text("name", project.name)
    .flag("is_default", project.id == default_project_of(project.org))
    .raw("created", json_time(project.created))
    .raw("modified", json_time(project.modified))
    .str();
}

std::string key_json(const key_record& key, const std::string& raw_key) {
  json_line line;
  line.text("key_id", shown_key_id(key.id)).text("name", key.name).text("org_id", key.org);
  line.text("project_id", key.project).text("status", key.status);
  line.raw("scopes", scopes_json(key.scopes)).flag("node_admin", key.node_admin);
  line.raw("created", json_time(key.created)).raw("last_used", json_time(key.last_used));
  if (!raw_key.empty())
    line.text("raw_key", raw_key);
  return line.str();
}

std::string audit_json(const audit_record& entry) {
  return json_line{}
    .text("audit_id", entry.id)
    .text("project_id", entry.project)
    .raw("key_id", json_or_null(shown_key_id(entry.key)))
    .text("action", entry.action)
    .text("target", entry.target)
    .raw("peer", json_or_null(entry.peer))
    .raw("at", json_time(entry.at))
    .str();
}

std::string scopes_json(std::string_view scopes) {
  std::string all;
  for (const auto* scope : all_scopes)
    if (has_word(scopes.empty() ? "admin" : scopes, scope))
      all += (all.empty() ? "" : ",") + json_quoted(scope);
  return "[" + all + "]";
}

std::string shown_key_id(const std::string& id) {
  return id.empty() || id == "dev" ? id : std::string{key_id_prefix} + id;
}

std::string key_id_of(const std::string& shown) {
  return shown.rfind(key_id_prefix, 0) == 0 ? shown.substr(key_id_prefix.size()) : shown;
}

} // namespace unpod

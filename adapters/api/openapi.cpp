#include "adapters/api/openapi.hpp"

#include "adapters/api/route_notes.hpp"
#include "adapters/api/schemas.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace unpod {

const char* const program_version = "0.1.0"; // as in CMakeLists.txt: a test compares

namespace {

constexpr const char* about =
  "A self-hosted speech stack. Every route is served under `/`, `/platform`, `/orchestrator`, "
  "`/api/v2/platform` and `/api/v2/platform/speech` alike, with or without a slash at its end; a "
  "GET answers HEAD too.\n\n"
  "**Who asks.** `Authorization: Bearer sk_…`; the schemes `Token` and `JWT` are taken as well. A "
  "key sees its own project alone: what belongs to another is 404.\n\n"
  "**Answers** come as `{\"status_code\", \"message\", \"data\"}`; refusals as `{\"detail\"}`, in "
  "words. An answer to a write leaves when the write is on the disk.";

/// What a status other than success means, whichever route answers it.
const std::map<int, const char*>& refusals() {
  static const std::map<int, const char*> all{
    {400, "The path, the query or the JSON of the body is malformed"},
    {401, "No key, or one that is not valid here"},
    {403, "The key lacks the scope that this route needs"},
    {404, "There is no such thing in this project"},
    {409, "It is in use, exists already, or was changed meanwhile: read it again"},
    {416, "There is no such range"},
    {422, "A field or argument can't be taken: `detail` names it"},
    {429, "Too many requests: wait as long as `Retry-After` says"},
    {501, "Not served by this node yet"},
    {503, "The node has too much to do, is starting or stopping: try again"},
    {507, "The disk is full"},
  };
  return all;
}

std::vector<std::string> parted(std::string_view words, std::string_view by) {
  std::vector<std::string> all;
  while (!words.empty()) {
    const auto end = std::min(words.find(by), words.size());
    if (end > 0)
      all.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(words.size(), end + by.size()));
  }
  return all;
}

std::string ref(const std::string& kind, const std::string& name) {
  return json_line{}.text("$ref", "#/components/" + kind + "/" + name).str();
}

std::string content(const std::string& type, const std::string& schema) {
  return json_line{}.raw(type, json_line{}.raw("schema", schema).str()).str();
}

// -- answers -----------------------------------------------------------------------

/// "[Pipe]" is a list of them, "A|B" one of the two; an empty list may be one of either.
std::string schema_of(const std::string& said) {
  if (const auto either = parted(said, "|"); either.size() > 1)
    return json_line{}.raw("anyOf", json_list(either, schema_of)).str();
  if (said.front() == '[')
    return json_line{}
      .text("type", "array")
      .raw("items", ref("schemas", said.substr(1, said.size() - 2)))
      .str();
  return ref("schemas", said);
}

/// The envelope of every answer (answers.hpp); pages say where the next one begins.
std::string envelope(const std::string& data, bool paged) {
  json_line members;
  members.raw("status_code", R"({"type":"integer"})").raw("message", R"({"type":"string"})");
  members.raw("data", schema_of(data));
  if (paged)
    members.raw("next_cursor", R"({"type":["string","null"]})");
  return json_line{}
    .text("type", "object")
    .raw("required", R"(["status_code","message","data"])")
    .raw("properties", members.str())
    .str();
}

/// One of `gives`: "200 Pipe", "204", "200 =Health", "200 audio/wav".
std::string success(const std::string& said, bool paged) {
  const auto blank = said.find(' ');
  json_line line;
  line.text("description", blank == std::string::npos ? "Done; there is no body" : "Done");
  if (blank == std::string::npos)
    return line.str();
  const auto what = said.substr(blank + 1);
  if (what.find('/') != std::string::npos)
    line.raw("content", content(what, R"({"type":"string"})"));
  else if (what.front() == '=')
    line.raw("content", content("application/json", schema_of(what.substr(1))));
  else
    line.raw("content", content("application/json", envelope(what, paged)));
  return line.str();
}

std::string answers_of(const api_route& route, const route_note& note) {
  json_line line;
  const bool paged = std::string_view{note.query}.find("cursor") != std::string_view::npos;
  for (const auto& said : parted(note.gives, ", "))
    line.raw(said.substr(0, 3), success(said, paged));
  std::set<int> refused{400};
  if (route.needs != access::open)
    refused.insert({401, 403, 429});
  if (route.pattern.text().find('{') != std::string::npos)
    refused.insert(404);
  if (*note.takes)
    refused.insert(422);
  if (std::string_view{route.method} != "GET")
    refused.insert(507);
  for (const auto& own : parted(note.refuses, " "))
    refused.insert(std::stoi(own));
  for (const auto status : refused)
    line.raw(std::to_string(status), ref("responses", "refused_" + std::to_string(status)));
  return line.raw("default", ref("responses", "refused")).str();
}

// -- questions ---------------------------------------------------------------------

/// "The id of the analytics block" for `{id}` after `analytics-blocks`; other names say it
/// themselves.
std::string says_of(const std::string& name, const std::string& before) {
  if (name != "id")
    return "The " + name;
  auto noun = before.back() == 's' ? before.substr(0, before.size() - 1) : before;
  std::replace(noun.begin(), noun.end(), '-', ' ');
  return "The id of the " + noun;
}

std::vector<std::string> path_parameters(const std::string& pattern) {
  std::vector<std::string> all;
  std::string before = "thing";
  for (const auto& part : parted(pattern, "/")) {
    if (part.front() == '{') {
      const auto name = part.substr(1, part.size() - 2);
      all.push_back(
        json_line{}
          .text("name", name)
          .text("in", "path")
          .flag("required", true)
          .text("description", says_of(name, before))
          .raw("schema", R"({"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]+$"})")
          .str());
    }
    before = part;
  }
  return all;
}

/// The name in a URL: without what tells it from others of its name.
std::string plain_name(const std::string& name) {
  return name.substr(0, name.find('.'));
}

std::string operation_id(const api_route& route) {
  std::string id = route.method;
  for (const char c : "_" + route.pattern.text())
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
      id += c;
    else if (id.back() != '_')
      id += '_';
  if (id.back() == '_')
    id.pop_back();
  std::transform(id.begin(), id.end(), id.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return id;
}

std::string operation(const api_route& route) {
  static const route_note none{"", "Other", "", "", "", "200 text/plain", ""};
  const auto* found = find_note(route.method, route.pattern.text());
  const auto& note = found ? *found : none;
  auto parameters = path_parameters(route.pattern.text());
  for (const auto& name : parted(note.query, " "))
    parameters.push_back(ref("parameters", name));
  json_line line;
  line.text("operationId", operation_id(route)).text("summary", note.summary);
  line.raw("tags", "[" + json_quoted(note.tag) + "]").text("x-unpod-scope", to_string(route.needs));
  if (route.needs == access::open)
    line.raw("security", "[]");
  if (!parameters.empty())
    line.raw("parameters", json_list(parameters, [](const std::string& one) { return one; }));
  if (*note.takes) {
    const bool may = *note.takes == '?';
    const auto schema = ref("schemas", note.takes + (may ? 1 : 0));
    line.raw(
      "requestBody",
      json_line{}.flag("required", !may).raw("content", content("application/json", schema)).str());
  }
  return line.raw("responses", answers_of(route, note)).str();
}

// -- the document --------------------------------------------------------------------

std::string paths_of(const std::vector<api_route>& routes) {
  std::vector<std::string> order;
  std::map<std::string, json_line> items;
  for (const auto& route : routes) {
    const auto path = "/" + route.pattern.text();
    if (items.find(path) == items.end())
      order.push_back(path);
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    items[path].raw(method, operation(route));
  }
  json_line all;
  for (const auto& path : order)
    all.raw(path, items[path].str());
  return all.str();
}

std::string refused(const char* says) {
  return json_line{}
    .text("description", says)
    .raw("content", content("application/json", ref("schemas", "Error")))
    .str();
}

std::string components() {
  json_line answers, parameters;
  answers.raw("refused", refused("Refused; `detail` says why and what to do"));
  for (const auto& [status, says] : refusals())
    answers.raw("refused_" + std::to_string(status), refused(says));
  for (const auto& note : query_notes())
    parameters.raw(note.name, json_line{}
                                .text("name", plain_name(note.name))
                                .text("in", "query")
                                .text("description", note.says)
                                .raw("schema", note.schema)
                                .str());
  const auto key = json_line{}
                     .text("type", "http")
                     .text("scheme", "bearer")
                     .text("description", "An API key: `sk_…`")
                     .str();
  return json_line{}
    .raw("schemas", every_schema())
    .raw("responses", answers.str())
    .raw("parameters", parameters.str())
    .raw("securitySchemes", json_line{}.raw("key", key).str())
    .str();
}

} // namespace

std::string openapi_json(const std::vector<api_route>& routes) {
  const auto info = json_line{}
                      .text("title", "unpod")
                      .text("version", program_version)
                      .text("description", about)
                      .raw("license", R"({"name":"Apache-2.0","identifier":"Apache-2.0"})")
                      .str();
  const auto tags = json_list(tag_notes(), [](const tag_note& tag) {
    return json_line{}.text("name", tag.name).text("description", tag.says).str();
  });
  return json_line{}
    .text("openapi", "3.1.0")
    .raw("info", info)
    .raw("servers", R"([{"url":"/"}])")
    .raw("security", R"([{"key":[]}])")
    .raw("tags", tags)
    .raw("paths", paths_of(routes))
    .raw("components", components())
    .str();
}

} // namespace unpod

#include "adapters/api/tool_bodies.hpp"

#include "adapters/api/attached_agents.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/api/member_reader.hpp"
#include "adapters/api/secrets.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/access.hpp"
#include "messages/json_line.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace unpod {

namespace {

constexpr std::string_view methods = "GET POST PUT PATCH DELETE";
constexpr std::string_view arg_types = "string number integer boolean array object";
constexpr std::string_view built_in = "end_call";

std::vector<std::string> listed(std::string_view words) {
  std::vector<std::string> all;
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    all.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(words.size(), end + 1));
  }
  return all;
}

std::string word_list(std::string_view words) {
  return json_list(listed(words), [](const std::string& word) { return json_quoted(word); });
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// "api.example:8443" of a URL; user and password are no part of it.
std::string authority_of(const std::string& url) {
  const auto host = url.find("://");
  if (host == std::string::npos)
    return {};
  return url.substr(host + 3, url.find_first_of("/?#", host + 3) - host - 3);
}

/// Does the node reach only itself or its neighbours by this name? An address is looked at again
/// when it is dialled: this one spares a mistake.
bool is_private_host(std::string host) {
  host = lower(host);
  if (!host.empty() && host.front() == '[')
    host = host.substr(1, host.find(']') - 1);
  in_addr four{};
  in6_addr six{};
  if (inet_aton(host.c_str(), &four) != 0) { // 0x7f.1 and 127.1 are addresses, too
    const auto address = ntohl(four.s_addr);
    const auto in = [&](std::uint32_t network, unsigned bits) {
      return bits == 0 || address >> (32 - bits) == network >> (32 - bits);
    };
    return in(0x00000000, 8) || in(0x0a000000, 8) || in(0x64400000, 10) || in(0x7f000000, 8)
           || in(0xa9fe0000, 16) || in(0xac100000, 12) || in(0xc0a80000, 16)
           || address >= 0xe0000000;
  }
  if (inet_pton(AF_INET6, host.c_str(), &six) == 1) // 2000::/3 is the network of all
    return (six.s6_addr[0] & 0xe0u) != 0x20;
  const auto ends = [&](std::string_view end) {
    return host.size() >= end.size()
           && host.compare(host.size() - end.size(), end.size(), end) == 0;
  };
  const bool digits = host.find_first_not_of("0123456789.x") == std::string::npos;
  return host == "localhost" || digits || ends(".localhost") || ends(".local") || ends(".internal")
         || host.find('.') == std::string::npos;
}

void read_url(member_reader& members, const std::string& kept, std::string& url) {
  members.text("url", url, long_text_bytes_max);
  url = kept_url(url, kept);
  if (url.rfind("https://", 0) != 0 && url.rfind("http://", 0) != 0)
    return members.fail("url", "must begin with https:// or http://");
  if (url.find(secret_mask) != std::string::npos)
    return members.fail("url", "holds the mask of a secret that is kept for another address: send "
                               "the secret itself");
  const auto authority = authority_of(url);
  const auto host = authority.substr(0, authority.rfind(':'));
  if (authority.find_first_of("{}@ ") != std::string::npos || authority.empty())
    members.fail("url", "must name its host in plain: no template, no user and no password there");
  else if (is_private_host(authority.back() == ']' ? authority : host))
    members.fail("url", "must not be of a private or reserved address");
}

void read_texts(member_reader& members, const char* key, std::string& into) {
  const auto* given = members.wanted(key);
  if (!given || given->IsNull())
    return;
  if (!given->IsObject())
    return members.fail(key, "must be an object");
  for (const auto& member : given->GetObject())
    if (!member.value.IsString())
      return members.fail(std::string{key} + "." + member.name.GetString(), "must be text");
  into = json::dump(*given);
}

/// `{name: {"type": …, "description": …, "required": …}}`.
void read_args(member_reader& members, std::string& into) {
  const auto* given = members.wanted("args");
  if (!given || given->IsNull())
    return;
  if (!given->IsObject() || given->MemberCount() > tool_args_max)
    return members.fail("args", "must be an object of at most " + std::to_string(tool_args_max)
                                  + " members");
  for (const auto& member : given->GetObject()) {
    const auto where = "args." + std::string{member.name.GetString()};
    const auto& arg = member.value;
    if (!is_tool_name(member.name.GetString()))
      return members.fail(where, "is no name: letters, digits, '_' and '-', a letter or '_' first");
    if (!arg.IsObject() || !has_word(arg_types, json::text(arg, "type").value_or("-")))
      return members.fail(where + ".type", "must be one of: " + std::string{arg_types});
    const auto* says = json::member(arg, "description");
    const auto* must = json::member(arg, "required");
    if ((says && !says->IsString()) || (must && !must->IsBool()))
      return members.fail(where, "has a description, which is text, and required: true or false");
  }
  into = json::dump(*given);
}

void read_timeout(member_reader& members, std::string& into) {
  const auto* given = members.wanted("timeout");
  if (!given || given->IsNull())
    return;
  if (!given->IsNumber() || given->GetDouble() <= 0 || given->GetDouble() > tool_timeout_max_s)
    return members.fail("timeout", "must be a number of seconds above 0, at most 30");
  into = json::dump(*given);
}

/// What was kept under this key; null when the tool asked another host then.
const json::value* kept_of(const std::optional<json::document>& kept, const std::string& url,
                           const char* key) {
  const bool same =
    kept && authority_of(json::text(*kept, "url").value_or("")) == authority_of(url);
  return same ? json::member(*kept, key) : nullptr;
}

/// Masks become what they stand for.
std::string unmasked(member_reader& members, const std::string& given, const json::value* kept,
                     const char* key) {
  std::string why, where;
  auto all = json::parse(given, extra_depth_max, why);
  if (!all || !unmask_secrets(*all, kept, all->GetAllocator(), where))
    members.fail(std::string{key} + (where.empty() ? "" : "." + where),
                 all ? "is the mask of a secret, and none is kept for this host: send the secret "
                       "itself"
                     : why);
  return all ? json::dump(*all) : given;
}

} // namespace

bool is_tool_name(const std::string& name) {
  const bool clean = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-');
  });
  return clean && !name.empty() && name.size() <= tool_name_bytes_max && name.front() != '-'
         && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
}

bool is_built_in_tool(const std::string& name) {
  return name == built_in;
}

bool read_tool(const json::value& body, tool_record& into, std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  std::string url, description, method = "GET", headers = "{}", args = "{}", timeout = "null",
                                content = "{}";
  std::string ignored;
  const auto kept = json::parse(into.body_json, extra_depth_max, ignored);
  read_url(members, kept ? json::text(*kept, "url").value_or("") : "", url);
  members.text("description", description, long_text_bytes_max);
  members.text("method", method);
  std::transform(method.begin(), method.end(), method.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (method.empty())
    method = "GET";
  if (!has_word(methods, method))
    members.fail("method", "must be one of: " + std::string{methods});
  read_texts(members, "headers", headers);
  const auto* sent = members.wanted("body");
  if (sent && !sent->IsNull() && !sent->IsObject())
    members.fail("body", "must be an object");
  if (sent && sent->IsObject())
    content = json::dump(*sent);
  read_args(members, args);
  read_timeout(members, timeout);
  for (const auto* ours : {"tool_id", "agent_ids"})
    members.wanted(ours);
  if (members.rest() != "{}")
    members.fail("a tool",
                 "has url, description, method, headers, body, args and timeout, and nothing else");
  if (why.empty()) {
    headers = unmasked(members, headers, kept_of(kept, url, "headers"), "headers");
    content = unmasked(members, content, kept_of(kept, url, "body"), "body");
  }
  into.body_json = json_line{}
                     .text("description", description)
                     .text("method", method)
                     .text("url", url)
                     .raw("headers", headers)
                     .raw("body", content)
                     .raw("args", args)
                     .raw("timeout", timeout)
                     .str();
  if (into.body_json.size() > extra_bytes_max)
    members.fail("a tool", "has at most " + std::to_string(extra_bytes_max) + " bytes");
  return why.empty();
}

std::string tool_json(const tool_record& tool) {
  std::string why;
  auto kept = json::parse(tool.body_json, extra_depth_max, why);
  json_line line;
  line.text("tool_id", tool.name);
  if (kept && kept->IsObject()) {
    for (const auto* part : {"headers", "body"}) // args are names and what they mean
      if (const auto found = kept->FindMember(part); found != kept->MemberEnd())
        mask_secrets(found->value, true);
    if (const auto url = kept->FindMember("url"); url != kept->MemberEnd() && url->value.IsString())
      url->value.SetString(shown_url(url->value.GetString()), kept->GetAllocator());
    line.members_of(json::dump(*kept));
  }
  return line.raw("agent_ids", agents_as_json(agents_in(tool.agents_json))).str();
}

std::string tool_catalogue_json() {
  json_line custom;
  custom.flag("supported", false).text("config_key", "custom");
  custom.raw("arg_types", word_list(arg_types)).raw("methods", word_list(methods));
  custom.number("default_timeout_s", tool_timeout_s).number("max_timeout_s", tool_timeout_max_s);
  custom.raw("notes",
             R"(["Tools are checked, kept, attached and shown. Calls of this node run none )"
             R"(of them yet: an Agent Runner calls what it needs by itself."])");
  custom.raw("example", R"({"url":"https://bakery.example/stock/{{ args.bread }}","method":"GET",)"
                        R"("description":"How many loaves of a bread are left","args":{"bread":)"
                        R"({"type":"string","description":"Which bread","required":true}}})");
  const auto end_call = json_line{}
                          .text("name", std::string{built_in})
                          .text("description", "Ends the call. A runner's own verb, always there")
                          .text("availability", "always")
                          .raw("config_key", "null")
                          .raw("parameters", "{}")
                          .str();
  return json_line{}.raw("builtin", "[" + end_call + "]").raw("custom", custom.str()).str();
}

} // namespace unpod

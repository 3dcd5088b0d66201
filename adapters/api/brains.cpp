#include "adapters/api/brains.hpp"

#include "adapters/api/bodies.hpp"
#include "adapters/api/secrets.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace unpod {

namespace {

using allocator = json::document::AllocatorType;

bool fail(std::string& why, const std::string& words) {
  why = words;
  return false;
}

bool is_text_map(const json::value& object) {
  const auto& members = object.GetObject();
  return std::all_of(members.begin(), members.end(),
                     [](const auto& member) { return member.value.IsString(); });
}

/// Member by member as the SDK writes them; what it does not name is kept as it is.
bool check_cfg(const json::value& cfg, std::string& why) {
  if (!cfg.IsObject())
    return fail(why, "brain.cfg must be an object");
  for (const auto* key : {"model", "api_key"})
    if (const auto* found = json::member(cfg, key); found && !found->IsString())
      return fail(why, std::string{"brain.cfg."} + key + " must be text");
  for (const auto* key : {"headers", "query", "extra_body"})
    if (const auto* found = json::member(cfg, key); found && !found->IsObject())
      return fail(why, std::string{"brain.cfg."} + key + " must be an object");
  for (const auto* key : {"headers", "query"})
    if (const auto* found = json::member(cfg, key); found && !is_text_map(*found))
      return fail(why, std::string{"brain.cfg."} + key + " must have text values");
  if (const auto* wait = json::member(cfg, "timeout_s");
      wait && !(wait->IsNumber() && wait->GetDouble() > 0))
    return fail(why, "brain.cfg.timeout_s must be a number above 0");
  if (json::member(cfg, "max_retries")) {
    const auto tries = json::whole(cfg, "max_retries");
    if (!tries || *tries < 0 || *tries > 10)
      return fail(why, "brain.cfg.max_retries must be a whole number from 0 to 10");
  }
  return true;
}

bool check_ref(const std::string& type, const std::string& ref, std::string& why) {
  if (type == "endpoint" && ref.rfind("http://", 0) != 0 && ref.rfind("https://", 0) != 0)
    return fail(why, "brain.ref must be the endpoint's address: http:// or https://");
  if (type == "endpoint" && ref.find(secret_mask) != std::string::npos)
    return fail(why, "brain.ref holds the mask of a secret, and none is kept for this brain: send "
                     "the address itself");
  if ((type == "prompt" || type == "playbook") && ref.empty())
    return fail(why, "brain.ref is missing: it is the "
                       + std::string{type == "prompt" ? "prompt" : "playbook"});
  return true;
}

/// The given ref; an endpoint's as it is kept, when it is what was shown of it.
bool read_ref(const std::string& type, const json::value* given, const std::string& kept,
              std::optional<std::string>& into, std::string& why) {
  if (given && !given->IsString() && !given->IsNull())
    return fail(why, "brain.ref must be text");
  if (given && given->IsString())
    into = std::string{given->GetString(), given->GetStringLength()};
  if (into && type == "endpoint")
    into = kept_url(*into, kept);
  return check_ref(type, into.value_or(""), why);
}

/// Every header is a secret; of the rest what is one by its name.
bool unmask_cfg(json::value& cfg, const json::value* kept, allocator& memory, std::string& why) {
  const auto* kept_headers = kept && kept->IsObject() ? json::member(*kept, "headers") : nullptr;
  std::string where;
  bool good = true;
  if (const auto headers = cfg.FindMember("headers"); headers != cfg.MemberEnd())
    for (auto& header : headers->value.GetObject()) {
      const auto* name = header.name.GetString();
      const bool there = kept_headers && kept_headers->IsObject();
      good = unmask(header.value, there ? json::member(*kept_headers, name) : nullptr, memory);
      if (!good) {
        where = std::string{"headers."} + name;
        break;
      }
    }
  if (good && unmask_secrets(cfg, kept, memory, where))
    return true;
  return fail(why, "brain.cfg." + where
                     + " is the mask of a secret, and none is kept for this brain: send the "
                       "secret itself");
}

} // namespace

bool read_brain(const json::value& brain, const std::string& stored, std::string& into,
                std::string& why) {
  static constexpr std::array<std::string_view, 4> types{"runner", "prompt", "endpoint",
                                                         "playbook"};
  const auto type = brain.IsObject() ? json::text(brain, "type") : std::nullopt;
  if (!type || std::find(types.begin(), types.end(), *type) == types.end())
    return fail(why, "brain must be an object whose type is runner, prompt, endpoint or playbook");
  for (const auto& member : brain.GetObject()) {
    const std::string name{member.name.GetString(), member.name.GetStringLength()};
    if (name != "type" && name != "ref" && name != "cfg")
      return fail(why, "brain has no member '" + name + "': it is type, ref and cfg");
  }
  std::string ignored;
  const auto kept = json::parse(stored, extra_depth_max, ignored);
  const bool same_type =
    kept && kept->IsObject() && json::text(*kept, "type").value_or("") == *type;
  const auto kept_ref = same_type ? json::text(*kept, "ref") : std::nullopt;
  std::optional<std::string> ref;
  if (!read_ref(*type, json::member(brain, "ref"), kept_ref.value_or(""), ref, why))
    return false;
  json_line line;
  line.text("type", *type);
  if (ref)
    line.text("ref", *ref);
  if (const auto* given = json::member(brain, "cfg"); given && !given->IsNull()) {
    if (!check_cfg(*given, why))
      return false;
    json::document cfg;
    cfg.CopyFrom(*given, cfg.GetAllocator());
    const bool same = same_type && kept_ref == ref;
    if (!unmask_cfg(cfg, same ? json::member(*kept, "cfg") : nullptr, cfg.GetAllocator(), why))
      return false;
    line.raw("cfg", json::dump(cfg));
  }
  into = line.str();
  return into.size() <= extra_bytes_max
         || fail(why, "brain is larger than " + std::to_string(extra_bytes_max) + " bytes");
}

std::string shown_brain(const std::string& stored) {
  std::string why;
  auto brain = json::parse(stored, extra_depth_max, why);
  if (!brain || !brain->IsObject())
    return "{}";
  if (const auto ref = brain->FindMember("ref"); ref != brain->MemberEnd() && ref->value.IsString()
                                                 && json::text(*brain, "type") == "endpoint")
    ref->value.SetString(shown_url(ref->value.GetString()), brain->GetAllocator());
  const auto cfg = brain->FindMember("cfg");
  if (cfg == brain->MemberEnd() || !cfg->value.IsObject())
    return json::dump(*brain);
  for (auto& member : cfg->value.GetObject()) // each: a name may be there twice
    if (std::string_view{member.name.GetString(), member.name.GetStringLength()} == "headers") {
      if (!member.value.IsObject())
        member.value.SetString(rapidjson::StringRef(secret_mask));
      else
        for (auto& header : member.value.GetObject())
          header.value.SetString(rapidjson::StringRef(secret_mask));
    }
  mask_secrets(cfg->value);
  return json::dump(*brain);
}

} // namespace unpod

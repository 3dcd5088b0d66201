#include "adapters/api/brains.hpp"

#include "adapters/api/bodies.hpp"
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

bool is_mask(const json::value& text) {
  return text.IsString()
         && std::string_view{text.GetString(), text.GetStringLength()} == secret_mask;
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

bool check_ref(const std::string& type, const json::value* ref, std::string& why) {
  if (ref && !ref->IsString())
    return fail(why, "brain.ref must be text");
  const std::string text = ref ? ref->GetString() : "";
  if (type == "endpoint" && text.rfind("http://", 0) != 0 && text.rfind("https://", 0) != 0)
    return fail(why, "brain.ref must be the endpoint's address: http:// or https://");
  if ((type == "prompt" || type == "playbook") && text.empty())
    return fail(why, "brain.ref is missing: it is the "
                       + std::string{type == "prompt" ? "prompt" : "playbook"});
  return true;
}

/// Puts the kept secret where its mask is; false when there is none to put.
bool unmask(json::value& text, const json::value* kept, allocator& memory) {
  if (!is_mask(text))
    return true;
  if (!kept || !kept->IsString())
    return false;
  text.SetString(kept->GetString(), kept->GetStringLength(), memory);
  return true;
}

bool unmask_cfg(json::value& cfg, const json::value* kept_cfg, allocator& memory,
                std::string& why) {
  const auto kept_in = [](const json::value* object, const char* key) {
    return object && object->IsObject() ? json::member(*object, key) : nullptr;
  };
  const auto stale = [&](const std::string& where) {
    return fail(why, where
                       + " is the mask of a secret, and none is kept for this brain: send "
                         "the secret itself");
  };
  if (const auto key = cfg.FindMember("api_key"); key != cfg.MemberEnd())
    if (!unmask(key->value, kept_in(kept_cfg, "api_key"), memory))
      return stale("brain.cfg.api_key");
  const auto headers = cfg.FindMember("headers");
  if (headers == cfg.MemberEnd())
    return true;
  const auto* kept_headers = kept_in(kept_cfg, "headers");
  for (auto& header : headers->value.GetObject())
    if (!unmask(header.value, kept_in(kept_headers, header.name.GetString()), memory))
      return stale("brain.cfg.headers." + std::string{header.name.GetString()});
  return true;
}

bool same_member(const json::value& a, const json::value& b, const char* key) {
  return json::text(a, key) == json::text(b, key);
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
  json_line line;
  line.text("type", *type);
  const auto* ref = json::member(brain, "ref");
  if (ref && ref->IsNull())
    ref = nullptr;
  if (!check_ref(*type, ref, why))
    return false;
  if (ref)
    line.raw("ref", json::dump(*ref));
  if (const auto* given = json::member(brain, "cfg"); given && !given->IsNull()) {
    if (!check_cfg(*given, why))
      return false;
    std::string ignored;
    const auto kept = json::parse(stored, extra_depth_max, ignored);
    const bool same = kept && kept->IsObject() && same_member(*kept, brain, "type")
                      && same_member(*kept, brain, "ref");
    json::document cfg;
    cfg.CopyFrom(*given, cfg.GetAllocator());
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
  const auto cfg = brain->FindMember("cfg");
  if (cfg == brain->MemberEnd() || !cfg->value.IsObject())
    return json::dump(*brain);
  const auto mask = [](json::value& secret) {
    secret.SetString(rapidjson::StringRef(secret_mask));
  };
  for (auto& member : cfg->value.GetObject()) { // each: a name may be there twice
    const std::string_view name{member.name.GetString(), member.name.GetStringLength()};
    if (name == "headers" && member.value.IsObject())
      for (auto& header : member.value.GetObject())
        mask(header.value);
    else if (name == "headers" || name == "api_key")
      mask(member.value);
  }
  return json::dump(*brain);
}

} // namespace unpod

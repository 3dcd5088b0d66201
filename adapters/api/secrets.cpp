#include "adapters/api/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace unpod {

namespace {

using allocator = json::document::AllocatorType;

/// Letters and digits alone, small: "X-Api_Key" is "xapikey".
std::string plain(std::string_view name) {
  std::string all;
  for (const unsigned char c : name)
    if (std::isalnum(c) != 0)
      all += static_cast<char>(std::tolower(c));
  return all;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string_view name_of(const json::value& member_name) {
  return {member_name.GetString(), member_name.GetStringLength()};
}

bool is_mask(const json::value& text) {
  return text.IsString() && name_of(text) == secret_mask;
}

const json::value* in(const json::value* object, std::string_view name) {
  return object && object->IsObject() ? json::member(*object, std::string{name}.c_str()) : nullptr;
}

/// "a=1&key=********".
std::string shown_query(std::string_view query, query_mask which) {
  std::string shown;
  for (std::size_t begin = 0; begin <= query.size();) {
    auto end = begin, value = query.size();
    for (; end < query.size() && query[end] != '&'; ++end)
      if (query[end] == '=' && value == query.size())
        value = end + 1;
    const auto one = query.substr(begin, end - begin);
    const bool secret =
      value < end
      && (which == query_mask::all || is_secret_name(query.substr(begin, value - 1 - begin)))
      && one.find("{{") == std::string_view::npos;
    shown += begin == 0 ? "" : "&";
    shown +=
      secret ? std::string{query.substr(begin, value - begin)} + secret_mask : std::string{one};
    begin = end + 1;
  }
  return shown;
}

} // namespace

bool is_secret_name(std::string_view name) {
  static constexpr std::array<std::string_view, 5> anywhere{"secret", "password", "passwd",
                                                            "credential", "authorization"};
  static constexpr std::array<std::string_view, 6> last{"key",       "token", "auth",
                                                        "signature", "pwd",   "cookie"};
  const auto bare = plain(name);
  return bare == "sig" || bare == "code" || bare == "pass"
         || std::any_of(anywhere.begin(), anywhere.end(),
                        [&](auto word) { return bare.find(word) != std::string::npos; })
         || std::any_of(last.begin(), last.end(), [&](auto word) { return ends_with(bare, word); });
}

void mask_secrets(json::value& all, bool spare_templates) {
  if (all.IsArray())
    for (auto& one : all.GetArray())
      mask_secrets(one, spare_templates);
  if (!all.IsObject())
    return;
  const auto spared = [&](const json::value& value) {
    return spare_templates && value.IsString()
           && name_of(value).find("{{") != std::string_view::npos;
  };
  for (auto& member : all.GetObject()) // each: a name may be there twice
    if (!is_secret_name(name_of(member.name)))
      mask_secrets(member.value, spare_templates);
    else if (!spared(member.value))
      member.value.SetString(rapidjson::StringRef(secret_mask));
}

bool unmask(json::value& given, const json::value* kept, allocator& memory) {
  if (!is_mask(given))
    return true;
  if (!kept)
    return false;
  given.CopyFrom(*kept, memory);
  return true;
}

bool unmask_secrets(json::value& all, const json::value* kept, allocator& memory,
                    std::string& where) {
  if (all.IsArray())
    for (rapidjson::SizeType i = 0; i < all.Size(); ++i) {
      const bool there = kept && kept->IsArray() && i < kept->Size();
      if (!unmask_secrets(all[i], there ? &(*kept)[i] : nullptr, memory, where))
        return false;
    }
  if (!all.IsObject())
    return true;
  for (auto& member : all.GetObject()) {
    const auto name = name_of(member.name);
    const auto* before = in(kept, name);
    const bool good = is_secret_name(name) ? unmask(member.value, before, memory)
                                           : unmask_secrets(member.value, before, memory, where);
    if (good)
      continue;
    where = std::string{name} + (where.empty() ? "" : "." + where);
    return false;
  }
  return true;
}

std::string shown_url(const std::string& url, query_mask which) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos)
    return url;
  const auto host = scheme + 3;
  const auto host_end = std::min(url.find_first_of("/?#", host), url.size());
  const auto at = url.substr(0, host_end).rfind('@');
  std::string shown = url.substr(0, host);
  auto rest = url.substr(host);
  if (at != std::string::npos && at >= host) {
    shown += std::string{secret_mask} + "@";
    rest = url.substr(at + 1);
  }
  const auto mark = rest.find('?');
  if (mark == std::string::npos)
    return shown + rest;
  const auto hash = std::min(rest.find('#', mark), rest.size());
  return shown + rest.substr(0, mark + 1)
         + shown_query(std::string_view{rest}.substr(mark + 1, hash - mark - 1), which)
         + rest.substr(hash);
}

std::string kept_url(const std::string& given, const std::string& kept, query_mask which) {
  return given.find(secret_mask) != std::string::npos && given == shown_url(kept, which) ? kept
                                                                                         : given;
}

} // namespace unpod

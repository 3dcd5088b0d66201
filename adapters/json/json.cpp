#include "adapters/json/json.hpp"

#include <rapidjson/error/en.h>

#include <algorithm>
#include <cstring>

namespace unpod::json {

namespace {

/// Behind the quote that ends the string which goes on at `at`; npos when it doesn't end. Sound
/// in base64 is one long string: looked through by memchr, and no byte twice.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  auto quote = text.find('"', at);
  while (quote != std::string_view::npos) {
    const auto* escape = std::memchr(text.data() + at, '\\', quote - at);
    if (escape == nullptr)
      return quote + 1;
    at = static_cast<std::size_t>(static_cast<const char*>(escape) - text.data()) + 2;
    if (at > quote) // it was the quote that was escaped
      quote = text.find('"', at);
  }
  return std::string_view::npos;
}

/// Then it is UTF-8, and RapidJSON need not look at each byte again.
bool is_ascii(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & high_bits) != 0)
      return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

std::size_t depth_of(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      const auto end = end_of_string(text, at + 1);
      if (end == std::string_view::npos)
        break;
      at = end - 1;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

std::optional<document> parse(std::string_view text, std::size_t depth_max, std::string& why) {
  if (depth_of(text) > depth_max) {
    why = "deeper than " + std::to_string(depth_max) + " levels";
    return std::nullopt;
  }
  document parsed;
  if (is_ascii(text))
    parsed.Parse(text.data(), text.size());
  else
    parsed.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (parsed.HasParseError()) {
    why = "not JSON at byte " + std::to_string(parsed.GetErrorOffset()) + ": "
          + rapidjson::GetParseError_En(parsed.GetParseError());
    return std::nullopt;
  }
  return parsed;
}

const value* member(const value& object, const char* key) {
  if (!object.IsObject())
    return nullptr;
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::optional<std::string> text(const value& object, const char* key) {
  const auto* found = member(object, key);
  if (!found || !found->IsString())
    return std::nullopt;
  return std::string{found->GetString(), found->GetStringLength()};
}

std::optional<std::int64_t> whole(const value& object, const char* key) {
  const auto* found = member(object, key);
  if (!found)
    return std::nullopt;
  if (found->IsInt64())
    return found->GetInt64();
  constexpr double exact_max = 9'007'199'254'740'992.0; // 2^53
  if (found->IsDouble() && std::trunc(found->GetDouble()) == found->GetDouble()
      && std::abs(found->GetDouble()) <= exact_max)
    return static_cast<std::int64_t>(found->GetDouble());
  return std::nullopt;
}

std::optional<double> number(const value& object, const char* key) {
  const auto* found = member(object, key);
  return found && found->IsNumber() ? std::optional{found->GetDouble()} : std::nullopt;
}

std::optional<bool> flag(const value& object, const char* key) {
  const auto* found = member(object, key);
  return found && found->IsBool() ? std::optional{found->GetBool()} : std::nullopt;
}

std::optional<std::string> raw(const value& object, const char* key) {
  const auto* found = member(object, key);
  return found && (found->IsObject() || found->IsArray()) ? std::optional{dump(*found)}
                                                          : std::nullopt;
}

std::string dump(const value& any) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
  any.Accept(out);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace unpod::json

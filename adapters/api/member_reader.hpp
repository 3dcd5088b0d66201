// A request body's members, read one by one into a record, with words that name the
// member for the first mistake.
#pragma once

#include "adapters/api/bodies.hpp"
#include "adapters/json/json.hpp"
#include "messages/json_line.hpp"
#include "messages/secret.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace unpod {

/// The body is an object. The first mistake stands and stops the rest.
class member_reader {
public:
  member_reader(const json::value& body, std::string& why) : body_(body), why_(why) {}

  void text(const char* key, std::string& into, std::size_t bytes_max = short_text_bytes_max) {
    const auto* found = wanted(key);
    if (!found)
      return;
    if (found->IsNull())
      into.clear();
    else if (!found->IsString())
      fail(key, "must be text");
    else if (found->GetStringLength() > bytes_max)
      fail(key, "is longer than " + std::to_string(bytes_max) + " bytes");
    else
      into = {found->GetString(), found->GetStringLength()};
  }

  void text(const char* key, secret_text& into) {
    auto given = into.reveal();
    text(key, given);
    into = std::move(given);
  }

  void whole(const char* key, std::int64_t least, std::int64_t most, std::int64_t& into) {
    if (!wanted(key) || wanted(key)->IsNull())
      return;
    const auto number = json::whole(body_, key);
    if (!number || *number < least || *number > most)
      fail(key,
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    else
      into = *number;
  }

  /// `recording` may be an object, which means yes (contract §1.8).
  void flag(const char* key, bool& into) {
    const auto* found = wanted(key);
    if (!found || found->IsNull())
      return;
    if (found->IsBool() || found->IsObject())
      into = found->IsObject() || found->GetBool();
    else
      fail(key, "must be true or false");
  }

  const json::value* wanted(const char* key) {
    known_.insert(key);
    return why_.empty() ? json::member(body_, key) : nullptr;
  }

  void fail(const std::string& key, const std::string& words) {
    if (why_.empty())
      why_ = key + " " + words;
  }

  /// Did anybody ask for it?
  bool is_known(const char* key) const {
    return known_.count(key) != 0;
  }

  /// What no one asked for, as an object to keep.
  std::string rest() {
    json_line line;
    for (const auto& member : body_.GetObject()) {
      const std::string key{member.name.GetString(), member.name.GetStringLength()};
      if (known_.count(key) == 0)
        line.raw(key, json::dump(member.value));
    }
    const auto kept = line.str();
    if (kept.size() > extra_bytes_max)
      fail("the body", "has more than " + std::to_string(extra_bytes_max) + " bytes of other keys");
    return kept;
  }

private:
  const json::value& body_;
  std::string& why_;
  std::set<std::string> known_;
};

} // namespace unpod

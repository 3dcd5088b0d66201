// A TOML document of voice profiles into records, every mistake with its line. Pure.
#pragma once

#include "messages/providers.hpp"

#include <toml++/toml.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace unpod {

/// What is wrong with a document, by line; people read the first.
class profile_mistakes {
public:
  void note(std::size_t line, const std::string& words) {
    by_line_.emplace(line, words);
  }
  bool none() const {
    return by_line_.empty();
  }
  /// "12: language: must be text".
  std::string first() const {
    return std::to_string(by_line_.begin()->first) + ": " + by_line_.begin()->second;
  }

private:
  std::multimap<std::size_t, std::string> by_line_;
};

/// A profile as it was written, not yet matched with any node.
struct written_profile {
  voice_profile profile;
  std::size_t line = 0;
};

/// `knows_provider`: may this be a provider's name?
std::vector<written_profile>
read_profiles(const toml::table& document,
              const std::function<bool(const std::string& provider)>& knows_provider,
              profile_mistakes& mistakes);

/// As names are compared: small letters.
std::string plain_name(const std::string& name);

} // namespace unpod

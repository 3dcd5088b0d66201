#include "runtime/profile_reader.hpp"

#include "runtime/profiles.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace unpod {

namespace {

/// bytes. 256: names, models and voices.
constexpr std::size_t text_bytes_max = 256;
/// bytes. 1,024: descriptions.
constexpr std::size_t description_bytes_max = 1'024;
/// tags. 64: other languages of one voice.
constexpr std::size_t languages_max = 64;

/// Reads the members of one table; what nobody asked for is a mistake, too.
class table_reader {
public:
  table_reader(const toml::table& table, profile_mistakes& mistakes)
    : table_(table), mistakes_(mistakes) {}

  std::size_t line() const {
    return table_.source().begin.line;
  }

  void fail(const char* key, const std::string& words) {
    const auto* node = table_.get(key);
    mistakes_.note(node ? node->source().begin.line : line(), std::string{key} + " " + words);
  }

  const toml::node* wanted(const char* key) {
    known_.push_back(key);
    return table_.get(key);
  }

  void text(const char* key, std::string& into, std::size_t bytes_max = text_bytes_max) {
    const auto* node = wanted(key);
    if (!node)
      return;
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty() || value->size() > bytes_max)
      return fail(key, "must be text of 1 to " + std::to_string(bytes_max) + " bytes");
    into = *value;
  }

  void number(const char* key, double least, double most, double& into) {
    const auto* node = wanted(key);
    if (!node)
      return;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !std::isfinite(*value) || *value < least || *value > most)
      return fail(key, "must be a number from " + shown(least) + " to " + shown(most));
    into = *value;
  }

  void whole(const char* key, std::int64_t least, std::int64_t most, std::int64_t& into) {
    const auto* node = wanted(key);
    if (!node)
      return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
      return fail(key, "must be a whole number from " + std::to_string(least) + " to "
                         + std::to_string(most));
    into = *value;
  }

  void texts(const char* key, std::vector<std::string>& into) {
    const auto* node = wanted(key);
    if (!node)
      return;
    const auto* all = node->as_array();
    if (!all || all->size() > languages_max)
      return fail(key, "must be a list of at most " + std::to_string(languages_max) + " texts");
    for (const auto& one : *all) {
      const auto value = one.value_exact<std::string>();
      if (!value || value->empty() || value->size() > text_bytes_max)
        return fail(key, "must be a list of texts");
      into.push_back(*value);
    }
  }

  void nothing_else() {
    for (const auto& [key, node] : table_)
      if (std::find(known_.begin(), known_.end(), key.str()) == known_.end())
        mistakes_.note(node.source().begin.line,
                       "there is no key '" + std::string{key.str()} + "' here");
  }

private:
  static std::string shown(double bound) {
    auto text = std::to_string(bound);
    text.erase(text.find_last_not_of('0') + 1);
    return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
  }

  const toml::table& table_;
  profile_mistakes& mistakes_;
  std::vector<std::string> known_;
};

bool is_language_tag(const std::string& tag) {
  return tag.size() <= 35 && std::isalpha(static_cast<unsigned char>(tag.front())) != 0
         && std::all_of(tag.begin(), tag.end(),
                        [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
}

std::string id_of_name(const std::string& name) {
  std::string id = "VP_";
  for (const unsigned char c : plain_name(name))
    id += std::isalnum(c) != 0 ? static_cast<char>(c) : '_';
  return id;
}

bool is_id(const std::string& id) {
  return std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

provider_choice read_choice(const toml::table& table, bool speaks,
                            const std::function<bool(const std::string&)>& knows_provider,
                            profile_mistakes& mistakes) {
  table_reader members{table, mistakes};
  provider_choice choice;
  members.text("provider", choice.provider);
  members.text("model", choice.model);
  if (speaks)
    members.text("voice", choice.voice);
  members.nothing_else();
  if (choice.provider.empty())
    members.fail("provider", "is missing");
  else if (!knows_provider(choice.provider))
    members.fail("provider", "'" + choice.provider + "' is none that we know");
  return choice;
}

void read_choices(table_reader& members, const char* key, bool speaks,
                  const std::function<bool(const std::string&)>& knows_provider,
                  profile_mistakes& mistakes, std::vector<provider_choice>& into) {
  const auto* node = members.wanted(key);
  const auto* all = node ? node->as_array() : nullptr;
  if (!all || all->empty() || all->size() > choices_max || !all->is_homogeneous<toml::table>())
    return members.fail(key, "must be written as [[profile." + std::string{key} + "]], once to "
                               + std::to_string(choices_max) + " times");
  for (const auto& one : *all) {
    auto choice = read_choice(*one.as_table(), speaks, knows_provider, mistakes);
    for (const auto& other : into)
      if (other.provider == choice.provider)
        mistakes.note(one.source().begin.line, "provider '" + choice.provider + "' is named twice");
    into.push_back(std::move(choice));
  }
}

written_profile read_profile(const toml::table& table,
                             const std::function<bool(const std::string&)>& knows_provider,
                             profile_mistakes& mistakes) {
  table_reader members{table, mistakes};
  written_profile written;
  auto& profile = written.profile;
  written.line = members.line();
  profile.latency_ms = -1;
  profile.cost_per_min_usd = -1;
  members.text("name", profile.name);
  members.text("id", profile.id);
  members.text("description", profile.description, description_bytes_max);
  members.text("gender", profile.gender);
  members.text("quality", profile.quality);
  members.text("language", profile.language);
  members.texts("languages", profile.languages);
  members.number("speed", 0.25, 4, profile.speed);
  members.whole("latency_ms", 0, 60'000, profile.latency_ms);
  members.number("cost_per_min_usd", 0, 1'000, profile.cost_per_min_usd);
  read_choices(members, "stt", false, knows_provider, mistakes, profile.hearers);
  read_choices(members, "tts", true, knows_provider, mistakes, profile.speakers);
  members.nothing_else();
  if (profile.name.empty())
    members.fail("name", "is missing");
  if (profile.id.empty())
    profile.id = id_of_name(profile.name);
  if (!is_id(profile.id))
    members.fail("id", "may have letters, digits, '_', '-' and '.'");
  if (!profile.gender.empty() && profile.gender != "male" && profile.gender != "female"
      && profile.gender != "neutral")
    members.fail("gender", "must be male, female or neutral");
  if (!is_language_tag(profile.language))
    members.fail("language", "must be a tag such as en or en-US");
  for (const auto& tag : profile.languages)
    if (!is_language_tag(tag))
      members.fail("languages", "must be tags such as en or en-US");
  profile.languages.erase(
    std::remove(profile.languages.begin(), profile.languages.end(), profile.language),
    profile.languages.end());
  return written;
}

} // namespace

std::vector<written_profile>
read_profiles(const toml::table& document,
              const std::function<bool(const std::string& provider)>& knows_provider,
              profile_mistakes& mistakes) {
  table_reader members{document, mistakes};
  std::vector<written_profile> all;
  const auto* node = members.wanted("profile");
  members.nothing_else();
  const auto* tables = node ? node->as_array() : nullptr;
  if (!tables || tables->empty() || tables->size() > profiles_max
      || !tables->is_homogeneous<toml::table>()) {
    mistakes.note(node ? node->source().begin.line : 1,
                  "a file of profiles has [[profile]] once to " + std::to_string(profiles_max)
                    + " times");
    return all;
  }
  for (const auto& one : *tables)
    all.push_back(read_profile(*one.as_table(), knows_provider, mistakes));
  return all;
}

std::string plain_name(const std::string& name) {
  std::string plain = name;
  std::transform(plain.begin(), plain.end(), plain.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return plain;
}

} // namespace unpod

#include "runtime/provider_settings.hpp"

#include "runtime/speech_access.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace unpod {

namespace {

/// streams of one provider at a time, at most.
constexpr std::int64_t streams_most = 100'000;

bool has_region(const std::string& provider) {
  return provider.find('@') != std::string::npos;
}

bool make_room(const node_settings& settings, const std::string& provider, std::string& why) {
  const auto regions = std::count_if(settings.providers.begin(), settings.providers.end(),
                                     [](const auto& one) { return has_region(one.first); });
  if (!has_region(provider) || settings.providers.count(provider) > 0
      || regions < static_cast<std::ptrdiff_t>(regions_max))
    return true;
  why = "there are " + std::to_string(regions_max) + " regions already";
  return false;
}

const provider_wishes* wishes_of(const node_settings& settings, const std::string& provider) {
  const auto found = settings.providers.find(provider);
  return found == settings.providers.end() ? nullptr : &found->second;
}

/// `show` is given what was said.
template <class Text, class Show>
setting text_of(const std::string& provider, const char* name, std::string meaning,
                Text provider_wishes::*field, Show show) {
  return {"providers." + provider + "." + name, std::move(meaning),
          [field, provider](node_settings& into, const std::string& text, std::string& why) {
            if (!make_room(into, provider, why))
              return false;
            into.providers[provider].*field = text;
            return true;
          },
          [field, show, provider](const node_settings& from) {
            const auto* wishes = wishes_of(from, provider);
            return wishes ? show(wishes->*field) : std::string{};
          }};
}

std::string as_it_is(const std::string& text) {
  return text;
}

/// That there is one, and no more.
std::string hidden(const secret_text& text) {
  std::ostringstream out;
  out << text;
  return out.str();
}

setting streams_of(const std::string& provider) {
  return {"providers." + provider + ".streams_max",
          "streams of it at a time, as your plan allows; 0: any number",
          [provider](node_settings& into, const std::string& text, std::string& why) {
            std::int64_t number = 0;
            const auto end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, number);
            if (read.ec != std::errc{} || read.ptr != end || number < 0 || number > streams_most) {
              why = "'" + text + "' is no whole number from 0 to " + std::to_string(streams_most);
              return false;
            }
            if (!make_room(into, provider, why))
              return false;
            into.providers[provider].streams_max = static_cast<std::size_t>(number);
            return true;
          },
          [provider](const node_settings& from) {
            const auto* wishes = wishes_of(from, provider);
            return std::to_string(wishes ? wishes->streams_max : 0);
          }};
}

std::vector<setting> settings_of(const provider_kind& kind, const std::string& provider) {
  std::vector<setting> table;
  if (!kind.key.empty())
    table.push_back(text_of(provider, "key",
                            "API key, never shown; empty: " + kind.key + " of the environment",
                            &provider_wishes::key, hidden));
  table.push_back(
    text_of(provider, "base_url",
            "where it is; empty: " + (kind.base_url.empty() ? "nowhere" : kind.base_url),
            &provider_wishes::base_url, as_it_is));
  table.push_back(text_of(provider, "ca_file",
                          "PEM authorities to trust for it; empty: the system's",
                          &provider_wishes::ca_file, as_it_is));
  table.push_back(text_of(provider, "proxy",
                          "http://host:port its sockets go through, or none, never shown; empty: "
                          "https_proxy, http_proxy and no_proxy of the environment",
                          &provider_wishes::proxy, hidden));
  table.push_back(streams_of(provider));
  return table;
}

} // namespace

std::vector<setting> provider_settings() {
  std::vector<setting> table;
  for (const auto& kind : provider_kinds())
    for (auto& one : settings_of(kind, kind.name))
      table.push_back(std::move(one));
  return table;
}

std::optional<setting> region_setting(const std::string& name) {
  constexpr std::string_view begin = "providers.";
  const auto dot = name.rfind('.');
  if (name.compare(0, begin.size(), begin) != 0 || dot <= begin.size())
    return std::nullopt;
  const auto provider = name.substr(begin.size(), dot - begin.size());
  const auto* kind = has_region(provider) ? kind_of(provider) : nullptr;
  if (!kind)
    return std::nullopt;
  for (auto& one : settings_of(*kind, provider))
    if (one.name == name)
      return std::move(one);
  return std::nullopt;
}

std::vector<setting> region_settings(const node_settings& settings) {
  std::vector<setting> table;
  for (const auto& [provider, wishes] : settings.providers)
    if (const auto* kind = has_region(provider) ? kind_of(provider) : nullptr)
      for (auto& one : settings_of(*kind, provider))
        table.push_back(std::move(one));
  return table;
}

} // namespace unpod

#include "runtime/speech_access.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace unpod {

namespace {

/// bytes of a region's name. 24.
constexpr std::size_t region_bytes_max = 24;

} // namespace

environment real_environment() {
  return [](const std::string& variable) -> std::string {
    const char* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    return value ? value : "";
  };
}

const provider_kind* kind_of(const std::string& provider) {
  const auto& kinds = provider_kinds();
  const auto at = provider.find('@');
  const auto region = at == std::string::npos ? std::string{"-"} : provider.substr(at + 1);
  const bool is_name = !region.empty() && region.size() <= region_bytes_max
                       && std::all_of(region.begin(), region.end(), [](char c) {
                            return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
                          });
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) {
    return one.name == std::string_view{provider}.substr(0, at);
  });
  return found == kinds.end() || !is_name ? nullptr : &*found;
}

provider_access access_of(const std::string& provider, const provider_kind& kind,
                          const node_settings& settings, const environment& variables) {
  const auto found = settings.providers.find(provider);
  const auto wishes = found == settings.providers.end() ? provider_wishes{} : found->second;
  const auto kinds = settings.providers.find(kind.name);
  provider_access access;
  access.name = provider;
  access.key = wishes.key;
  if (access.key.empty() && kinds != settings.providers.end())
    access.key = kinds->second.key;
  if (access.key.empty())
    access.key = variables(kind.key);
  access.base_url = wishes.base_url.empty() ? kind.base_url : wishes.base_url;
  access.ca_file = wishes.ca_file;
  return access;
}

std::map<std::string, speech_provider> dialled_providers(const node_settings& settings,
                                                         const environment& variables,
                                                         const websocket_dialer& dial,
                                                         const std::shared_ptr<wire_watch>& watch,
                                                         const provider_limits& patience) {
  std::vector<std::string> names;
  for (const auto& kind : provider_kinds())
    names.push_back(kind.name);
  for (const auto& [provider, wishes] : settings.providers)
    if (provider.find('@') != std::string::npos)
      names.push_back(provider);
  std::map<std::string, speech_provider> made;
  for (const auto& provider : names) {
    const auto* kind = kind_of(provider);
    if (!kind)
      continue;
    speech_wiring wiring{access_of(provider, *kind, settings, variables), dial, patience, watch};
    if (const auto found = settings.providers.find(provider); found != settings.providers.end())
      wiring.seats = std::make_shared<stream_seats>(found->second.streams_max);
    if (!wiring.access.base_url.empty())
      made[provider] = make_provider(*kind, std::move(wiring));
  }
  return made;
}

provider_ground ground_of(std::vector<std::string> adapters, const node_settings& settings,
                          environment variables) {
  return {std::move(adapters),
          [settings, variables = std::move(variables)](const std::string& variable) {
            for (const auto& kind : provider_kinds()) {
              const bool is_region = kind_of(variable) == &kind;
              if (kind.key == variable || is_region) {
                const auto access =
                  access_of(is_region ? variable : kind.name, kind, settings, variables);
                return !access.key.empty() || access.base_url != kind.base_url;
              }
            }
            return !variables(variable).empty();
          }};
}

} // namespace unpod

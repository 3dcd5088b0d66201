#include "runtime/speech_access.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace unpod {

environment real_environment() {
  return [](const std::string& variable) -> std::string {
    const char* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    return value ? value : "";
  };
}

provider_access access_of(const provider_kind& kind, const node_settings& settings,
                          const environment& variables) {
  const auto found = settings.providers.find(kind.name);
  const auto wishes = found == settings.providers.end() ? provider_wishes{} : found->second;
  provider_access access;
  access.name = kind.name;
  access.key = wishes.key.empty() ? variables(kind.key) : wishes.key;
  access.base_url = wishes.base_url.empty() ? kind.base_url : wishes.base_url;
  access.ca_file = wishes.ca_file;
  return access;
}

std::vector<std::pair<std::string, bool>> keys_given(const environment& variables) {
  std::vector<std::pair<std::string, bool>> all;
  for (const auto& kind : provider_kinds())
    if (!kind.key.empty() && std::none_of(all.begin(), all.end(), [&](const auto& one) {
          return one.first == kind.key;
        }))
      all.emplace_back(kind.key, !variables(kind.key).empty());
  return all;
}

std::map<std::string, speech_provider> dialled_providers(const node_settings& settings,
                                                         const environment& variables,
                                                         const websocket_dialer& dial,
                                                         const std::shared_ptr<wire_watch>& watch,
                                                         const provider_limits& patience) {
  std::map<std::string, speech_provider> made;
  for (const auto& kind : provider_kinds()) {
    speech_wiring wiring{access_of(kind, settings, variables), dial, patience, watch};
    if (!wiring.access.base_url.empty())
      made[kind.name] = make_provider(kind, std::move(wiring));
  }
  return made;
}

provider_ground ground_of(std::vector<std::string> adapters, const node_settings& settings,
                          environment variables) {
  return {std::move(adapters),
          [settings, variables = std::move(variables)](const std::string& variable) {
            for (const auto& kind : provider_kinds())
              if (kind.key == variable) {
                const auto access = access_of(kind, settings, variables);
                return !access.key.empty() || access.base_url != kind.base_url;
              }
            return !variables(variable).empty();
          }};
}

} // namespace unpod

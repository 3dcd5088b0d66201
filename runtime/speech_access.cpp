#include "runtime/speech_access.hpp"

#include "adapters/outgoing/outgoing_http.hpp"
#include "adapters/websocket/proxy.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

namespace unpod {

namespace {

/// bytes of a region's name. 24.
constexpr std::size_t region_bytes_max = 24;

/// The way out to a provider behind HTTP, made when it is first taken: its threads are for
/// those who have such a provider. What the configuration says of its address is trusted for
/// it, and for nothing else that leaves this node.
class way_to_provider : public outgoing_http {
public:
  explicit way_to_provider(const provider_access& access) : access_(access) {}

  std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                          std::shared_ptr<outgoing_listener> listener) override {
    std::call_once(made_, [this] { way_ = make_outgoing_http(options()); });
    return way_->send(std::move(request), std::move(listener));
  }

private:
  outgoing_options options() const {
    outgoing_options made;
    std::string why;
    const auto scheme_end = access_.base_url.find("//");
    auto host =
      scheme_end == std::string::npos ? access_.base_url : access_.base_url.substr(scheme_end + 2);
    read_allowed_hosts(host.substr(0, host.find('/')), made.rules.allowed, why);
    made.ca_file = access_.ca_file;
    return made;
  }

  const provider_access access_;
  std::once_flag made_;
  outgoing_http_ptr way_;
};

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
  if (wishes.proxy.empty())
    access.proxy = proxy_for(proxy_rules_of(variables), access.base_url);
  else if (wishes.proxy != "none")
    access.proxy = wishes.proxy;
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

std::map<std::string, speech_provider>
dialled_providers(const node_settings& settings, const environment& variables,
                  const websocket_dialer& dial, const std::shared_ptr<wire_watch>& watch,
                  const provider_limits& patience, const tts_helps& helps,
                  const std::shared_ptr<standby_pool>& standbys) {
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
    wiring.http = std::make_shared<way_to_provider>(wiring.access);
    wiring.helps = helps;
    wiring.standbys = standbys;
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
                if (!access.key.empty() || access.base_url != kind.base_url)
                  return true;
              }
            }
            return !variables(variable).empty();
          }};
}

} // namespace unpod

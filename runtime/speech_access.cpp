#include "runtime/speech_access.hpp"

#include "adapters/outgoing/outgoing_http.hpp"
#include "adapters/websocket/proxy.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace unpod {

namespace {

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

provider_access access_of(const provider_kind& kind, const node_settings& settings,
                          const environment& variables) {
  const auto found = settings.providers.find(kind.name);
  const auto wishes = found == settings.providers.end() ? provider_wishes{} : found->second;
  provider_access access;
  access.name = kind.name;
  access.key = wishes.key.empty() ? variables(kind.key) : wishes.key;
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
                  const provider_limits& patience, const tts_helps& helps) {
  std::map<std::string, speech_provider> made;
  for (const auto& kind : provider_kinds()) {
    speech_wiring wiring{access_of(kind, settings, variables), dial, patience, watch};
    wiring.http = std::make_shared<way_to_provider>(wiring.access);
    wiring.helps = helps;
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
                if (!access.key.empty() || access.base_url != kind.base_url)
                  return true;
              }
            return !variables(variable).empty();
          }};
}

} // namespace unpod

// What this node knows of the speech providers behind a socket: keys, addresses, trust; from
// its settings first, then from the environment. Keys go to the streams and nowhere else.
#pragma once

#include "adapters/speech/speech_catalogue.hpp"
#include "runtime/profiles.hpp"
#include "runtime/settings.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// Value of a variable; empty when there is none.
using environment = std::function<std::string(const std::string& variable)>;
environment real_environment();

/// What is known of a provider behind a socket, wherever it is ("deepgram@eu" is a deepgram);
/// null for one in the process.
const provider_kind* kind_of(const std::string& provider);

/// `provider` is a kind's name, perhaps with a region.
provider_access access_of(const std::string& provider, const provider_kind& kind,
                          const node_settings& settings, const environment& variables);

/// The variable of each provider's key, and whether it is set.
std::vector<std::pair<std::string, bool>> keys_given(const environment& variables);

/// Those that could be spoken with: an address is known. `dial` and `watch` serve them all, and so
/// does `standbys`; null: no connection is kept for later.
std::map<std::string, speech_provider>
dialled_providers(const node_settings& settings, const environment& variables,
                  const websocket_dialer& dial, const std::shared_ptr<wire_watch>& watch,
                  const provider_limits& patience, const tts_helps& helps = {},
                  const std::shared_ptr<standby_pool>& standbys = nullptr);

/// For the profiles: which adapters there are, and which keys. A server of one's own needs none.
provider_ground ground_of(std::vector<std::string> adapters, const node_settings& settings,
                          environment variables);

} // namespace unpod

// The long-lived actors of a node: how each is started, and started again.
#include "runtime/node_parts.hpp"

#include "actors/accountant.hpp"
#include "actors/orchestrator.hpp"
#include "actors/pipes.hpp"
#include "actors/providers.hpp"
#include "actors/webhooks.hpp"
#include "adapters/llm/analyst.hpp"
#include "messages/children.hpp"
#include "messages/log.hpp"
#include "storage/hash.hpp"
#include "storage/store.hpp"

#include <utility>

namespace unpod {

house_role node::impl::webhooks_role() {
  return {"webhooks",
          [this](node_self* self) {
            webhooks_setup setup;
            setup.house = house;
            setup.reader = store.reader;
            setup.bounds = settings.bounds.webhooks;
            setup.out = kit->outgoing;
            setup.sign = hmac_sha256_hex;
            const webhooks_actor child = spawn_child(self, "", webhooks, std::move(setup));
            house->put(child);
            return child.address();
          },
          {}};
}

house_role node::impl::analyst_role() {
  return {"analyst",
          [this](node_self* self) {
            analyst_setup setup;
            setup.house = house;
            setup.reader = store.reader;
            setup.outgoing = kit->outgoing;
            setup.model = {settings.llm_url, settings.llm_model, settings.llm_key};
            setup.bounds = settings.bounds.analyst;
            setup.brains = settings.bounds.brain;
            setup.json_depth_max = settings.bounds.wire.json_depth_max;
            setup.new_id = fresh_id;
            const auto child = spawn_child(self, "", analyst, std::move(setup));
            house->put(analyst_actor{child});
            return child.address();
          },
          {}};
}

/// NODE's children, in the order of their dependence.
std::vector<house_role> node::impl::roles() {
  const auto start_store = [this](node_self* self) {
    const store_actor child = spawn_child(self, "", &unpod::store, store.engine);
    house->put(child);
    return child.address();
  };
  const auto start_accountant = [this](node_self* self) {
    const auto child = spawn_child(self, "", accountant);
    house->put(child);
    return child.address();
  };
  const auto start_providers = [this](node_self* self) {
    const auto child = spawn_child(self, "", speech_providers,
                                   providers_setup{profiles, ground.adapters, dialled, house});
    house->put(child);
    return child.address();
  };
  const auto start_orchestrator = [this](node_self* self) {
    const auto child = spawn_child(self, "", orchestrator,
                                   orchestrator_setup{settings.bounds.dispatch, house, fresh_id});
    house->put(child);
    return child.address();
  };
  const auto start_pipes = [this](node_self* self) {
    const auto child = spawn_child(self, "", speech_pipes, kit);
    house->put(child);
    return child.address();
  };
  const auto start_clients = [this](node_self* self) {
    const auto child =
      spawn_child(self, "", client_door, client_house{house, media.get(), settings.bounds},
                  std::function<call_id()>{[] { return call_id{fresh_id("SCL_")}; }});
    clients->put(child);
    return child.address();
  };
  const auto start_runners = [this](node_self* self) {
    control_limits bounds;
    bounds.dispatch = settings.bounds.dispatch;
    bounds.json_depth_max = settings.bounds.wire.json_depth_max;
    const auto child =
      spawn_child(self, "", runner_door, runner_registry_actor{house->get<orchestrator_actor>()},
                  bounds, feed_limits{});
    runners->use_door(child);
    return child.address();
  };
  const auto start_trunk = [this](node_self* self) {
    const auto child = spawn_child(self, "", loopback_trunk, *loopback);
    house->put(trunks_actor{child});
    return child.address();
  };
  const auto start_queue = [this](node_self* self) {
    const auto child = spawn_child(self, "", call_queue, call_queue_of(*kit, queue));
    house->put(call_queue_actor{child});
    return child.address();
  };
  // A new ORCHESTRATOR knows no runner: their sockets go, and they register again.
  return {{"store", start_store, {}},
          {"accountant", start_accountant, {}},
          {"providers", start_providers, {}},
          {"orchestrator", start_orchestrator, {"runner_door"}},
          analyst_role(),
          {"pipes", start_pipes, {}},
          webhooks_role(),
          {"client_door", start_clients, {}},
          {"runner_door", start_runners, {}},
          {"loopback_trunk", start_trunk, {}},
          {"call_queue", start_queue, {}}};
}

} // namespace unpod

// What a node is made of: for the files that build it (node.cpp), that start its actors
// (node_roles.cpp) and that give the API what it works with (node_api.cpp).
#pragma once

#include "adapters/api/api.hpp"
#include "adapters/api/reading_thread.hpp"
#include "adapters/http/server.hpp"
#include "adapters/media/call_media.hpp"
#include "adapters/runner/bridge_leg.hpp"
#include "adapters/speech/embedded_stt.hpp"
#include "adapters/speech/standby_pool.hpp"
#include "adapters/speech/tts_wire.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "messages/call_kit.hpp"
#include "runtime/backups.hpp"
#include "runtime/brakes.hpp"
#include "runtime/front.hpp"
#include "runtime/house.hpp"
#include "runtime/keys.hpp"
#include "runtime/node.hpp"
#include "runtime/outbound.hpp"
#include "runtime/profiles.hpp"
#include "runtime/system_config.hpp"
#include "storage/open_store.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// An id that sorts by its time; without a prefix a secret that nobody guesses.
std::string fresh_id(const std::string& prefix);

/// In the order in which things are built; they go in the reverse.
struct node::impl {
  node_settings settings;
  std::string key_to_show;
  std::string recordings;
  wall_ms started = wall_now();
  std::atomic<bool> draining{false};
  std::atomic<bool> stopped{false};

  running_store store;
  std::shared_ptr<const key_ring> keys;
  reading_thread reading;
  std::unique_ptr<net_threads> net;
  std::unique_ptr<media_engine> media;
  embedded_speech_ptr speech;
  tts_helps helps;                        // of the voices behind sockets
  std::shared_ptr<standby_pool> standbys; // and connections to them, for whose first voice fails
  services house = std::make_shared<service_book>();
  std::shared_ptr<bridge_pairings> pairings = std::make_shared<bridge_pairings>();
  std::shared_ptr<runner_gate> runners;
  std::shared_ptr<client_door_slot> clients = std::make_shared<client_door_slot>();
  call_kit_ptr kit;
  std::shared_ptr<queue_figures> queue = std::make_shared<queue_figures>();
  std::shared_ptr<const loopback_house> loopback;
  std::unique_ptr<request_brakes> brakes;
  std::map<std::string, speech_provider> dialled; // those behind a socket
  provider_ground ground;                         // of the kit's providers
  profile_catalogue profiles;
  std::optional<system_config> config;
  std::optional<caf::actor_system> system;
  std::unique_ptr<backups> backing_up;
  node_actor root;
  std::unique_ptr<http_server> server;

  bool open_storage(std::string& why);
  bool open_helps(std::string& why);
  std::string read_profiles();
  bool make_first_key(std::string& why);
  outgoing_http_ptr open_way_out() const;
  void build_kit();
  std::vector<house_role> roles();
  house_role webhooks_role();
  house_role analyst_role();
  bool serve(std::string& why);
  api_setup api();
  node_figures figures() const;
  gate_rules gate();
};

} // namespace unpod

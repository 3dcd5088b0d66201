// The REST API of a node (contract §1; our own spelling is /v1/…): one table of
// routes, one authentication for all of them, the same envelope everywhere.
//
//   request -> strip the mount -> find the route -> who asks? -> read: snapshot
//                                                             -> write: STORE, then answer
#pragma once

#include "adapters/http/exchange.hpp"
#include "messages/limits.hpp"
#include "messages/providers.hpp"
#include "messages/services.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caf {
class actor_system;
}

namespace unpod {

/// Who asks: a key that was checked.
struct api_caller {
  std::string key; // its id
  std::string org;
  std::string project;
  std::string scopes; // messages/access.hpp
  bool node_admin = false;
};

struct api_setup {
  caf::actor_system* system = nullptr; // outlives the API
  services house;
  store_reader_ptr reader;
  limits bounds;
  std::shared_ptr<const std::vector<voice_profile>> profiles;
  /// Checks the credentials of an Authorization header's scheme Bearer, Token or JWT. Any thread.
  std::function<std::optional<api_caller>(std::string_view secret)> authenticate;
  std::function<std::string(const std::string& prefix)> new_id;
  /// A session token: unguessable, without '+' and '/'.
  std::function<std::string()> new_token;
  std::function<std::string(std::string_view token)> hash_token;
  std::function<bool()> draining;
  /// Gauges that no actor counts (calls live, sockets, late ticks), as Prometheus text.
  std::function<std::string()> gauges;
  /// Checks a grammar: words when it is not in our subset (adapters/speech).
  std::function<std::string(const std::string& grammar)> grammar_mistake;
  std::string recordings_dir;
  /// How clients reach this node (https://…); empty: as they asked.
  std::string public_url;
  /// Signs links to recordings; made by `make_api` when empty.
  std::string link_secret;
  /// Runs what reads for long apart from the net threads; false when too much waits.
  /// Empty: at once, on the caller's thread.
  std::function<bool(std::function<void()> job)> elsewhere;
};

/// The credential of an Authorization header: scheme Bearer, Token or JWT, in any
/// case (contract §1.4); empty for any other.
std::string_view credential_of(std::string_view authorization);

/// The server's `on_request`. Net threads; never blocks on an actor.
std::function<void(std::shared_ptr<http_exchange>)> make_api(api_setup setup);

} // namespace unpod

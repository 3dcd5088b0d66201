// The REST API of a node (contract §1; our own spelling is /v1/…): one table of
// routes, one authentication for all of them, the same envelope everywhere.
//
//   request -> strip the mount -> find the route -> who asks? -> read: snapshot
//                                                             -> write: STORE, then answer
#pragma once

#include "adapters/api/node_figures.hpp"
#include "adapters/http/exchange.hpp"
#include "messages/call_events.hpp"
#include "messages/calling_hours.hpp"
#include "messages/limits.hpp"
#include "messages/log_book.hpp"
#include "messages/profile_catalogue.hpp"
#include "messages/records.hpp"
#include "messages/refusal.hpp"
#include "messages/services.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caf {
class actor_system;
}

namespace unpod {

class actor_census;
class observer_seats;

/// Who asks: a key that was checked.
struct api_caller {
  std::string key; // its id
  std::string org;
  std::string project;
  std::string scopes; // messages/access.hpp
  bool node_admin = false;
  bool any_handle = false; // an Org-Handle that names nobody means its own: the key of --dev
};

/// A key just made: what is kept of it, and its text, which is shown once.
struct minted_key {
  key_record record;
  secret_text text;
};

/// What slows down who asks too often: each says how long to wait, 0 for not at all.
/// Any thread; may be null.
struct api_brakes {
  /// May this address have this credential looked at? A known good one always may.
  std::function<milliseconds(std::string_view secret, const std::string& peer)> peer_wait;
  /// Its credential was bad.
  std::function<void(const std::string& peer)> peer_failed;
  /// One more request of this key.
  std::function<milliseconds(const std::string& key)> key_wait;
};

/// How a backup went: where it lies, or why there is none.
struct backup_outcome {
  refusal why = refusal::none;
  std::string words;
  std::string folder;
  std::uint64_t bytes = 0;
};

struct api_setup {
  caf::actor_system* system = nullptr; // outlives the API
  services house;
  store_reader_ptr reader;
  limits bounds;
  profile_catalogue profiles;
  /// Checks the credentials of an Authorization header's scheme Bearer, Token or JWT. Any thread.
  std::function<std::optional<api_caller>(std::string_view secret)> authenticate;
  api_brakes brakes;
  /// A fresh key, its record without name, organisation and project.
  std::function<minted_key()> new_key;
  /// A key or a project was written: what is remembered of keys is old.
  std::function<void()> keys_changed;
  /// Reads the voice profiles anew; words when the old ones stay.
  std::function<std::string()> reload_profiles;
  /// Starts a backup under this name (empty: the time); `done` is called once, on any thread.
  std::function<void(const std::string& name, std::function<void(backup_outcome)> done)> backup;
  std::function<std::string(const std::string& prefix)> new_id;
  /// A session token: unguessable, without '+' and '/'.
  std::function<std::string()> new_token;
  std::function<std::string(std::string_view token)> hash_token;
  std::function<bool()> draining;
  /// Gauges that no actor counts (calls live, sockets, late ticks), as Prometheus text.
  std::function<std::string()> gauges;
  /// What the process takes and how near its limits it is; reads files, so never on a net thread.
  std::function<node_figures()> figures;
  /// The last log lines, and which rooms say how much; may be null.
  std::shared_ptr<log_book> logs;
  /// `--dev`: actors may be slowed and their messages dropped, to watch the supervisors work.
  bool dev = false;
  /// The trunk that dials when no other can; empty: calls are refused.
  std::string dial_trunk;
  /// How full the queue of outbound calls is; may be null.
  std::shared_ptr<const queue_figures> queue;
  /// The clocks of time zones; empty: none is checked.
  zone_clock zones;
  /// Checks a grammar: words when it is not in our subset (adapters/speech).
  std::function<std::string(const std::string& grammar)> grammar_mistake;
  std::string recordings_dir;
  /// Where live calls say what happens; never null.
  event_board_ptr events = std::make_shared<event_board>();
  /// Who looks at them; made by `make_api` when null.
  std::shared_ptr<observer_seats> observers;
  /// Counts the living actors for those who look at the node; made by `make_api` when null.
  std::shared_ptr<actor_census> census;
  /// How clients reach this node (https://…); empty: as they asked.
  std::string public_url;
  /// Signs links to recordings; made by `make_api` when empty.
  secret_text link_secret;
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

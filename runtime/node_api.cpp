// What a node gives its API and its gates to work with.
#include "runtime/node_parts.hpp"

#include "adapters/api/openapi.hpp"
#include "adapters/zones/time_zones.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "runtime/figures.hpp"
#include "runtime/gauges.hpp"
#include "runtime/logging.hpp"
#include "storage/hash.hpp"

#include <utility>

namespace unpod {

namespace {

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text + ",")
    if (c != ',' && c != ' ')
      part += c;
    else if (!part.empty())
      parts.push_back(std::exchange(part, {}));
  return parts;
}

} // namespace

gate_rules node::impl::gate() {
  gate_rules rules;
  rules.allowed_origins = split_list(settings.allow_origin);
  rules.loopback_pages = settings.dev;
  rules.draining = [this] { return draining.load(); };
  rules.pipe_exists = [reader = store.reader](const pipe_id& pipe) {
    return reader->find(table::pipes, pipe.str()).has_value();
  };
  rules.hash = sha256_hex;
  rules.pipe_of_token = [reader = store.reader](const std::string& hash) {
    const auto token = find<token_record>(*reader, table::tokens, hash);
    return token ? std::optional{token->pipe} : std::nullopt;
  };
  return rules;
}

node_figures node::impl::figures() const {
  auto seen = process_figures(settings.data_dir);
  const auto audio = media->figures();
  const auto http = server->figures();
  seen.version = program_version;
  seen.started = started;
  seen.calls_live = audio.calls;
  seen.ticks = audio.ticks;
  seen.late_ticks = audio.late_ticks;
  seen.limits.push_back({"limits.calls_max", audio.calls, settings.bounds.node.calls_max});
  seen.limits.push_back({"limits.connections_max", http.connections + http.websockets,
                         settings.bounds.wire.connections_max});
  return seen;
}

api_setup node::impl::api() {
  api_setup setup;
  setup.system = &*system;
  setup.house = house;
  setup.reader = store.reader;
  setup.bounds = settings.bounds;
  setup.profiles = profiles;
  setup.authenticate = [keys = keys](std::string_view secret) { return keys->check(secret); };
  setup.brakes.peer_wait = [this](std::string_view secret, const std::string& peer) {
    return keys->remembers(secret) ? milliseconds{0} : brakes->peer_wait(peer);
  };
  setup.brakes.peer_failed = [this](const std::string& peer) { brakes->peer_failed(peer); };
  setup.brakes.key_wait = [this](const std::string& key) { return brakes->key_wait(key); };
  setup.new_key = [] { return mint_key(wall_now()); };
  setup.keys_changed = [keys = keys, runners = runners] {
    keys->forget();
    runners->recheck([keys](const std::string& key) { return keys->may_run(key); });
  };
  setup.reload_profiles = [this] { return read_profiles(); };
  setup.backup = [this](const std::string& name, std::function<void(backup_outcome)> done) {
    backing_up->begin(name, std::move(done));
  };
  setup.new_id = fresh_id;
  setup.new_token = [] { return random_base62(40); };
  setup.hash_token = sha256_hex;
  setup.draining = [this] { return draining.load(); };
  setup.gauges = [this] {
    return gauges_text(media->figures(), server->figures(), *queue)
           + standby_gauges_text(standbys->standing());
  };
  setup.figures = [this] { return figures(); };
  setup.logs = the_log_book();
  setup.dev = settings.dev;
  setup.dial_trunk = settings.dev || settings.loopback_calls ? loopback_trunk_id : "";
  setup.queue = queue;
  setup.zones = system_zones();
  setup.grammar_mistake = [speech = speech](const std::string& grammar) {
    const auto checked = speech->check(grammar);
    return checked.ok() ? std::string{} : checked.words();
  };
  setup.recordings_dir = recordings;
  setup.events = kit->events;
  setup.public_url = settings.public_url;
  setup.elsewhere = [this](std::function<void()> job) { return reading.run(std::move(job)); };
  return setup;
}

} // namespace unpod

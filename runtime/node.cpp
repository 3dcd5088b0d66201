// A node, built in order, drained and stopped in the reverse.
#include "runtime/node_parts.hpp"

#include "adapters/api/openapi.hpp"
#include "adapters/llm/brain_leg.hpp"
#include "adapters/outgoing/outgoing_http.hpp"
#include "adapters/speech/embedded_tts.hpp"
#include "adapters/speech/recognise.hpp"
#include "adapters/speech/simulated_speech.hpp"
#include "messages/log.hpp"
#include "runtime/logging.hpp"
#include "runtime/speech_access.hpp"
#include "storage/hash.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <filesystem>
#include <optional>
#include <utility>

namespace unpod {

namespace {

/// s. 10: a first write on a cold disk.
constexpr seconds first_write_wait{10};

/// Rendered once at start: it must be there when no voice is.
constexpr auto canned_apology =
  "I am sorry, something went wrong on our side. Please try again in a moment.";
constexpr auto apology_voice = "slt";

std::string socket_url(std::string url) {
  if (url.rfind("http", 0) == 0)
    url.replace(0, 4, "ws");
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url;
}

} // namespace

std::string fresh_id(const std::string& prefix) {
  return prefix.empty() ? random_base62(key_secret_size) : random_id(prefix, wall_now());
}

bool node::impl::open_storage(std::string& why) {
  try {
    store = open_store(settings.data_dir + "/store", settings.bounds.store, wall_now());
    recordings = settings.data_dir + "/recordings";
    std::filesystem::create_directories(recordings);
    std::filesystem::permissions(recordings, std::filesystem::perms::owner_all);
  } catch (const std::exception& error) {
    why = "cannot open " + settings.data_dir + ": " + error.what();
    return false;
  }
  if (store.repaired.calls_ended > 0)
    log(log_level::warn, "runtime.node", "",
        std::to_string(store.repaired.calls_ended)
          + " calls were live when the node died: ended with reason node_lost");
  key_ring_setup ring;
  ring.reader = store.reader;
  ring.dev = settings.dev;
  ring.note = [house = house](store_change used) {
    if (const auto to = house->get<store_actor>())
      caf::anon_send(to, store_write{{std::move(used)}});
  };
  keys = std::make_shared<key_ring>(std::move(ring));
  brakes = std::make_unique<request_brakes>(settings.bounds.api);
  return true;
}

bool node::impl::open_helps(std::string& why) {
  helps.says = read_pronunciations_file(settings.pronunciations, why);
  if (settings.phrase_cache_mb > 0)
    helps.phrases = std::make_shared<phrase_cache>(
      settings.data_dir + "/phrases", static_cast<std::size_t>(settings.phrase_cache_mb) << 20U);
  return settings.pronunciations.empty() || helps.says != nullptr;
}

/// Words when the profiles are as they were.
std::string node::impl::read_profiles() {
  std::string why;
  const auto read = load_profiles(settings.profiles, ground, why);
  if (!read)
    return why;
  auto all = *read;
  if (settings.simulated_speech)
    all.push_back(simulated_profile());
  profiles.put(std::make_shared<const std::vector<voice_profile>>(std::move(all)));
  return {};
}

outgoing_http_ptr node::impl::open_way_out() const {
  outgoing_options options;
  std::string checked; // by the settings
  read_allowed_hosts(settings.outgoing_allow_hosts, options.rules.allowed, checked);
  options.rules.loopback = settings.dev;
  options.rules.url_bytes_max = settings.bounds.outgoing.url_bytes_max;
  options.bounds = settings.bounds.outgoing;
  options.ca_file = settings.outgoing_ca_file;
  return make_outgoing_http(std::move(options));
}

void node::impl::build_kit() {
  auto made = std::make_shared<call_kit>();
  made->bounds = settings.bounds;
  made->house = house;
  made->reader = store.reader;
  made->new_id = fresh_id;
  made->events = std::make_shared<event_board>(settings.bounds.watch);
  made->outgoing = open_way_out();
  made->providers[embedded_provider_name] = {embedded_provider_name, make_embedded_stt(speech),
                                             make_embedded_tts(speech)};
  if (settings.simulated_speech)
    made->providers[simulated_provider_name] = {simulated_provider_name, make_simulated_stt({}),
                                                make_simulated_tts({})};
  const websocket_dialer dial = [threads = net.get()](dial_options options, dial_callback done) {
    dial_websocket(*threads, std::move(options), std::move(done));
  };
  const auto watch = std::make_shared<wire_watch>(
    [threads = net.get()](milliseconds after, std::function<void()> work) {
      threads->post_after(static_cast<std::size_t>(after.count()), std::move(work));
    });
  standbys = std::make_shared<standby_pool>(dial, watch);
  dialled =
    dialled_providers(settings, real_environment(), dial, watch, made->patience, helps, standbys);
  made->providers.insert(dialled.begin(), dialled.end());
  auto canned = synthesise(canned_apology, apology_voice);
  made->apology =
    std::make_shared<const canned_audio>(canned_audio{std::move(canned.pcm), canned.rate_hz});
  bridge_wiring wiring;
  wiring.pairings = pairings;
  wiring.wire = settings.bounds.wire;
  wiring.limits.call = settings.bounds.call;
  wiring.limits.unread_bytes_max = settings.bounds.wire.runner_queue_bytes_max;
  wiring.limits.json_depth_max = settings.bounds.wire.json_depth_max;
  wiring.dial = dial;
  made->open_bridge = make_bridge_spawner(std::move(wiring));
  brain_wiring brains;
  brains.outgoing = made->outgoing;
  brains.node = {settings.llm_url, settings.llm_model, settings.llm_key};
  brains.bounds = settings.bounds.brain;
  brains.json_depth_max = settings.bounds.wire.json_depth_max;
  made->open_brain = make_brain_spawner(std::move(brains));
  made->start_recording = [engine = media.get(), folder = recordings](
                            const media_port_ptr& port, const std::string& file, std::string& why) {
    return engine->record(port, folder + "/" + file, why);
  };
  made->join_room = [engine = media.get()](const media_port_ptr& host, const media_port_ptr& guest,
                                           bool heard, std::string& why) {
    return engine->join(host, guest, heard, why);
  };
  std::vector<std::string> adapters;
  for (const auto& [name, provider] : made->providers)
    adapters.push_back(name);
  ground = ground_of(std::move(adapters), settings, real_environment());
  kit = made;
}

/// The first start makes the default organisation and a key; that is shown once, and kept
/// as a hash. With --dev the key is a fixed one.
bool node::impl::make_first_key(std::string& why) {
  auto changes = missing_accounts(*store.reader, wall_now());
  std::string text = settings.dev ? dev_api_key : "";
  if (!settings.dev && !keys->has_any()) {
    auto first = mint_key(wall_now());
    first.record.name = "first key";
    first.record.org = default_org;
    first.record.project = default_project;
    first.record.node_admin = true;
    changes.push_back({store_change::what::create, first.record});
    text = first.text.reveal();
  }
  key_to_show = text;
  if (changes.empty())
    return true;
  caf::scoped_actor self{*system};
  const auto until = mono_now() + first_write_wait;
  while (!house->get<store_actor>() && mono_now() < until) // NODE starts it any moment
    self->receive(caf::after(milliseconds{1}) >> [] {});
  self->request(house->get<store_actor>(), first_write_wait, store_write{std::move(changes)})
    .receive([&](const store_done&) { keys->forget(); },
             [&](const caf::error& error) { why = "cannot keep a first key: " + words_of(error); });
  return why.empty();
}

bool node::impl::serve(std::string& why) {
  http_server_options options;
  split_listen(settings.listen, options.address, options.port);
  options.limits = settings.bounds.wire;
  options.tls_cert = settings.tls_cert;
  options.tls_key = settings.tls_key;
  options.also_plain = settings.also_plain;
  options.ws_queue_bytes_max = settings.bounds.wire.client_queue_bytes_max;
  front_setup front{runners, clients, gate(), settings.bounds.wire};
  http_handler handler;
  handler.on_request = make_api(api());
  handler.on_upgrade = [front = std::move(front)](const std::shared_ptr<ws_upgrade>& upgrade) {
    route_upgrade(front, upgrade);
  };
  server = std::make_unique<http_server>(*net, std::move(options), std::move(handler));
  return server->start(why);
}

node::node(std::unique_ptr<impl> all) : impl_(std::move(all)) {}

std::unique_ptr<node> node::start(const node_settings& settings, std::string& why) {
  auto all = std::make_unique<impl>();
  auto& parts = *all;
  parts.settings = settings;
  if (!parts.open_storage(why) || !parts.open_helps(why))
    return nullptr;
  parts.net = std::make_unique<net_threads>(static_cast<std::size_t>(settings.net_threads));
  media_options media;
  media.threads = static_cast<std::size_t>(settings.media_threads);
  media.realtime = settings.realtime;
  media.bounds = settings.bounds.media;
  media.up_ring = settings.bounds.call.up_ring;
  parts.media = make_media_engine(media);
  parts.speech = std::make_shared<embedded_speech>(embedded_settings_of(settings.bounds));
  parts.config.emplace(static_cast<std::size_t>(settings.workers));
  parts.system.emplace(*parts.config);
  parts.backing_up = std::make_unique<backups>(parts.store.disk, settings.data_dir + "/backups");
  parts.build_kit();
  parts.loopback = std::make_shared<const loopback_house>(
    loopback_of(parts.house, parts.media.get(), parts.speech, settings.bounds));
  runner_gate::options gate;
  gate.public_url = socket_url(settings.public_url);
  gate.authorise = [&parts](const http_request& request) {
    return judge_runner(*parts.keys, *parts.brakes, request);
  };
  gate.pairings = parts.pairings;
  gate.limits = settings.bounds.wire;
  parts.runners = std::make_shared<runner_gate>(std::move(gate));
  parts.root = parts.system->spawn(house_actor, parts.roles());
  std::unique_ptr<node> made{new node{std::move(all)}};
  why = parts.read_profiles();
  if (!why.empty() || !parts.make_first_key(why) || !parts.serve(why))
    return nullptr;
  return made;
}

node::~node() {
  stop();
}

std::uint16_t node::port() const {
  return impl_->server ? impl_->server->port() : 0;
}

std::string node::base_url() const {
  std::string host;
  std::uint16_t ignored = 0;
  split_listen(impl_->settings.listen, host, ignored);
  const bool v6 = host.find(':') != std::string::npos;
  return std::string{impl_->settings.tls_cert.empty() ? "http://" : "https://"}
         + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

std::string node::api_key() const {
  return impl_->key_to_show;
}

std::string node::recordings_dir() const {
  return impl_->recordings;
}

bool node::reload(std::string& why) {
  const auto mistake = impl_->read_profiles();
  const bool certified = impl_->settings.tls_cert.empty() || impl_->server->reload_tls(why);
  if (!mistake.empty())
    why += (why.empty() ? "" : "; ") + ("the old voice profiles stay: " + mistake);
  return certified && mistake.empty();
}

void node::drain() {
  impl_->draining = true;
  if (const auto pipes = impl_->house->get<pipes_actor>())
    caf::anon_send(pipes, drain_calls{});
  if (const auto calls = impl_->house->get<call_queue_actor>())
    caf::anon_send(calls, drain_calls{});
}

std::size_t node::calls_live() const {
  std::size_t live = 0;
  caf::scoped_actor self{*impl_->system};
  if (const auto pipes = impl_->house->get<pipes_actor>())
    self->request(pipes, seconds{2}, caf::get_atom::value)
      .receive([&](const pipe_status& status) { live = status.calls_live; },
               [](const caf::error&) {});
  // A callee that still rings is let go, and its call put back into the queue, within a moment.
  if (const auto calls = impl_->house->get<call_queue_actor>())
    self->request(calls, seconds{2}, caf::get_atom::value)
      .receive([&](const queue_status& status) { live += status.dialling; },
               [](const caf::error&) {});
  return live;
}

void node::stop() {
  auto& parts = *impl_;
  if (parts.stopped.exchange(true) || !parts.system)
    return;
  drain();
  if (parts.server)
    parts.server->stop_accepting();
  const auto pipes = parts.house->get<pipes_actor>();
  if (pipes && calls_live() > 0) {
    caf::anon_send(pipes, end_all_calls{end_reason::node_draining});
    caf::scoped_actor self{*parts.system};
    // Bridges close by their recipe, recordings are completed: about a second.
    for (int i = 0; i < 60 && calls_live() > 0; ++i)
      self->receive(caf::after(milliseconds{50}) >> [] {});
  }
  if (parts.server)
    parts.server->stop();
  parts.reading.stop();
  parts.backing_up.reset();
  caf::anon_send_exit(parts.root, caf::exit_reason::user_shutdown);
  parts.root = nullptr;
  parts.house->clear();
  parts.clients->put({});
  parts.runners->use_door({});
  parts.system->await_all_actors_done();
  parts.net->stop();
  parts.media->stop();
}

} // namespace unpod

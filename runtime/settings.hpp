// What a node can be told: one table of named settings, the same by flag, by
// environment (`UNPOD_NODE_LISTEN`) and in a TOML file (`listen = "…"`), in that
// order of precedence. `unpod config print` shows the table, `check` applies it.
#pragma once

#include "messages/limits.hpp"
#include "messages/secret.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// What is said of one speech provider; empty: the environment's key, its own address.
struct provider_wishes {
  secret_text key; // never shown
  std::string base_url;
  std::string ca_file;
  secret_text proxy = {};      // never shown; "none": straight; empty: as the environment says
  std::size_t streams_max = 0; // at a time; 0: any number
};
/// bytes of a file of settings. 1 MB.
inline constexpr std::size_t settings_bytes_max = 1024 * 1024;

struct node_settings {
  std::string listen = "127.0.0.1:8080";
  bool dev = false;
  std::string data_dir = "unpod-data";
  std::string public_url; // how runners and clients reach us; empty: as they asked
  std::string tls_cert;
  std::string tls_key;
  bool also_plain = false;
  std::string profiles;              // TOML file of voice profiles; empty: those that are built in
  std::string pronunciations;        // file of how words are said; empty: none
  std::int64_t phrase_cache_mb = 32; // of speech that is said again and again; 0: none is kept
  std::string allow_origin;          // comma separated origins of browser pages
  std::string log_format = "human";  // human, json
  std::string log_level = "info";
  std::int64_t net_threads = 1;
  std::int64_t media_threads = 1;
  std::int64_t workers = 2;      // CAF's threads
  bool realtime = false;         // ask for SCHED_FIFO on media threads
  bool loopback_calls = false;   // outbound calls are answered by a synthetic callee
  bool simulated_speech = false; // also offer the voice profile `simulated`: for benches
  std::map<std::string, provider_wishes> providers; // by the name profiles use
  std::string outgoing_allow_hosts; // may be inside, and plain http; comma separated
  std::string outgoing_ca_file;     // PEM; empty: the system's
  std::string llm_url;              // chat completions, for brains of type prompt and analytics
  std::string llm_model;
  secret_text llm_key;
  limits bounds;
};

/// One setting: how it is called, what it means, how it is read and shown.
struct setting {
  std::string name; // "listen", "limits.calls_max"; dots become tables in TOML
  std::string meaning;
  /// False and words when the text is no value of this setting.
  std::function<bool(node_settings& into, const std::string& text, std::string& why)> apply;
  std::function<std::string(const node_settings& from)> show;
};

const std::vector<setting>& all_settings();

/// The one called so, those of providers' regions too (provider_settings.hpp).
std::optional<setting> find_setting(const std::string& name);

/// `UNPOD_NODE_LIMITS_CALLS_MAX` for "limits.calls_max".
std::string environment_name(const std::string& setting_name);

/// Values by setting name, from the strongest source down.
struct setting_sources {
  std::map<std::string, std::string> flags;
  std::string file; // TOML; empty: none
};

/// Defaults, then file, environment, flags; false and every mistake in words,
/// each with where it stands.
bool load_settings(const setting_sources& sources, node_settings& into,
                   std::vector<std::string>& mistakes);

/// The whole table as TOML, with a comment on each line; secrets are not in it.
std::string print_settings(const node_settings& settings);

/// Mistakes between settings: --dev off loopback, a certificate without its key, …
std::vector<std::string> contradictions(const node_settings& settings);

/// Splits "host:port" ("[::1]:8080" too); false when it is neither.
bool split_listen(const std::string& text, std::string& host, std::uint16_t& port);
bool is_loopback(const std::string& host);

} // namespace unpod

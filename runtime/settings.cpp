#include "runtime/settings.hpp"

#include "adapters/outgoing/guard.hpp"
#include "runtime/provider_settings.hpp"
#include "runtime/toml_text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace unpod {

namespace {

bool read_whole(const std::string& text, std::int64_t least, std::int64_t most, std::int64_t& into,
                std::string& why) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    why = "'" + text + "' is not a whole number from " + std::to_string(least) + " to "
          + std::to_string(most);
    return false;
  }
  into = value;
  return true;
}

setting text_setting(std::string name, std::string meaning, std::string node_settings::*field,
                     std::vector<std::string> choices = {}) {
  return {std::move(name), std::move(meaning),
          [field, choices = std::move(choices)](node_settings& into, const std::string& text,
                                                std::string& why) {
            if (!choices.empty()
                && std::find(choices.begin(), choices.end(), text) == choices.end()) {
              why = "'" + text + "' is none of";
              for (const auto& choice : choices)
                why += " " + choice;
              return false;
            }
            into.*field = text;
            return true;
          },
          [field](const node_settings& from) { return from.*field; }};
}

setting flag_setting(std::string name, std::string meaning, bool node_settings::*field) {
  return {std::move(name), std::move(meaning),
          [field](node_settings& into, const std::string& text, std::string& why) {
            if (text != "true" && text != "false" && text != "1" && text != "0") {
              why = "'" + text + "' is neither true nor false";
              return false;
            }
            into.*field = text == "true" || text == "1";
            return true;
          },
          [field](const node_settings& from) { return from.*field ? "true" : "false"; }};
}

/// That there is one, and no more.
std::string shown(const secret_text& text) {
  std::ostringstream out;
  out << text;
  return out.str();
}

/// Read as any text, printed by nobody.
setting secret_setting(std::string name, std::string meaning, secret_text node_settings::*field) {
  return {std::move(name), std::move(meaning),
          [field](node_settings& into, const std::string& text, std::string&) {
            into.*field = text;
            return true;
          },
          [field](const node_settings& from) { return shown(from.*field); }};
}

setting whole_setting(std::string name, std::string meaning, std::int64_t least, std::int64_t most,
                      std::function<std::int64_t(const node_settings&)> get,
                      std::function<void(node_settings&, std::int64_t)> put) {
  return {std::move(name), std::move(meaning),
          [=](node_settings& into, const std::string& text, std::string& why) {
            std::int64_t value = 0;
            if (!read_whole(text, least, most, value, why))
              return false;
            put(into, value);
            return true;
          },
          [get](const node_settings& from) { return std::to_string(get(from)); }};
}

/// A limit that is a count or a duration; the unit is the duration's own.
template <class Get>
setting limit_setting(std::string name, std::string meaning, std::int64_t least, std::int64_t most,
                      Get get) {
  return whole_setting(
    "limits." + name, std::move(meaning), least, most,
    [get](const node_settings& from) {
      auto copy = from.bounds;
      auto& value = get(copy);
      if constexpr (std::is_integral_v<std::decay_t<decltype(value)>>)
        return static_cast<std::int64_t>(value);
      else
        return static_cast<std::int64_t>(value.count());
    },
    [get](node_settings& into, std::int64_t number) {
      auto& value = get(into.bounds);
      value = std::decay_t<decltype(value)>(number);
    });
}

std::vector<setting> limit_settings() {
  return {
    limit_setting(
      "calls_max", "calls at a time on this node; then 503", 1, 100'000,
      [](limits & x) -> auto& { return x.node.calls_max; }),
    limit_setting(
      "drain_max_s", "how long a stop waits for live calls", 0, 86'400,
      [](limits & x) -> auto& { return x.node.drain_max; }),
    limit_setting(
      "end_of_turn_silence_ms", "silence that ends the caller's turn", 100, 5'000,
      [](limits & x) -> auto& { return x.turn.end_of_turn_silence; }),
    limit_setting(
      "end_of_turn_max_ms", "longest wait for final words", 500, 30'000,
      [](limits & x) -> auto& { return x.turn.end_of_turn_max; }),
    limit_setting(
      "barge_in_min_speech_ms", "speech that cuts the agent off", 50, 5'000,
      [](limits & x) -> auto& { return x.turn.barge_in_min_speech; }),
    limit_setting(
      "barge_in_min_words", "words that cut the agent off sooner", 1, 20,
      [](limits & x) -> auto& { return x.turn.barge_in_min_words; }),
    limit_setting(
      "false_interruption_wait_ms", "after a noise the agent goes on again", 200, 30'000,
      [](limits & x) -> auto& { return x.turn.false_interruption_wait; }),
    limit_setting(
      "idle_max_s", "nobody speaks for so long: the call ends", 5, 3'600,
      [](limits & x) -> auto& { return x.turn.idle_max; }),
    limit_setting(
      "ack_wait_ms", "how long a runner may take to answer an offer", 100, 30'000,
      [](limits & x) -> auto& { return x.dispatch.ack_wait; }),
    limit_setting(
      "heartbeat_s", "heartbeat asked of runners", 1, 300,
      [](limits & x) -> auto& { return x.dispatch.heartbeat; }),
    limit_setting(
      "heartbeat_ttl_s", "a runner unheard of for so long is gone", 2, 3'600,
      [](limits & x) -> auto& { return x.dispatch.heartbeat_ttl; }),
    limit_setting(
      "pairing_wait_s", "how long an accepted runner may take to dial", 1, 300,
      [](limits & x) -> auto& { return x.dispatch.pairing_wait; }),
    limit_setting(
      "silent_client_max_s", "a client that sends nothing for so long is lost", 1, 3'600,
      [](limits & x) -> auto& { return x.media.silent_client_max; }),
    limit_setting(
      "key_rate_per_s", "requests a second of one API key; 0: no limit", 0, 1'000'000,
      [](limits & x) -> auto& { return x.api.key_rate_per_s; }),
    limit_setting(
      "key_burst", "requests of one API key at once", 1, 1'000'000,
      [](limits & x) -> auto& { return x.api.key_burst; }),
    limit_setting(
      "bad_keys_per_min", "bad keys a minute of one address; 0: no limit", 0, 100'000,
      [](limits & x) -> auto& { return x.api.bad_keys_per_min; }),
    limit_setting(
      "token_life_s", "life of a session token", 1, 3'600,
      [](limits & x) -> auto& { return x.node.token_life; }),
    limit_setting(
      "recording_link_life_s", "life of a link to a recording; a restart ends it too", 60, 86'400,
      [](limits & x) -> auto& { return x.node.recording_link_life; }),
  };
}

std::vector<setting> queue_limit_settings() {
  return {
    limit_setting(
      "outbound_calls_max", "outbound calls at a time on this node", 1, 100'000,
      [](limits & x) -> auto& { return x.queue.slots_max; }),
    limit_setting(
      "account_outbound_calls_max", "outbound calls of one project at a time", 1, 100'000,
      [](limits & x) -> auto& { return x.queue.account_calls_max; }),
    limit_setting(
      "trunk_calls_max", "outbound calls over one trunk at a time", 1, 100'000,
      [](limits & x) -> auto& { return x.queue.trunk_calls_max; }),
    limit_setting(
      "number_calls_max", "outbound calls from one number at a time", 1, 100'000,
      [](limits & x) -> auto& { return x.queue.number_calls_max; }),
    limit_setting(
      "trunk_calls_per_s", "calls begun a second over one trunk; 0: no limit", 0, 10'000,
      [](limits & x) -> auto& { return x.queue.trunk_calls_per_s; }),
    limit_setting(
      "ring_max_s", "how long a callee may ring", 1, 300,
      [](limits & x) -> auto& { return x.queue.ring_max; }),
    limit_setting(
      "no_answer_retries", "times an unanswered call is dialled again", 0, 10,
      [](limits & x) -> auto& { return x.queue.no_answer_retries; }),
    limit_setting(
      "no_answer_wait_s", "before that; doubled each time", 1, 86'400,
      [](limits & x) -> auto& { return x.queue.no_answer_wait; }),
    limit_setting(
      "failure_retries", "times a call that could not be placed is dialled again", 0, 10,
      [](limits & x) -> auto& { return x.queue.failure_retries; }),
    limit_setting(
      "failure_wait_s", "before that; doubled each time", 1, 86'400,
      [](limits & x) -> auto& { return x.queue.failure_wait; }),
    limit_setting(
      "queue_waiting_max", "calls that may wait to be placed; then 503", 1, 10'000'000,
      [](limits & x) -> auto& { return x.queue.waiting_max; }),
  };
}

std::vector<setting> make_settings() {
  std::vector<setting> table{
    text_setting("listen", "address and port, e.g. 127.0.0.1:8080 (port 0: any free one)",
                 &node_settings::listen),
    flag_setting("dev", "fixed API key, loopback only", &node_settings::dev),
    text_setting("data_dir", "where everything is kept", &node_settings::data_dir),
    text_setting("public_url", "how runners reach this node; empty: as they asked",
                 &node_settings::public_url),
    text_setting("tls_cert", "PEM certificate chain; with tls_key: https and wss",
                 &node_settings::tls_cert),
    text_setting("tls_key", "PEM private key", &node_settings::tls_key),
    flag_setting("also_plain", "with TLS, take plain connections from loopback too",
                 &node_settings::also_plain),
    text_setting("profiles", "TOML file of voice profiles; empty: those built in",
                 &node_settings::profiles),
    text_setting("pronunciations", "file of how names and terms are said; empty: none",
                 &node_settings::pronunciations),
    whole_setting(
      "phrase_cache_mb", "of short speech said again and again, kept on disk; 0: none", 0, 4'096,
      [](const node_settings& from) { return from.phrase_cache_mb; },
      [](node_settings& into, std::int64_t number) { into.phrase_cache_mb = number; }),
    text_setting("allow_origin", "browser origins that may connect, comma separated",
                 &node_settings::allow_origin),
    flag_setting("loopback_calls",
                 "outbound calls are answered by a synthetic callee; --dev does so anyway",
                 &node_settings::loopback_calls),
    text_setting("log_format", "human or json", &node_settings::log_format, {"human", "json"}),
    text_setting("log_level", "debug, info, warn or error", &node_settings::log_level,
                 {"debug", "info", "warn", "error"}),
    flag_setting("realtime", "ask for SCHED_FIFO on the media threads", &node_settings::realtime),
    flag_setting("simulated_speech",
                 "also offer the voice profile `simulated`, which only pretends to hear and speak; "
                 "for benches, loopback only",
                 &node_settings::simulated_speech),
    text_setting("outgoing.allow_hosts",
                 "host or host:port, comma separated: brains and webhooks there may be in a "
                 "private network and speak http",
                 &node_settings::outgoing_allow_hosts),
    text_setting("outgoing.ca_file", "PEM file of authorities to trust; empty: the system's",
                 &node_settings::outgoing_ca_file),
    text_setting("llm.url", "chat completions for brains of type prompt, and for analytics",
                 &node_settings::llm_url),
    text_setting("llm.model", "the model that is asked there", &node_settings::llm_model),
    secret_setting("llm.key", "the key that is shown there", &node_settings::llm_key),
  };
  const auto threads = [&](const char* name, const char* meaning, std::int64_t node_settings::*f) {
    table.push_back(whole_setting(
      name, meaning, 1, 64, [f](const node_settings& from) { return from.*f; },
      [f](node_settings& into, std::int64_t value) { into.*f = value; }));
  };
  threads("net_threads", "threads for sockets", &node_settings::net_threads);
  threads("media_threads", "threads for audio", &node_settings::media_threads);
  threads("workers", "threads for actors", &node_settings::workers);
  for (auto* more : {&provider_settings, &limit_settings, &queue_limit_settings})
    for (auto& entry : more())
      table.push_back(std::move(entry));
  return table;
}

std::string as_text(const toml::node& value) {
  if (const auto text = value.value_exact<std::string>())
    return *text;
  if (const auto flag = value.value_exact<bool>())
    return *flag ? "true" : "false";
  if (const auto number = value.value_exact<std::int64_t>())
    return std::to_string(*number);
  return "(neither text, true, false nor a whole number)";
}

/// Walks the tables of a file; every leaf is a setting or a mistake.
void apply_table(const toml::table& table, const std::string& prefix, const std::string& file,
                 node_settings& into, std::vector<std::string>& mistakes) {
  for (const auto& [key, value] : table) {
    const auto name = prefix + std::string{key.str()};
    const auto where = file + ":" + std::to_string(value.source().begin.line) + ": ";
    if (const auto* inner = value.as_table()) {
      apply_table(*inner, name + ".", file, into, mistakes);
      continue;
    }
    const auto entry = find_setting(name);
    std::string why;
    if (!entry)
      mistakes.push_back(where + "there is no setting '" + name + "'; see 'unpod config print'");
    else if (!entry->apply(into, as_text(value), why))
      mistakes.push_back(where + name + ": " + why);
  }
}

/// True, false and whole numbers bare, anything else as a TOML string.
std::string as_toml(const std::string& value) {
  std::int64_t number = 0;
  std::string why;
  const bool is_whole = read_whole(value, INT64_MIN, INT64_MAX, number, why);
  if (value == "true" || value == "false" || (is_whole && std::to_string(number) == value))
    return value;
  std::string quoted = "\"";
  for (const char c : value) {
    char escaped[8];
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      std::snprintf(escaped, sizeof escaped, "\\u%04X", static_cast<unsigned>(c));
      quoted += escaped;
    } else {
      quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
  }
  return quoted + "\"";
}

void apply_file(const std::string& file, node_settings& into, std::vector<std::string>& mistakes) {
  std::string text, why;
  if (!read_toml_file(file, settings_bytes_max, text, why))
    return mistakes.push_back(why);
  if (const auto line = nameless_head(text); line > 0)
    return mistakes.push_back(file + ":" + std::to_string(line)
                              + ": '[' begins the name of a table; write [limits]");
  try {
    apply_table(toml::parse(text, file), {}, file, into, mistakes);
  } catch (const toml::parse_error& error) {
    mistakes.push_back(file + ":" + std::to_string(error.source().begin.line) + ": "
                       + std::string{error.description()});
  }
}

} // namespace

const std::vector<setting>& all_settings() {
  static const auto table = make_settings();
  return table;
}

std::optional<setting> find_setting(const std::string& name) {
  for (const auto& entry : all_settings())
    if (entry.name == name)
      return entry;
  return region_setting(name);
}

std::string environment_name(const std::string& setting_name) {
  std::string name = "UNPOD_NODE_" + setting_name;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '.' ? '_' : static_cast<char>(std::toupper(c));
  });
  return name;
}

bool load_settings(const setting_sources& sources, node_settings& into,
                   std::vector<std::string>& mistakes) {
  if (!sources.file.empty())
    apply_file(sources.file, into, mistakes);
  for (const auto& entry : all_settings()) {
    std::string why;
    const auto variable = environment_name(entry.name);
    if (const char* text = std::getenv(variable.c_str()); text && !entry.apply(into, text, why))
      mistakes.push_back(variable + ": " + why);
    const auto flag = sources.flags.find(entry.name);
    if (flag != sources.flags.end() && !entry.apply(into, flag->second, why))
      mistakes.push_back("--" + entry.name + ": " + why);
  }
  for (const auto& [name, text] : sources.flags) {
    std::string why;
    if (const auto entry = region_setting(name); entry && !entry->apply(into, text, why))
      mistakes.push_back("--set " + name + ": " + why);
  }
  for (auto& mistake : contradictions(into))
    mistakes.push_back(std::move(mistake));
  return mistakes.empty();
}

std::string print_settings(const node_settings& settings) {
  // Those without a table come first: TOML has no way back out of one.
  std::vector<std::pair<std::string, std::string>> tables{{"", ""}};
  for (const auto& entry : all_settings()) {
    const auto dot = entry.name.find('.');
    const auto table = dot == std::string::npos ? std::string{} : entry.name.substr(0, dot);
    const auto found = std::find_if(tables.begin(), tables.end(),
                                    [&](const auto& one) { return one.first == table; });
    auto& lines = found == tables.end() ? tables.emplace_back(table, "") : *found;
    const auto value = entry.show(settings);
    lines.second += entry.name.substr(dot == std::string::npos ? 0 : dot + 1) + " = "
                    + as_toml(value) + " # " + entry.meaning + " (" + environment_name(entry.name)
                    + ")\n";
  }
  std::string out;
  const auto of_providers = std::find_if(tables.begin(), tables.end(),
                                         [](const auto& one) { return one.first == "providers"; });
  for (const auto& entry : region_settings(settings)) {
    auto name = entry.name.substr(entry.name.find('.') + 1);
    name.insert(name.rfind('.'), "\""); // TOML wants a name with '@' quoted
    of_providers->second +=
      "\"" + name + " = " + as_toml(entry.show(settings)) + " # " + entry.meaning + "\n";
  }
  for (const auto& [table, lines] : tables)
    out += (table.empty() ? "" : "\n[" + table + "]\n") + lines;
  return out;
}

std::vector<std::string> contradictions(const node_settings& settings) {
  std::vector<std::string> found;
  std::string host;
  std::uint16_t port = 0;
  if (!split_listen(settings.listen, host, port))
    found.push_back("listen: '" + settings.listen + "' is not HOST:PORT, e.g. 127.0.0.1:8080");
  else if (settings.dev && !is_loopback(host))
    found.push_back("dev: its API key is public, so it binds loopback only, not '" + host
                    + "'; start without --dev to listen there");
  else if (settings.simulated_speech && !is_loopback(host))
    found.push_back("simulated_speech: callers would hear a hum instead of a voice, so it binds "
                    "loopback only, not '"
                    + host + "'");
  if (settings.tls_cert.empty() != settings.tls_key.empty())
    found.push_back("tls_cert and tls_key belong together: one of them is missing");
  if (settings.also_plain && settings.tls_cert.empty())
    found.push_back("also_plain: without tls_cert the port is plain already");
  std::vector<allowed_host> hosts;
  std::string why;
  if (!read_allowed_hosts(settings.outgoing_allow_hosts, hosts, why))
    found.push_back("outgoing.allow_hosts: " + why);
  const auto& dispatch = settings.bounds.dispatch;
  if (2 * dispatch.heartbeat_ttl < 3 * dispatch.heartbeat)
    found.push_back("limits.heartbeat_ttl_s must be at least 1.5 times limits.heartbeat_s, or live "
                    "runners are taken for dead");
  return found;
}

bool split_listen(const std::string& text, std::string& host, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return false;
  host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of(":[]") != std::string::npos) // where does the port begin?
    return false;
  std::int64_t number = 0;
  std::string why;
  if (!read_whole(text.substr(colon + 1), 0, 65'535, number, why))
    return false;
  port = static_cast<std::uint16_t>(number);
  return true;
}

bool is_loopback(const std::string& host) {
  const bool is_number = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "::1" || (is_number && host.rfind("127.", 0) == 0);
}

} // namespace unpod

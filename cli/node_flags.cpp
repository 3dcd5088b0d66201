// Typed flags as strings for the table of settings, which knows what they mean.
#include "cli/node_flags.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace unpod::cli {

namespace {

bool is_setting(const std::string& name) {
  const auto& all = all_settings();
  return std::any_of(all.begin(), all.end(), [&](const setting& one) { return one.name == name; });
}

/// Flags as the table of settings names them; only what was typed.
setting_sources sources_of(const node_flags& flags, std::vector<std::string>& mistakes) {
  setting_sources sources;
  sources.file = flags.config_file;
  for (const auto& pair : flags.set) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      mistakes.push_back("--set " + pair + ": write NAME=VALUE, as in limits.calls_max=100");
    else if (!is_setting(pair.substr(0, equals)))
      mistakes.push_back("--set " + pair + ": there is no such setting");
    else
      sources.flags[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  const auto text = [&](const char* name, const std::string& content) {
    if (!content.empty())
      sources.flags[name] = content;
  };
  const auto yes = [&](const char* name, bool set) {
    if (set)
      sources.flags[name] = "true";
  };
  text("listen", flags.listen);
  text("data_dir", flags.data_dir);
  text("public_url", flags.public_url);
  text("tls_cert", flags.tls_cert);
  text("tls_key", flags.tls_key);
  text("allow_origin", flags.allow_origin);
  text("log_format", flags.log_format);
  text("log_level", flags.log_level);
  yes("dev", flags.dev);
  yes("also_plain", flags.also_plain);
  yes("realtime", flags.realtime);
  yes("simulated_speech", flags.simulated_speech);
  return sources;
}

} // namespace

std::shared_ptr<node_flags> add_node_flags(CLI::App& verb) {
  auto flags = std::make_shared<node_flags>();
  verb.add_option("--config", flags->config_file, "TOML file of settings")->type_name("FILE");
  verb.add_flag("--dev", flags->dev,
                "Fixed, printed API key; loopback only. For trying things out");
  verb.add_option("--data-dir", flags->data_dir, "Where everything is kept (default unpod-data)")
    ->type_name("DIR");
  verb.add_option("--listen", flags->listen, "Address of the one port (default 127.0.0.1:8080)")
    ->type_name("HOST:PORT");
  verb
    .add_option("--public-url", flags->public_url,
                "How runners and clients reach this node (default: as they asked)")
    ->type_name("URL");
  verb
    .add_option("--tls-cert", flags->tls_cert,
                "PEM certificate: https and wss; SIGHUP reads it again")
    ->type_name("FILE");
  verb.add_option("--tls-key", flags->tls_key, "PEM key of the certificate")->type_name("FILE");
  verb.add_flag("--also-plain", flags->also_plain, "With TLS: plain too, from loopback");
  verb.add_option("--allow-origin", flags->allow_origin, "Browser pages that may call, by comma")
    ->type_name("ORIGINS");
  verb.add_option("--log-format", flags->log_format, "human or json")->type_name("FORMAT");
  verb.add_option("--log-level", flags->log_level, "debug, info, warn or error")
    ->type_name("LEVEL");
  verb.add_flag("--realtime", flags->realtime, "Ask for real-time priority of media threads");
  verb.add_flag("--simulated-speech", flags->simulated_speech,
                "Also offer the voice profile `simulated`, which only pretends; for benches");
  verb
    .add_option("--set", flags->set, "Any other setting of `unpod config print`; may be repeated")
    ->type_name("NAME=VALUE")
    ->expected(1)
    ->take_all();
  return flags;
}

bool settings_of(const node_flags& flags, node_settings& into, std::vector<std::string>& mistakes) {
  const auto sources = sources_of(flags, mistakes);
  if (!load_settings(sources, into, mistakes) || !mistakes.empty())
    return false;
  mistakes = contradictions(into);
  return mistakes.empty();
}

void print_mistakes(const std::vector<std::string>& mistakes, std::ostream& err) {
  for (const auto& mistake : mistakes)
    err << "unpod: " << mistake << "\n";
  err << "`unpod config print` shows every setting with its meaning.\n";
}

} // namespace unpod::cli

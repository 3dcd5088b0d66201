// Typed flags as strings for the table of settings, which knows what they mean.
#include "cli/node_flags.hpp"

#include <algorithm>
#include <ostream>

namespace unpod::cli {

namespace {

/// "--data-dir" is the setting data_dir.
std::string setting_name(const std::string& flag) {
  auto name = flag.substr(2);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Flags as the table of settings names them; only what was typed.
setting_sources sources_of(const typed_words& words, std::vector<std::string>& mistakes) {
  setting_sources sources;
  sources.file = words.text("--config");
  for (const auto& pair : words.all("--set")) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      mistakes.push_back("--set " + pair + ": write NAME=VALUE, as in limits.calls_max=100");
    else if (!find_setting(pair.substr(0, equals)))
      mistakes.push_back("--set " + pair + ": there is no such setting");
    else
      sources.flags[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  for (const auto& flag : node_options()) {
    if (flag.name == "--config" || flag.name == "--set")
      continue;
    if (flag.is_switch() && words.has(flag.name))
      sources.flags[setting_name(flag.name)] = "true";
    else if (const auto text = words.text(flag.name); !text.empty())
      sources.flags[setting_name(flag.name)] = text;
  }
  return sources;
}

} // namespace

std::vector<option> node_options() {
  return {
    {"--config", "FILE", "TOML file of settings"},
    {"--dev", "", "Fixed, printed API key; loopback only. For trying things out"},
    {"--data-dir", "DIR", "Where everything is kept (default unpod-data)"},
    {"--listen", "HOST:PORT", "Address of the one port (default 127.0.0.1:8080)"},
    {"--public-url", "URL", "How runners and clients reach this node (default: as they asked)"},
    {"--tls-cert", "FILE", "PEM certificate: https and wss; SIGHUP reads it again"},
    {"--tls-key", "FILE", "PEM key of the certificate"},
    {"--also-plain", "", "With TLS: plain too, from loopback"},
    {"--loopback-calls", "", "A synthetic callee answers calls out; --dev does so anyway"},
    {"--profiles", "FILE", "TOML file of voice profiles; SIGHUP reads it again"},
    {"--allow-origin", "ORIGINS", "Browser pages that may call, by comma"},
    {"--log-format", "FORMAT", "human or json"},
    {"--log-level", "LEVEL", "debug, info, warn or error"},
    {"--realtime", "", "Ask for real-time priority of media threads"},
    {"--simulated-speech", "",
     "Also offer the voice profile `simulated`, which only pretends; for benches"},
    option{"--set", "NAME=VALUE", "Any other setting of `unpod config print`"}.many(),
  };
}

bool settings_of(const typed_words& words, node_settings& into,
                 std::vector<std::string>& mistakes) {
  const auto sources = sources_of(words, mistakes);
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

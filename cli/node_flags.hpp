// The flags of a node's settings, the same for `start` and for `config`.
#pragma once

#include "runtime/settings.hpp"

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace unpod::cli {

/// What was typed, by setting; filled while the command line is parsed.
struct node_flags {
  std::string config_file;
  bool dev = false, also_plain = false, realtime = false, simulated_speech = false;
  std::string listen, data_dir, public_url, tls_cert, tls_key, allow_origin, log_format, log_level;
  std::vector<std::string> set; // name=value: any setting
};

std::shared_ptr<node_flags> add_node_flags(CLI::App& verb);

/// Defaults, file, environment, flags; false when `mistakes` are to be shown.
bool settings_of(const node_flags& flags, node_settings& into, std::vector<std::string>& mistakes);

/// Each mistake on its line, and which command helps.
void print_mistakes(const std::vector<std::string>& mistakes, std::ostream& err);

} // namespace unpod::cli

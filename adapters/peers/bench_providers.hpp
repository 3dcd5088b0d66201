// The speech providers of a bench: their protocols on loopback, in the load process, and what
// a node must be told to speak with them (Deepgram's recogniser, Cartesia's voice).
#pragma once

#include "adapters/peers/simulated_providers.hpp"

#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// The voice profile that they serve, and the one that needs no socket (simulated_speech.hpp).
inline constexpr const char* bench_profile_sockets = "simulated";
inline constexpr const char* bench_profile_inside = "inside";

class bench_providers {
public:
  /// Null, and words, when they cannot be started.
  static std::unique_ptr<bench_providers> open(bool tls, std::string& why);
  ~bench_providers();

  bench_providers(const bench_providers&) = delete;
  bench_providers& operator=(const bench_providers&) = delete;

  /// NAME=VALUE, for the node that is to use them.
  const std::vector<std::string>& node_settings() const {
    return node_settings_;
  }
  /// The voice profile's name in that node.
  static const char* node_profile();
  const simulated_pace& pace() const {
    return pace_;
  }

private:
  bench_providers() = default;

  bool start(bool tls, std::string& why);

  std::string folder_;
  simulated_pace pace_;
  std::unique_ptr<net_threads> threads_;
  std::unique_ptr<simulated_providers> servers_;
  std::vector<std::string> node_settings_;
};

} // namespace unpod

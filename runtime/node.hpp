// One node, built, wired, running and stopped: the composition root. No other
// place knows how the rooms fit together.
#pragma once

#include "runtime/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace unpod {

class node {
public:
  /// Builds and starts a node; null and words when it can't ("port 8080 is taken: …").
  static std::unique_ptr<node> start(const node_settings& settings, std::string& why);

  /// Stops at once, if `stop` was not called.
  ~node();

  std::uint16_t port() const;
  /// `http://127.0.0.1:8080` or https.
  std::string base_url() const;

  /// The key to use: the fixed one of --dev, or the one this first start made.
  /// Empty when keys were there already: it is shown once.
  std::string api_key() const;
  std::string recordings_dir() const;

  /// SIGHUP: reads the certificate and the voice profiles again. False: words about what
  /// could not be read and stays as it was.
  bool reload(std::string& why);

  /// No new calls from now on.
  void drain();
  /// Calls not over yet.
  std::size_t calls_live() const;
  /// Ends live calls (`node_draining`), closes every socket, stops every thread.
  void stop();

private:
  struct impl;
  explicit node(std::unique_ptr<impl> all);
  std::unique_ptr<impl> impl_;
};

} // namespace unpod

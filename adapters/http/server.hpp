// The one listener of a node: HTTP/1.1 and WebSocket on one port, plain or TLS.
//
//   accept -> [first byte] -> [TLS] -> head -> body -> handler -> answer -> head ...
//                                        \-> upgrade -> handler -> ws_channel
//
// Each connection runs on its own strand of the net threads; every step has a
// deadline and a size (messages/limits.hpp, wire_limits). Beast stays behind this page.
#pragma once

#include "adapters/http/exchange.hpp"
#include "messages/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace unpod {

class net_threads;

struct http_server_options {
  std::string address = "127.0.0.1"; // an IPv4 or IPv6 literal, or localhost; [::1] is fine too
  std::uint16_t port = 0;            // 0: any free one, see http_server::port()
  wire_limits limits;
  std::string tls_cert;    // PEM file, the whole chain; empty: plain HTTP
  std::string tls_key;     // PEM file, without a passphrase
  bool also_plain = false; // with TLS: plain HTTP too, from loopback only
  /// bytes. Default 512 KB: waiting for a WebSocket peer that does not read, unless
  /// ws_upgrade::accept says otherwise (client_queue_bytes_max).
  std::size_t ws_queue_bytes_max = 512 * 1024;
};

/// What the server has seen: the first two now, the others since the start.
struct http_figures {
  std::size_t connections = 0;
  std::size_t websockets = 0;
  std::uint64_t accepted = 0;
  std::uint64_t turned_away = 0;  // beyond connections_max
  std::uint64_t requests = 0;     // that reached the handler, upgrades too
  std::uint64_t bad_requests = 0; // refused by the server itself
  std::uint64_t slow_cut = 0;     // WebSocket peers that did not read
};

/// Call `stop` (or destroy it) while the net threads run, or after they stopped,
/// and always before they are destroyed. Not to be stopped from a net thread.
class http_server {
public:
  http_server(net_threads& threads, http_server_options options, http_handler handler);
  /// Stops.
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Reads the certificate, binds, listens. False: `why` says it in words for people.
  bool start(std::string& why);

  /// The bound port; 0 before `start`.
  std::uint16_t port() const;

  /// Reads the certificate and key again (SIGHUP): new handshakes use them, connections
  /// live on. False: `why` says what is wrong and the old ones stay. Any thread.
  bool reload_tls(std::string& why);

  /// No new connections; those that are here live on. Any thread.
  void stop_accepting();

  /// Closes connections that wait for a request, and from now on every other HTTP
  /// connection after its answer. WebSockets are left to their owners. Any thread.
  void close_idle();

  /// Cuts everything and waits until it is gone; each open channel hears `on_closed`
  /// (abnormal). No handler is called after this returns. Idempotent.
  void stop();

  http_figures figures() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace unpod

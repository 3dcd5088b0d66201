#include "adapters/http/server.hpp"

#include "adapters/http/connection.hpp"
#include "adapters/http/listener.hpp"
#include "adapters/http/tls_context.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "messages/log.hpp"

#include <boost/asio/io_context.hpp>

namespace unpod {

namespace {

/// ms. 20: between two rounds of cutting what came in the meantime.
constexpr milliseconds stop_round{20};
/// rounds. 250, so 5 s: a handler that holds a net thread for longer is stuck.
constexpr int stop_rounds_max = 250;

} // namespace

struct http_server::impl {
  impl(net_threads& threads, http_server_options options, http_handler handler)
    : threads(threads), core(std::make_shared<http_core>(std::move(options), std::move(handler))),
      door(std::make_shared<listener>(threads.context(), core)) {}

  bool load(std::string& why) {
    const auto& options = core->options;
    if (options.tls_cert.empty() && options.tls_key.empty())
      return true;
    if (options.tls_cert.empty() || options.tls_key.empty()) {
      why = "TLS needs both a certificate and its key";
      return false;
    }
    auto tls = load_tls(options.tls_cert, options.tls_key, why);
    if (!tls)
      return false;
    door->use_tls(std::move(tls));
    return true;
  }

  net_threads& threads;
  std::shared_ptr<http_core> core;
  std::shared_ptr<listener> door;
  bool started = false;
};

http_server::http_server(net_threads& threads, http_server_options options, http_handler handler)
  : impl_(std::make_unique<impl>(threads, std::move(options), std::move(handler))) {}

http_server::~http_server() {
  stop();
}

bool http_server::start(std::string& why) {
  if (!impl_->load(why) || !impl_->door->bind(why))
    return false;
  impl_->started = true;
  impl_->door->begin();
  return true;
}

std::uint16_t http_server::port() const {
  return impl_->door->port();
}

bool http_server::reload_tls(std::string& why) {
  return impl_->load(why);
}

void http_server::stop_accepting() {
  impl_->door->close();
}

void http_server::close_idle() {
  impl_->core->draining = true;
  impl_->core->for_each([](http_connection& connection) { connection.close_idle(); });
}

void http_server::stop() {
  if (!impl_->started)
    return;
  impl_->started = false;
  impl_->core->draining = true;
  impl_->core->shut();
  impl_->door->close();
  for (int round = 0; round < stop_rounds_max; ++round) {
    // Again each round: a connection may just have changed from one kind to the other.
    impl_->core->for_each([](http_connection& connection) { connection.cut(); });
    if (impl_->threads.context().stopped())
      return impl_->core->for_each([](http_connection& connection) { connection.abandon(); });
    if (impl_->core->wait_empty(stop_round))
      return;
  }
  log(log_level::error, "adapters.http", "",
      "a connection could not be closed: a handler is stuck");
}

http_figures http_server::figures() const {
  const auto& counters = impl_->core->counters;
  http_figures figures;
  figures.connections = impl_->core->seats_taken();
  figures.websockets = counters.websockets;
  figures.accepted = counters.accepted;
  figures.turned_away = counters.turned_away;
  figures.requests = counters.requests;
  figures.bad_requests = counters.bad_requests;
  figures.slow_cut = counters.slow_cut;
  return figures;
}

} // namespace unpod

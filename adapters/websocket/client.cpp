#include "adapters/websocket/client.hpp"

#include "adapters/websocket/dial.hpp"
#include "adapters/websocket/net_threads.hpp"

namespace unpod {

void dial_websocket(net_threads& threads, dial_options options, dial_callback done) {
  std::string why;
  auto url = parse_ws_url(options.url, why);
  if (!url) {
    threads.post([done = std::move(done), why] { done(nullptr, why); });
    return;
  }
  options.url.clear();
  // On a net thread: the first TLS dial reads the trusted authorities.
  threads.post([&context = threads.context(), url = std::move(*url), options = std::move(options),
                done = std::move(done)]() mutable {
    if (url.secure)
      dial_tls(context, std::move(url), std::move(options), std::move(done));
    else
      dial_plain(context, std::move(url), std::move(options), std::move(done));
  });
}

} // namespace unpod

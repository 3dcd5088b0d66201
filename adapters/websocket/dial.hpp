// The two ways to carry a dialled WebSocket. Each is one file, because each
// costs the compiler a good while.
#pragma once

#include "adapters/websocket/client.hpp"
#include "adapters/websocket/url.hpp"

namespace boost::asio {
class io_context;
}

namespace unpod {

void dial_plain(boost::asio::io_context& context, ws_url url, dial_options options,
                dial_callback done);
void dial_tls(boost::asio::io_context& context, ws_url url, dial_options options,
              dial_callback done);

} // namespace unpod

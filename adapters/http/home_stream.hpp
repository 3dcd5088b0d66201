// A WebSocket over plain TCP that lives in a socket_home: one recv a frame, one send a
// frame, no thread woken. Beast has done its handshake. Inside adapters/http only.
//
//   open --we close--> closing --peer's close frame--> draining --peer's end, or 2 s--> gone
//     +--peer's close frame, answered------------------^            (its fin after ours)
//     +--a mistake of the peer's, told with its code---^
//     +--the connection breaks, or is cut-------------------------------------------> gone
#pragma once

#include "adapters/http/stream.hpp"

namespace unpod {

/// Takes over this connected, non-blocking socket; null when its home has no room for it,
/// and then it is closed. `timers` belongs to whoever times the session. Any thread.
std::unique_ptr<ws_stream> make_home_stream(int descriptor, const ws_settings& settings,
                                            boost::asio::any_io_executor timers);

} // namespace unpod

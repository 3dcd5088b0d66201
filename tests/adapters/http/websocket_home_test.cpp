// WebSocket connections that move to a home, as those of callers do.
#define BOOST_TEST_MODULE http_websocket_home
#include <boost/test/unit_test.hpp>

namespace {
constexpr bool sockets_at_home = true;
} // namespace

#include "tests/adapters/http/websocket_cases.hpp"

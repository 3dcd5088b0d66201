// WebSocket connections that stay on the net threads.
#define BOOST_TEST_MODULE http_websocket
#include <boost/test/unit_test.hpp>

namespace {
constexpr bool sockets_at_home = false;
} // namespace

#include "tests/adapters/http/websocket_cases.hpp"

#include "adapters/websocket/engine.hpp"

#include "adapters/websocket/channel.hpp"
#include "adapters/websocket/mask_source.hpp"

#include <websocketpp/client.hpp>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/core_client.hpp>
#include <websocketpp/logger/stub.hpp>

#include <algorithm>
#include <mutex>

namespace unpod {

namespace {

namespace wpp = websocketpp;

/// One strand, so no locks; no logs; masks from our own source.
struct engine_config : wpp::config::core_client {
  using type = engine_config;
  using base = wpp::config::core_client;

  using concurrency_type = wpp::concurrency::none;
  using elog_type = wpp::log::stub;
  using alog_type = wpp::log::stub;
  using rng_type = mask_source;

  static constexpr bool enable_multithreading = false;

  struct transport_config : base::transport_config {
    using concurrency_type = type::concurrency_type;
    using elog_type = type::elog_type;
    using alog_type = type::alog_type;
    static constexpr bool enable_multithreading = false;
  };

  using transport_type = wpp::transport::iostream::endpoint<transport_config>;

  static constexpr std::size_t connection_read_buffer_size = 4'096;
  static constexpr std::size_t max_http_body_size = 64 * 1024;
  /// False would refuse every answer; no extension is implemented, so none is offered.
  static constexpr bool enable_extensions = true;
};

using endpoint = wpp::client<engine_config>;
using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && text.size() <= 256
         && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
              return (c < 0x80 && std::isalnum(c)) || marks.find(c) != marks.npos;
            });
}

bool is_header_value(std::string_view text) {
  return text.size() <= 8'192 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c >= 0x20 && c != 0x7f;
         });
}

/// At most 123 bytes (RFC 6455 §5.5), never half a character.
std::string cut_reason(std::string reason) {
  constexpr std::size_t reason_bytes_max = 123;
  if (reason.size() <= reason_bytes_max)
    return reason;
  auto end = reason_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80)
    --end;
  reason.resize(end);
  return reason;
}

/// WebSocket++ works out the byte order on first use, in a plain static.
void settle_byte_order() {
  static std::once_flag once;
  std::call_once(once, [] { wpp::lib::net::_htonll(1); });
}

} // namespace

struct ws_engine::impl {
  explicit impl(ws_engine_events told) : events(std::move(told)) {}

  /// A pending read holds the connection that holds it: let it go.
  ~impl() {
    events = {};
    over = true;
    if (!connection)
      return;
    connection->eof();
    connection.reset();
  }

  bool prepare(const ws_engine_options& options, std::string& why);
  void listen();
  void look_for_the_end();
  void end(std::uint16_t code, std::string reason);
  void fail();

  ws_engine_events events;
  endpoint client;
  endpoint::connection_ptr connection;
  bool over = false;
  bool closing_ourselves = false;
};

bool ws_engine::impl::prepare(const ws_engine_options& options, std::string& why) {
  settle_byte_order();
  client.set_user_agent("unpod");
  client.set_secure(options.url.secure);
  wpp::lib::error_code error;
  const auto port = static_cast<std::uint16_t>(std::stoi(options.url.port));
  connection =
    client.get_connection(std::make_shared<wpp::uri>(options.url.secure, options.url.host_text(),
                                                     port, options.url.target),
                          error);
  if (error) {
    why = "cannot prepare a connection: " + error.message();
    return false;
  }
  for (const auto& [name, value] : options.headers) {
    if (!is_token(name) || !is_header_value(value)) {
      why = "a header holds characters a header may not hold";
      return false;
    }
    connection->append_header(name, value);
  }
  if (!options.subprotocol.empty()) {
    if (is_token(options.subprotocol))
      connection->add_subprotocol(options.subprotocol, error);
    if (error || !is_token(options.subprotocol)) {
      why = "the subprotocol holds characters it may not hold";
      return false;
    }
  }
  connection->set_max_message_size(options.message_bytes_max);
  listen();
  return true;
}

void ws_engine::impl::listen() {
  using handle = wpp::connection_hdl;
  using buffers = std::vector<wpp::transport::buffer>;
  connection->set_write_handler([this](handle, const char* bytes, std::size_t size) {
    if (events.on_output)
      events.on_output({bytes, size});
    return wpp::lib::error_code{};
  });
  connection->set_vector_write_handler([this](handle, const buffers& parts) {
    for (const auto& part : parts)
      if (events.on_output)
        events.on_output({part.buf, part.len});
    return wpp::lib::error_code{};
  });
  connection->set_open_handler([this](handle) {
    if (!over)
      events.on_open();
  });
  connection->set_fail_handler([this](handle) { fail(); });
  connection->set_close_handler([this](handle) { end(close_code::abnormal, "connection lost"); });
  connection->set_message_handler([this](handle, const endpoint::message_ptr& message) {
    if (!over)
      events.on_message(message->get_opcode() == wpp::frame::opcode::text, message->get_payload());
  });
}

void ws_engine::impl::fail() {
  if (std::exchange(over, true))
    return;
  const auto status = static_cast<int>(connection->get_response_code());
  const bool refused = status >= 100 && status != 101;
  events.on_failed(refused ? "the server answered HTTP " + std::to_string(status)
                           : "no WebSocket handshake: " + connection->get_ec().message());
}

void ws_engine::impl::end(std::uint16_t code, std::string reason) {
  if (!std::exchange(over, true))
    events.on_ended(code, std::move(reason));
}

/// A client of WebSocket++ waits for the server to hang up after the close
/// handshake; we know enough as soon as the peer's close frame is here.
void ws_engine::impl::look_for_the_end() {
  if (over || connection->get_state() != wpp::session::state::closing)
    return;
  const auto code = connection->get_remote_close_code();
  if (code != wpp::close::status::abnormal_close)
    end(code, connection->get_remote_close_reason());
  else if (!closing_ourselves)
    end(close_code::abnormal,
        "the peer broke the protocol: " + connection->get_local_close_reason());
}

ws_engine::ws_engine(std::unique_ptr<impl> impl) : impl_(std::move(impl)) {}

ws_engine::~ws_engine() = default;

std::unique_ptr<ws_engine> ws_engine::make(const ws_engine_options& options,
                                           ws_engine_events events, std::string& why) {
  auto made = std::make_unique<impl>(std::move(events));
  if (!made->prepare(options, why))
    return nullptr;
  return std::unique_ptr<ws_engine>{new ws_engine{std::move(made)}};
}

void ws_engine::begin() {
  impl_->client.connect(impl_->connection);
}

void ws_engine::feed(std::string_view bytes) {
  while (!bytes.empty() && !impl_->over) {
    const auto taken = impl_->connection->read_some(bytes.data(), bytes.size());
    impl_->look_for_the_end();
    if (taken == 0)
      return;
    bytes.remove_prefix(taken);
  }
}

bool ws_engine::send(bool text, const std::string& payload) {
  if (impl_->over)
    return false;
  const auto kind = text ? wpp::frame::opcode::text : wpp::frame::opcode::binary;
  return !impl_->connection->send(payload, kind);
}

void ws_engine::ping() {
  wpp::lib::error_code ignored;
  if (!impl_->over)
    impl_->connection->ping("", ignored);
}

void ws_engine::close(std::uint16_t code, const std::string& reason) {
  if (impl_->over)
    return;
  impl_->closing_ourselves = true;
  wpp::lib::error_code ignored;
  impl_->connection->close(code, cut_reason(reason), ignored);
}

} // namespace unpod

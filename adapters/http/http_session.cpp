#include "adapters/http/http_session.hpp"

#include "adapters/http/home_stream.hpp"
#include "adapters/http/ws_session.hpp"
#include "messages/log.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>

namespace unpod {

namespace {

namespace http = boost::beast::http;
namespace asio = boost::asio;

constexpr std::string_view nobody_answered = "the node could not answer; try again";
constexpr std::string_view our_fault = "an error of the node's own";

class exchange_face final : public http_exchange {
public:
  exchange_face(std::weak_ptr<http_session> session, std::uint64_t turn, http_request request)
    : session_(std::move(session)), turn_(turn), request_(std::move(request)) {}

  ~exchange_face() override {
    answer(problem(503, nobody_answered));
  }

  const http_request& request() const override {
    return request_;
  }

  void answer(http_response response) override {
    if (answered_.exchange(true))
      return;
    if (const auto session = session_.lock())
      session->answer(turn_, std::move(response));
  }

private:
  std::weak_ptr<http_session> session_;
  std::uint64_t turn_;
  http_request request_;
  std::atomic<bool> answered_{false};
};

class upgrade_face final : public ws_upgrade {
public:
  upgrade_face(std::weak_ptr<http_session> session, std::uint64_t turn, http_request request)
    : session_(std::move(session)), turn_(turn), request_(std::move(request)) {}

  ~upgrade_face() override {
    refuse(problem(503, nobody_answered));
  }

  const http_request& request() const override {
    return request_;
  }

  void accept(std::string subprotocol, std::size_t message_bytes_max,
              std::function<void(ws_channel_ptr)> opened, std::size_t queue_bytes_max,
              socket_home* home) override {
    if (answered_.exchange(true))
      return;
    if (const auto session = session_.lock())
      session->accept(turn_, {std::move(subprotocol), message_bytes_max, queue_bytes_max, home,
                              std::move(opened)});
    else
      opened(nullptr);
  }

  void refuse(http_response response) override {
    if (answered_.exchange(true))
      return;
    if (const auto session = session_.lock())
      session->answer(turn_, std::move(response));
  }

private:
  std::weak_ptr<http_session> session_;
  std::uint64_t turn_;
  http_request request_;
  std::atomic<bool> answered_{false};
};

template <class Fields>
void copy_headers(const Fields& fields, http_request& request) {
  for (const auto& field : fields) {
    std::string name{field.name_string()};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    request.headers.emplace_back(std::move(name), std::string{field.value()});
  }
}

} // namespace

http_session::http_session(connection_seat seat, std::unique_ptr<net_stream> stream,
                           std::string peer, bool loopback)
  : http_connection(std::move(seat)), stream_(std::move(stream)),
    answer_timer_(stream_->executor()), peer_(std::move(peer)), loopback_(loopback) {}

void http_session::begin() {
  seat_.occupy(weak_from_this());
  asio::post(stream_->executor(), [self = self()] {
    self->stream_->expires_after(self->limits().http_head_wait);
    self->stream_->handshake([self](bool well) {
      if (well)
        self->next_request();
    });
  });
}

void http_session::close_idle() {
  asio::post(answer_timer_.get_executor(), [self = self()] {
    if (self->step_ == step::idle)
      self->stream_->close();
  });
}

void http_session::cut() {
  asio::post(answer_timer_.get_executor(), [self = self()] {
    if (self->step_ == step::upgraded)
      return;
    self->step_ = step::closing;
    self->answer_timer_.cancel();
    self->out_.open = nullptr;
    self->stream_->cut();
  });
}

void http_session::next_request() {
  ++turn_;
  seen_ = 0;
  request_ = {};
  parser_.reset();
  if (in_.empty() && in_.capacity() > head_read_bytes)
    std::string{}.swap(in_);
  if (room_bytes_ > head_read_bytes) {
    room_.reset();
    room_bytes_ = 0;
  }
  if (!in_.empty()) {
    step_ = step::head;
    stream_->expires_after(limits().http_head_wait);
    return read_head();
  }
  if (seat_.core().draining)
    return say_goodbye();
  step_ = step::idle;
  // A new connection has come to ask something: it gets no more time than a head.
  stream_->expires_after(turn_ == 1 ? milliseconds{limits().http_head_wait}
                                    : milliseconds{limits().http_idle_wait});
  read_more(head_read_bytes, &http_session::read_head);
}

void http_session::read_more(std::size_t at_most, void (http_session::*then)()) {
  if (room_bytes_ < at_most) {
    room_.reset(new char[at_most]); // not make_unique: it would write zeros over all of it
    room_bytes_ = at_most;
  }
  stream_->read_some(asio::buffer(room_.get(), at_most), [self = self(), then](std::size_t bytes) {
    self->in_.append(self->room_.get(), bytes);
    if (bytes > 0)
      ((*self).*then)();
  });
}

void http_session::read_head() {
  if (step_ == step::closing)
    return;
  if (step_ == step::idle) {
    step_ = step::head;
    stream_->expires_after(limits().http_head_wait); // for all of the head: no slow-loris
  }
  const auto verdict = inspect_head(in_, seen_, limits());
  seen_ = in_.size();
  if (verdict.is == head_verdict::what::need_more)
    return read_more(head_read_bytes, &http_session::read_head);
  if (verdict.is == head_verdict::what::bad)
    return refuse(problem(verdict.status, verdict.words));
  take_head(verdict.bytes);
}

void http_session::take_head(std::size_t bytes) {
  head_ = in_.substr(0, bytes);
  in_.erase(0, bytes);
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(bytes + 1));
  parser_->body_limit(limits().http_body_bytes_max);
  boost::system::error_code error;
  parser_->put(asio::buffer(head_), error);
  if (error == http::error::body_limit)
    return refuse(problem(413, "the body is too big"));
  if (error == http::error::bad_version)
    return refuse(problem(505, "this server speaks HTTP/1.1"));
  if (error || !parser_->is_header_done())
    return refuse(problem(400, "the head is malformed"));
  const auto& message = parser_->get();
  version_ = message.version();
  request_.method = std::string{message.method_string()};
  request_.target = std::string{message.target()};
  request_.peer = peer_;
  request_.secure = stream_->secure();
  request_.loopback = loopback_;
  copy_headers(message, request_);
  split_target(request_);
  head_only_ = request_.method == "HEAD";
  request_id_ = sane_request_id(request_);
  keep_ = keeps_alive(request_, version_);
  if (auto wrong = check_request(request_, version_))
    return refuse(std::move(*wrong));
  start_body();
}

void http_session::start_body() {
  if (parser_->is_done())
    return dispatch();
  step_ = step::body;
  parser_->eager(true);
  const auto most = limits().http_body_bytes_max;
  const auto promised = std::min<std::uint64_t>(parser_->content_length().value_or(most), most);
  stream_->expires_after(span_for(limits().http_head_wait, promised));
  if (request_.header("expect").empty() || !in_.empty())
    return read_body();
  stream_->write("HTTP/1.1 100 Continue\r\n\r\n", {}, [self = self()](bool well) {
    if (well)
      self->read_body();
  });
}

void http_session::read_body() {
  if (step_ == step::closing)
    return;
  boost::system::error_code error;
  if (!in_.empty()) {
    in_.erase(0, parser_->put(asio::buffer(in_), error));
    if (error == http::error::need_more)
      error = {};
  }
  if (error == http::error::body_limit)
    return refuse(problem(413, "the body is too big"));
  if (error || (!parser_->is_done() && in_.size() >= body_read_bytes))
    return refuse(problem(400, "the body is malformed"));
  if (!parser_->is_done())
    return read_more(body_read_bytes, &http_session::read_body);
  request_.body = std::move(parser_->get().body());
  dispatch();
}

/// Calls a handler; what it throws is ours to answer for. The face is still held then,
/// else its end would be the answer.
template <class Call, class Apology>
void http_session::guard(Call call, Apology apology) {
  try {
    call();
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.http", peer_, std::string{"a handler failed: "} + error.what());
    apology();
  }
}

void http_session::dispatch() {
  parser_.reset();
  const bool upgrade = is_websocket_upgrade(request_);
  if (upgrade) {
    if (auto wrong = check_upgrade(request_, version_))
      return refuse(std::move(*wrong));
    // The handshake does not see what was read beyond the head: it would be lost.
    if (!in_.empty())
      return refuse(problem(400, "data before the WebSocket handshake was answered"));
  }
  ++seat_.core().counters.requests;
  step_ = step::answering;
  const auto& handler = seat_.core().handler;
  if (upgrade && handler.on_upgrade) {
    const auto face = std::make_shared<upgrade_face>(weak_from_this(), turn_, std::move(request_));
    guard([&] { handler.on_upgrade(face); }, [&] { face->refuse(problem(500, our_fault)); });
  } else if (!upgrade && handler.on_request) {
    const auto face = std::make_shared<exchange_face>(weak_from_this(), turn_, std::move(request_));
    guard([&] { handler.on_request(face); }, [&] { face->answer(problem(500, our_fault)); });
  } else {
    answer(turn_, problem(404, "nothing is served here"));
  }
  if (step_ == step::answering) // most are answered by now
    await_answer();
}

void http_session::await_answer() {
  // The wait also keeps the session alive: nothing is read meanwhile.
  answer_timer_.expires_after(limits().http_answer_wait);
  answer_timer_.async_wait([self = self(), turn = turn_](const boost::system::error_code& error) {
    if (!error)
      self->answer(turn, problem(503, nobody_answered));
  });
}

/// At once when a handler answers where it was asked: that is this strand.
void http_session::answer(std::uint64_t turn, http_response response) {
  asio::dispatch(answer_timer_.get_executor(),
                 [self = self(), turn, response = std::move(response)]() mutable {
                   if (self->step_ == step::answering && self->turn_ == turn)
                     self->write(std::move(response));
                 });
}

void http_session::accept(std::uint64_t turn, acceptance how) {
  asio::post(answer_timer_.get_executor(), [self = self(), turn, how = std::move(how)]() mutable {
    if (self->step_ == step::answering && self->turn_ == turn)
      self->take_acceptance(std::move(how));
    else
      how.opened(nullptr);
  });
}

void http_session::take_acceptance(acceptance how) {
  step_ = step::upgraded;
  answer_timer_.cancel();
  ws_settings settings;
  settings.message_bytes_max = std::max<std::size_t>(how.message_bytes_max, 1);
  settings.close_wait = limits().close_wait;
  settings.ping_every = limits().ping_every;
  settings.headers.emplace_back("Server", "unpod");
  if (is_token(how.subprotocol))
    settings.headers.emplace_back("Sec-WebSocket-Protocol", how.subprotocol);
  if (!request_id_.empty())
    settings.headers.emplace_back("X-Request-Id", request_id_);
  const auto queue_max =
    how.queue_bytes_max > 0 ? how.queue_bytes_max : seat_.core().options.ws_queue_bytes_max;
  settings.home = stream_->secure() ? nullptr : how.home;
  auto stream = stream_->upgrade(settings);
  if (settings.home != nullptr)
    return move_home(std::move(stream), settings, queue_max, std::move(how.opened));
  const auto session =
    std::make_shared<ws_session>(std::move(seat_), std::move(stream), std::move(peer_), queue_max);
  session->accept(std::move(head_), std::move(how.opened));
}

/// Beast answers the handshake here, then the socket moves to where it is to live.
void http_session::move_home(std::shared_ptr<ws_stream> shaking, const ws_settings& settings,
                             std::size_t queue_max, std::function<void(ws_channel_ptr)> opened) {
  shaking->accept(
    std::move(head_), [](std::uint16_t, const std::string&) {},
    [self = self(), shaking, settings, queue_max, opened = std::move(opened)](bool well) mutable {
      const auto socket = well ? shaking->release() : -1;
      if (socket < 0)
        return opened(nullptr);
      const auto session = std::make_shared<ws_session>(
        std::move(self->seat_), make_home_stream(socket, settings, shaking->executor()),
        std::move(self->peer_), queue_max);
      session->accept({}, std::move(opened));
    });
}

void http_session::refuse(http_response response) {
  ++seat_.core().counters.bad_requests;
  response.close = true;
  write(std::move(response));
}

void http_session::write(http_response response) {
  answer_timer_.cancel();
  step_ = step::writing;
  out_ = std::move(response);
  if (out_.status < 200 || out_.status > 599)
    out_ = problem(500, our_fault);
  if (!may_have_body(out_.status))
    out_.body.clear(), out_.more = nullptr, out_.open = nullptr;
  keep_ = keep_ && !out_.close && !out_.open && !seat_.core().draining;
  out_head_ = response_head(out_, {version_, !keep_, request_id_, std::time(nullptr)});
  if (head_only_)
    out_.body.clear(), out_.more = nullptr, out_.open = nullptr;
  if (out_.open)
    return begin_streaming();
  out_left_ = out_.more ? out_.more->bytes : 0;
  stream_->expires_after(span_for(limits().http_answer_wait, out_.body.size()));
  stream_->write(out_head_, out_.body, [self = self()](bool well) {
    if (!well || self->step_ == step::closing)
      return;
    self->write_more();
  });
}

/// The next piece of a long body; or the end of the answer.
void http_session::write_more() {
  if (out_left_ > 0) {
    // The wait also keeps the session alive: the source only knows it weakly.
    answer_timer_.expires_after(limits().http_answer_wait);
    answer_timer_.async_wait([self = self(), turn = turn_](const boost::system::error_code& error) {
      if (!error)
        self->take_piece(turn, {});
    });
    return out_.more->next([weak = weak_from_this(), turn = turn_](std::string piece) {
      if (const auto session = weak.lock())
        session->take(turn, std::move(piece));
    });
  }
  out_ = {};
  if (keep_)
    next_request();
  else
    say_goodbye();
}

void http_session::take(std::uint64_t turn, std::string piece) {
  asio::post(answer_timer_.get_executor(),
             [self = self(), turn, piece = std::move(piece)]() mutable {
               self->take_piece(turn, std::move(piece));
             });
}

/// What was announced cannot be taken back: a source that fails ends the connection.
void http_session::take_piece(std::uint64_t turn, std::string piece) {
  if (step_ != step::writing || turn_ != turn)
    return;
  answer_timer_.cancel();
  if (piece.empty() || piece.size() > out_left_) {
    log(log_level::error, "adapters.http", peer_, "an answer broke off: its source failed");
    step_ = step::closing;
    return stream_->cut();
  }
  out_left_ -= piece.size();
  out_.body = std::move(piece);
  stream_->expires_after(span_for(limits().http_answer_wait, out_.body.size()));
  stream_->write(out_.body, {}, [self = self()](bool well) {
    if (well && self->step_ != step::closing)
      self->write_more();
  });
}

void http_session::say_goodbye() {
  step_ = step::closing;
  // The last owner of the session, and so of the socket, is this callback.
  stream_->finish(goodbye_wait, [self = self()] {});
}

} // namespace unpod

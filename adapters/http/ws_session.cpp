#include "adapters/http/ws_session.hpp"

#include "messages/log.hpp"

#include <exception>
#include <utility>

namespace unpod {

namespace {

/// What may stand in a close frame (RFC 6455 §7.4); anything else would be our bug.
std::uint16_t sendable(std::uint16_t code) {
  const bool registered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  return registered || (code >= 3000 && code <= 4999) ? code : close_code::internal_error;
}

/// Cut to what fits, between two characters.
std::string fitting(std::string reason) {
  if (reason.size() <= close_reason_bytes_max)
    return reason;
  auto end = close_reason_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0u) == 0x80u)
    --end;
  reason.resize(end);
  return reason;
}

} // namespace

ws_session::ws_session(connection_seat seat, std::unique_ptr<ws_stream> stream, std::string peer,
                       std::size_t queue_bytes_max)
  : http_connection(std::move(seat)), stream_(std::move(stream)), deadline_(stream_->executor()),
    peer_(std::move(peer)), queue_bytes_max_(queue_bytes_max) {}

ws_session::~ws_session() {
  tell(close_code::abnormal, "the server stopped");
}

/// Now when this is the strand, else as soon as it gets to it.
template <class Work>
void ws_session::on_strand(Work work) {
  if (stream_->is_here())
    work();
  else
    stream_->post(std::move(work));
}

void ws_session::accept(std::string head, std::function<void(ws_channel_ptr)> opened) {
  seat_.occupy(weak_from_this());
  // `this`, not `self`: the stream keeps it; whoever calls it holds the session.
  const auto peer_closes = [this](std::uint16_t code, std::string reason) {
    arm_deadline();
    tell(code, std::move(reason));
  };
  on_strand([self = self(), head = std::move(head), peer_closes, opened]() mutable {
    self->stream_->accept(std::move(head), peer_closes, [self, opened](bool well) {
      if (well && !self->over_)
        return self->open(opened);
      self->tell(close_code::abnormal, "the handshake failed");
      opened(nullptr);
    });
  });
}

void ws_session::open(const std::function<void(ws_channel_ptr)>& opened) {
  opened_ = true;
  ++seat_.core().counters.websockets;
  const auto face = std::make_shared<ws_face>(self(), peer_);
  face_ = face;
  try {
    opened(face);
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.http", peer_, std::string{"a handler failed: "} + error.what());
    begin_close(close_code::internal_error, "");
  }
}

void ws_session::start(channel_handler handler) {
  on_strand([self = self(), handler = std::move(handler)]() mutable {
    self->handler_ = std::move(handler);
    if (self->over_)
      self->tell_handler();
    else
      self->read();
  });
}

void ws_session::read() {
  stream_->read([self = self()](ws_arrival arrival) { self->take(arrival); });
}

void ws_session::take(const ws_arrival& arrival) {
  if (arrival.is == ws_arrival::what::over) {
    // A handshake of ours ends the read too, and knows more about how it went.
    if (!shaking_ || arrival.code != close_code::abnormal)
      tell(arrival.code, arrival.reason);
    return;
  }
  // Whoever said goodbye listens no more; from here on the handshake reads.
  if (shaking_ || over_)
    return;
  if (!closing_ && handler_) {
    const auto& heard =
      arrival.is == ws_arrival::what::text ? handler_->on_text : handler_->on_binary;
    try {
      if (heard)
        heard(arrival.bytes);
    } catch (const std::exception& error) {
      log(log_level::error, "adapters.http", peer_,
          std::string{"a handler failed: "} + error.what());
      begin_close(close_code::internal_error, "");
    }
  }
  if (!shaking_)
    read();
}

void ws_session::send(bool text, std::string bytes) {
  if (overflowed_)
    return;
  const auto size = bytes.size();
  if ((queued_bytes_ += size) > queue_bytes_max_ || ++queued_frames_ > ws_queue_frames_max) {
    if (!overflowed_.exchange(true)) {
      ++seat_.core().counters.slow_cut;
      log(log_level::info, "adapters.http", peer_, "a peer that does not read was cut");
      on_strand([self = self()] { self->cut_for("slow reader"); });
    }
    return;
  }
  on_strand([self = self(), text, bytes = std::move(bytes)]() mutable {
    if (self->over_ || self->closing_) {
      self->queued_bytes_ -= bytes.size();
      --self->queued_frames_;
      return;
    }
    self->queue_.push_back({text, std::move(bytes)});
    if (!self->writing_)
      self->write_next();
  });
}

/// A frame the socket takes at once needs no callback.
void ws_session::write_next() {
  while (!queue_.empty()) {
    const auto& next = queue_.front();
    if (!stream_->write_now(next.text, next.bytes)) {
      writing_ = true;
      return stream_->write(next.text, next.bytes,
                            [self = self()](bool well) { self->wrote(well); });
    }
    pop_written();
  }
}

void ws_session::pop_written() {
  queued_bytes_ -= queue_.front().bytes.size();
  --queued_frames_;
  queue_.pop_front();
}

void ws_session::wrote(bool well) {
  writing_ = false;
  pop_written();
  if (!well)
    tell(close_code::abnormal, "the connection broke");
  if (over_)
    return;
  write_next();
  if (!writing_ && closing_)
    shake_hands();
}

void ws_session::close(std::uint16_t code, std::string reason) {
  on_strand([self = self(), code, reason = std::move(reason)]() mutable {
    self->begin_close(code, std::move(reason));
  });
}

void ws_session::close_behind(std::uint16_t code) {
  stream_->post([self = self(), code] { self->begin_close(code, ""); });
}

void ws_session::begin_close(std::uint16_t code, std::string reason) {
  if (over_ || closing_)
    return;
  closing_ = ending{sendable(code), fitting(std::move(reason))};
  arm_deadline();
  if (!writing_)
    shake_hands();
}

void ws_session::shake_hands() {
  shaking_ = true;
  stream_->close(closing_->code, closing_->reason, [self = self()] { self->end_close(); });
}

void ws_session::end_close() {
  if (auto said = stream_->peers_close())
    tell(said->first, std::move(said->second));
  else
    tell(close_code::abnormal, "the peer did not answer the close");
}

void ws_session::arm_deadline() {
  // Weak: the handshake keeps the session, and when it is done nothing need wait.
  deadline_.expires_after(seat_.core().options.limits.close_wait);
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto session = weak.lock();
    if (!session || error)
      return;
    session->on_strand([session] {
      session->end_close();
      session->stream_->cut();
    });
  });
}

void ws_session::cut() {
  on_strand([self = self()] { self->cut_for("the server stopped"); });
}

void ws_session::cut_for(const std::string& why) {
  tell(close_code::abnormal, why);
  stream_->cut();
}

/// A home still stands, and is the strand.
void ws_session::abandon() {
  if (stream_->is_at_home())
    cut();
  else
    tell(close_code::abnormal, "the server stopped");
}

void ws_session::tell(std::uint16_t code, std::string reason) {
  if (over_)
    return;
  over_ = ending{code, std::move(reason)};
  if (opened_)
    --seat_.core().counters.websockets;
  if (const auto face = face_.lock())
    face->let_go(over_->code, over_->reason);
  tell_handler();
}

void ws_session::tell_handler() {
  if (!handler_)
    return;
  const auto handler = std::move(*handler_);
  handler_.reset();
  try {
    if (handler.on_closed)
      handler.on_closed(over_->code, over_->reason);
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.http", peer_, std::string{"a handler failed: "} + error.what());
  }
}

// -- the face --------------------------------------------------------------------

ws_face::ws_face(std::shared_ptr<ws_session> session, std::string peer)
  : session_(std::move(session)), peer_(std::move(peer)) {}

ws_face::~ws_face() {
  if (const auto here = session())
    here->close_behind(close_code::going_away);
}

std::shared_ptr<ws_session> ws_face::session() const {
  const std::lock_guard lock{mutex_};
  return session_;
}

void ws_face::start(channel_handler handler) {
  std::shared_ptr<ws_session> here;
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(started_, true))
      return;
    here = session_;
  }
  if (here)
    here->start(std::move(handler));
  else if (handler.on_closed)
    handler.on_closed(over_code_, over_reason_);
}

void ws_face::send_text(std::string text) {
  if (const auto here = session())
    here->send(true, std::move(text));
}

void ws_face::send_binary(std::string bytes) {
  if (const auto here = session())
    here->send(false, std::move(bytes));
}

std::size_t ws_face::queued_bytes() const {
  const auto here = session();
  return here ? here->queued_bytes() : 0;
}

void ws_face::close(std::uint16_t code, std::string reason) {
  if (const auto here = session())
    here->close(code, std::move(reason));
}

const std::string& ws_face::peer() const {
  return peer_;
}

void ws_face::let_go(std::uint16_t code, const std::string& reason) {
  std::shared_ptr<ws_session> gone;
  const std::lock_guard lock{mutex_};
  over_code_ = code;
  over_reason_ = reason;
  gone = std::move(session_);
}

} // namespace unpod

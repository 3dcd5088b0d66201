// The answer of an http_session whose body is open: written as it comes, for as long
// as both sides like.
//
//   head --> poll --something--> chunk --> poll
//             |  ^--woken, or the idle chunk after idle_after-- nothing yet
//             '--the end--> last chunk --> closed            peer gone --> closed
//
// Meanwhile the peer is read, so that its going is noticed at once and the body let go
// of. What it says is thrown away.
#include "adapters/http/http_session.hpp"

#include "messages/log.hpp"

#include <boost/asio/post.hpp>

#include <cstdio>
#include <exception>
#include <utility>

namespace unpod {

namespace {

/// h. 24: a peer that only listens says nothing for as long; then it may come again.
constexpr std::chrono::hours listener_life{24};
/// bytes. 8 KB: of what a peer says while it is answered; more is no listener.
constexpr std::size_t unwanted_bytes_max = 8 * 1024;

std::string chunk_size(std::size_t bytes) {
  char text[24];
  std::snprintf(text, sizeof text, "%zx\r\n", bytes);
  return text;
}

} // namespace

void http_session::begin_streaming() {
  step_ = step::streaming;
  waiting_ = false;
  auto first = std::move(out_.body);
  stream_->expires_after(limits().http_answer_wait);
  stream_->write(out_head_, {}, [self = self(), first = std::move(first)](bool well) {
    if (!well)
      return self->end_streaming();
    self->watch_peer(0);
    first.empty() ? self->stream_more() : self->write_chunk(first);
  });
}

void http_session::stream_more() {
  if (step_ != step::streaming)
    return end_streaming();
  waiting_ = false;
  const auto wake = [weak = weak_from_this(), asked = ++asked_] {
    if (const auto session = weak.lock())
      boost::asio::post(session->answer_timer_.get_executor(),
                        [session, asked] { session->wake(asked); });
  };
  std::optional<std::string> piece;
  try {
    piece = out_.open->poll(wake);
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.http", peer_, std::string{"a body failed: "} + error.what());
  }
  if (piece && piece->empty())
    return await_more();
  write_chunk(piece ? std::move(*piece) : std::string{});
}

/// The wait also keeps the session alive.
void http_session::await_more() {
  waiting_ = true;
  answer_timer_.expires_after(out_.open->idle_after);
  answer_timer_.async_wait([self = self(), asked = asked_](const boost::system::error_code& error) {
    if (error || !self->waiting_ || self->asked_ != asked || self->step_ != step::streaming)
      return;
    self->waiting_ = false;
    self->write_chunk(self->out_.open->idle);
  });
}

/// One that comes while something is written changes nothing: more is asked for then.
void http_session::wake(std::uint64_t asked) {
  if (step_ != step::streaming || !waiting_ || asked != asked_)
    return;
  answer_timer_.cancel();
  stream_more();
}

/// An empty one is the last.
void http_session::write_chunk(std::string bytes) {
  const bool last = bytes.empty();
  const bool framed = version_ > 10;
  out_head_ = framed ? chunk_size(bytes.size()) : std::string{};
  out_.body = std::move(bytes);
  if (framed)
    out_.body += "\r\n";
  stream_->expires_after(span_for(limits().http_answer_wait, out_.body.size()));
  stream_->write(out_head_, out_.body, [self = self(), last](bool well) {
    last || !well ? self->end_streaming() : self->stream_more();
  });
}

void http_session::watch_peer(std::size_t taken) {
  from_peer_.resize(unwanted_bytes_max);
  stream_->expires_after(listener_life); // of this read: writes have their own
  stream_->read_some(boost::asio::buffer(from_peer_), [self = self(), taken](std::size_t bytes) {
    if (self->step_ != step::streaming)
      return;
    if (bytes == 0 || taken + bytes > unwanted_bytes_max)
      self->end_streaming();
    else
      self->watch_peer(taken + bytes);
  });
}

void http_session::end_streaming() {
  answer_timer_.cancel();
  out_.open = nullptr;
  if (step_ != step::streaming)
    return;
  step_ = step::closing;
  stream_->close();
}

} // namespace unpod

#include "adapters/http/home_stream.hpp"

#include "adapters/http/ws_wire.hpp"
#include "adapters/websocket/channel.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

namespace unpod {

namespace {

/// bytes taken from one socket in one turn. 64 KB: a third of a second of the widest audio
/// at 5 ms a turn; a client that sends more waits for its next turn.
constexpr std::size_t turn_bytes_max = 64 * 1024;
/// messages told in one go. 64: more than a second of frames; the rest waits for the thread's
/// next round, and so does whoever sent them, so that nobody else's audio is late for them.
constexpr std::size_t turn_messages_max = 64;
/// bytes. 1 MiB: read away from a peer that still sends while we say goodbye.
constexpr std::size_t goodbye_bytes_max = 1024 * 1024;
/// s. 2: how long that may take.
constexpr mono_time goodbye_wait{2'000'000'000};
constexpr std::size_t head_bytes_max = 10;

/// One for all sockets of a thread: what is not whole yet is kept by its reader.
char* turn_buffer() {
  thread_local std::array<char, turn_bytes_max> buffer;
  return buffer.data();
}

/// All of it on the home's thread.
class home_end final : public home_socket, public std::enable_shared_from_this<home_end> {
public:
  home_end(int descriptor, const ws_settings& settings)
    : socket_(descriptor), home_(*settings.home), reader_(settings.message_bytes_max),
      ping_every_(settings.ping_every), heard_at_(mono_now()) {}

  ~home_end() override {
    if (socket_ >= 0)
      ::close(socket_);
  }

  void settle();
  void on_peer_close(std::function<void(std::uint16_t, std::string)> told) {
    peer_closes_ = std::move(told);
  }
  void read(std::function<void(ws_arrival)> done);
  bool send_now(ws_opcode opcode, std::string_view bytes);
  void send_later(ws_opcode opcode, std::string_view bytes, std::function<void(bool)> done);
  void close(std::uint16_t code, std::string_view reason, std::function<void()> done);
  const std::optional<std::pair<std::uint16_t, std::string>>& peers_close() const {
    return peers_close_;
  }
  /// RST instead of FIN: what waits for a peer that does not read is freed at once.
  void cut();
  /// Nobody wants to hear of it any more.
  void let_go();

  void readable() override;
  void writable() override;
  void look_at_clock(mono_time now) override;

private:
  enum class phase { open, closing, draining, gone };

  ssize_t receive();
  bool is_broken() const;
  void pump();
  void go_on_later();
  void answer_ping();
  void watch();
  void take(const ws_item& item);
  void take_close(const ws_item& item);
  bool say(ws_opcode opcode, std::string_view bytes);
  void drain(std::uint16_t code, std::string reason);
  void shut_if_written();
  void end(std::uint16_t code, std::string reason);

  int socket_;
  socket_home& home_;
  ws_reader reader_;
  milliseconds ping_every_;
  mono_time heard_at_;
  mono_time drained_from_{0};
  std::size_t drained_ = 0;
  phase now_ = phase::open;
  bool pumping_ = false;
  bool paused_ = false; // nobody asks, or much is unread: the peer waits
  bool pinged_ = false;
  bool shut_ = false;
  std::string out_;                 // what the socket did not take
  std::optional<std::string> ping_; // to be answered when the socket takes it
  std::function<void(ws_arrival)> reading_;
  std::function<void(bool)> writing_;
  std::function<void()> closing_;
  std::function<void(std::uint16_t, std::string)> peer_closes_;
  std::optional<std::pair<std::uint16_t, std::string>> peers_close_;
  std::optional<std::pair<std::uint16_t, std::string>> over_; // how it ended, for the next read
};

void home_end::settle() {
  if (now_ == phase::open && !home_.move_in(socket_, shared_from_this()))
    end(close_code::abnormal, "the node has no descriptor left");
}

/// Nothing is read from the system while nobody asks: that is the peer's back-pressure.
void home_end::read(std::function<void(ws_arrival)> done) {
  reading_ = std::move(done);
  if (pumping_)
    return; // told from there, and asked for more
  if (std::exchange(paused_, false))
    watch();
  pump();
}

void home_end::watch() {
  if (now_ != phase::gone)
    home_.want(socket_, !paused_, !out_.empty());
}

ssize_t home_end::receive() {
  const auto got = ::recv(socket_, turn_buffer(), turn_bytes_max, MSG_DONTWAIT);
  if (got > 0) {
    heard_at_ = mono_now();
    pinged_ = false;
    return got;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  return -1;
}

/// No peer will ever send or take a byte again.
bool home_end::is_broken() const {
  pollfd asked{socket_, 0, 0};
  return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

void home_end::readable() {
  if (paused_) { // told all the same: it broke, or it was in the round that paused it
    if (is_broken())
      end(close_code::abnormal, "the connection broke");
    return;
  }
  if (now_ == phase::open && !reading_) {
    paused_ = true;
    return watch();
  }
  const auto got = receive();
  if (got == 0)
    return;
  if (got < 0) {
    if (now_ == phase::draining)
      return end(over_->first, over_->second);
    return end(close_code::abnormal, "the connection broke");
  }
  if (now_ == phase::draining) {
    drained_ += static_cast<std::size_t>(got);
    if (drained_ > goodbye_bytes_max)
      end(over_->first, over_->second);
    return;
  }
  const auto here = shared_from_this(); // what is told may let go of this
  reader_.feed(turn_buffer(), static_cast<std::size_t>(got));
  pump();
}

/// Hands on what was read, one thing at a time, as long as somebody asks.
void home_end::pump() {
  if (pumping_)
    return;
  pumping_ = true;
  std::size_t told = 0;
  bool answered = false;
  while ((now_ == phase::open && reading_) || now_ == phase::closing) {
    const auto item = reader_.next();
    if (item.is == ws_item::what::ping) {
      // Of several pings the last is enough (RFC 6455 §5.5.3).
      ping_.emplace(item.bytes);
      continue;
    }
    if (item.is == ws_item::what::nothing)
      break;
    if (ping_ && !std::exchange(answered, true))
      answer_ping();
    take(item);
    if (++told == turn_messages_max) {
      go_on_later();
      break;
    }
  }
  answer_ping();
  reader_.hold();
  pumping_ = false;
  if (over_ && now_ == phase::gone && reading_)
    std::exchange(reading_, nullptr)({ws_arrival::what::over, {}, over_->first, over_->second});
}

/// Nothing more is read from the system before what was read is told.
void home_end::go_on_later() {
  if (now_ == phase::gone || now_ == phase::draining)
    return;
  paused_ = true;
  watch();
  home_.post([here = shared_from_this()] {
    if (!std::exchange(here->paused_, false))
      return;
    here->watch();
    here->pump();
  });
}

/// At most two a round, and never behind bytes that the peer does not take: a flood of pings
/// costs nobody time, and no memory.
void home_end::answer_ping() {
  if (ping_ && out_.empty() && now_ == phase::open)
    say(ws_opcode::pong, *std::exchange(ping_, std::nullopt));
}

void home_end::take(const ws_item& item) {
  switch (item.is) {
    case ws_item::what::text:
    case ws_item::what::binary:
      if (now_ == phase::open)
        std::exchange(reading_, nullptr)(
          {item.is == ws_item::what::text ? ws_arrival::what::text : ws_arrival::what::binary,
           item.bytes,
           0,
           {}});
      return;
    case ws_item::what::close:
      return take_close(item);
    case ws_item::what::bad:
      if (now_ == phase::open)
        say(ws_opcode::close, ws_close_payload(item.code, {}));
      return drain(item.code, item.code == close_code::too_big    ? "the message is too big"
                              : item.code == close_code::bad_data ? "the text is not UTF-8"
                                                                  : "the peer broke the protocol");
    default:
      return;
  }
}

void home_end::take_close(const ws_item& item) {
  peers_close_.emplace(item.code, std::string{item.bytes});
  const bool asked = now_ == phase::closing;
  if (peer_closes_)
    peer_closes_(item.code, std::string{item.bytes});
  if (now_ == phase::gone)
    return;
  if (!asked)
    say(ws_opcode::close, ws_close_payload(item.code, {}));
  drain(peers_close_->first, peers_close_->second);
}

/// Our half ends when all is written; then what the peer still sends is read away, so that
/// TCP does not reset and the peer sees our last words.
void home_end::drain(std::uint16_t code, std::string reason) {
  if (now_ == phase::gone)
    return;
  now_ = phase::draining;
  over_.emplace(code, std::move(reason));
  drained_from_ = mono_now();
  if (std::exchange(paused_, false))
    watch();
  shut_if_written();
}

void home_end::shut_if_written() {
  if (now_ == phase::draining && out_.empty() && !std::exchange(shut_, true))
    ::shutdown(socket_, SHUT_WR);
}

/// True when all of it is on its way.
bool home_end::say(ws_opcode opcode, std::string_view bytes) {
  if (now_ == phase::gone)
    return true;
  std::array<char, head_bytes_max> head{};
  const auto head_bytes = write_ws_head(head.data(), opcode, bytes.size());
  std::size_t sent = 0;
  if (out_.empty()) {
    std::array<iovec, 2> parts{iovec{head.data(), head_bytes},
                               iovec{const_cast<char*>(bytes.data()), bytes.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = bytes.empty() ? 1 : 2;
    const auto took = ::sendmsg(socket_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    sent = took > 0 ? static_cast<std::size_t>(took) : 0;
    if (took < 0 && errno != EAGAIN && errno != EINTR)
      return true; // it is broken: the read says so
    if (sent == head_bytes + bytes.size())
      return true;
  }
  const bool first = out_.empty();
  if (sent < head_bytes)
    out_.append(head.data() + sent, head_bytes - sent);
  out_.append(bytes.substr(sent > head_bytes ? sent - head_bytes : 0));
  if (first)
    watch();
  return false;
}

/// False, and nothing is done, while older bytes wait for the peer.
bool home_end::send_now(ws_opcode opcode, std::string_view bytes) {
  if (!out_.empty() || now_ != phase::open)
    return false;
  say(opcode, bytes);
  return true;
}

void home_end::send_later(ws_opcode opcode, std::string_view bytes,
                          std::function<void(bool)> done) {
  if (now_ != phase::open)
    return done(false);
  if (say(opcode, bytes))
    return done(true);
  writing_ = std::move(done);
}

void home_end::writable() {
  const auto here = shared_from_this();
  const auto took = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (took < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (took < 0)
    out_.clear();
  else
    out_.erase(0, static_cast<std::size_t>(took));
  if (!out_.empty())
    return;
  std::string{}.swap(out_);
  watch();
  if (writing_)
    std::exchange(writing_, nullptr)(took >= 0);
  answer_ping();
  shut_if_written();
}

void home_end::close(std::uint16_t code, std::string_view reason, std::function<void()> done) {
  closing_ = std::move(done);
  if (now_ == phase::gone)
    return std::exchange(closing_, nullptr)();
  if (now_ != phase::open)
    return; // the peer was first: its goodbye is under way
  say(ws_opcode::close, ws_close_payload(code, reason));
  now_ = phase::closing;
  if (std::exchange(paused_, false))
    watch();
  pump();
}

void home_end::look_at_clock(mono_time now) {
  const auto here = shared_from_this();
  if (now_ == phase::draining && now - drained_from_ >= goodbye_wait)
    return end(over_->first, over_->second);
  if (now_ != phase::open || ping_every_ <= milliseconds{0})
    return;
  if (now - heard_at_ >= 2 * ping_every_)
    return end(close_code::abnormal, "the peer fell silent");
  if (now - heard_at_ >= ping_every_ && !std::exchange(pinged_, true))
    say(ws_opcode::ping, {});
}

void home_end::cut() {
  if (now_ == phase::gone)
    return;
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  end(close_code::abnormal, "the connection broke");
}

/// Everybody who waits is told; the last of it.
void home_end::end(std::uint16_t code, std::string reason) {
  if (now_ == phase::gone)
    return;
  const auto here = shared_from_this();
  now_ = phase::gone;
  over_.emplace(code, std::move(reason));
  home_.move_out(socket_);
  ::close(std::exchange(socket_, -1));
  out_.clear();
  if (writing_)
    std::exchange(writing_, nullptr)(false);
  if (closing_)
    std::exchange(closing_, nullptr)();
  if (reading_ && !pumping_)
    std::exchange(reading_, nullptr)({ws_arrival::what::over, {}, over_->first, over_->second});
  peer_closes_ = nullptr;
}

void home_end::let_go() {
  const auto here = shared_from_this();
  reading_ = nullptr;
  writing_ = nullptr;
  closing_ = nullptr;
  peer_closes_ = nullptr;
  end(close_code::abnormal, "let go");
}

class home_stream final : public ws_stream {
public:
  home_stream(std::shared_ptr<home_end> end, socket_home& home, boost::asio::any_io_executor timers)
    : end_(std::move(end)), home_(home), timers_(std::move(timers)) {}

  ~home_stream() override {
    home_.post([end = std::move(end_)] { end->let_go(); });
  }

  boost::asio::any_io_executor executor() override {
    return timers_;
  }
  bool is_at_home() const override {
    return true;
  }
  bool is_here() const override {
    return home_.is_here();
  }
  int release() override {
    return -1;
  }
  void post(std::function<void()> work) override {
    home_.post(std::move(work));
  }
  void accept(std::string, std::function<void(std::uint16_t, std::string)> peer_closes,
              std::function<void(bool)> done) override {
    end_->on_peer_close(std::move(peer_closes));
    end_->settle();
    done(true);
  }
  void read(std::function<void(ws_arrival)> done) override {
    end_->read(std::move(done));
  }
  bool write_now(bool text, std::string_view bytes) override {
    return end_->send_now(text ? ws_opcode::text : ws_opcode::binary, bytes);
  }
  void write(bool text, std::string_view bytes, std::function<void(bool)> done) override {
    end_->send_later(text ? ws_opcode::text : ws_opcode::binary, bytes, std::move(done));
  }
  void close(std::uint16_t code, std::string_view reason, std::function<void()> done) override {
    end_->close(code, reason, std::move(done));
  }
  std::optional<std::pair<std::uint16_t, std::string>> peers_close() const override {
    return end_->peers_close();
  }
  void cut() override {
    end_->cut();
  }

private:
  std::shared_ptr<home_end> end_;
  socket_home& home_;
  boost::asio::any_io_executor timers_;
};

} // namespace

std::unique_ptr<ws_stream> make_home_stream(int descriptor, const ws_settings& settings,
                                            boost::asio::any_io_executor timers) {
  return std::make_unique<home_stream>(std::make_shared<home_end>(descriptor, settings),
                                       *settings.home, std::move(timers));
}

} // namespace unpod

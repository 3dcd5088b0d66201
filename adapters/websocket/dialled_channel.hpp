// A dialled connection, over plain TCP or TLS: the socket, the deadlines and the
// queue around ws_engine. Included only by the two files that instantiate it.
//
// Asio only waits; bytes are read into a buffer of the thread and written at once where
// the socket takes them, so that an idle connection holds no buffer and a frame costs one
// call of the system.
//
//   dialling --handshake--> open --close()--> closing --peer's close, or deadline--> closed
//       \--any failure, deadline--> closed       \--peer's close, error, slow--> closed
//
// Everything but the queue's count belongs to whoever has the connection's turn: its
// strand, or a thread that sends while nobody else has it. A frame so leaves at once, and no
// thread is woken for it.
#pragma once

#include "adapters/websocket/client.hpp"
#include "adapters/websocket/dialled_socket.hpp"
#include "adapters/websocket/engine.hpp"
#include "adapters/websocket/proxy.hpp"
#include "adapters/websocket/send_turn.hpp"
#include "adapters/websocket/socket_now.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <deque>
#include <optional>

namespace unpod {

using net_strand = asio::strand<asio::io_context::executor_type>;

/// `Link` is the socket with what is special about it: `socket()`, `prepare(url)` (words
/// when it cannot), `secure(handler(error_code))` and, none of which waits,
/// `receive(into, size, error)` and `send(from, size, error)` (0 and no error: not now), and
/// `holds_more()`: it was received already.
template <class Link>
class dialled_channel final : public ws_channel,
                              public std::enable_shared_from_this<dialled_channel<Link>> {
public:
  template <class... LinkArgs>
  dialled_channel(net_strand strand, ws_url url, dial_options options, dial_callback done,
                  LinkArgs&&... args)
    : strand_(strand), url_(std::move(url)), options_(std::move(options)), done_(std::move(done)),
      link_(strand, std::forward<LinkArgs>(args)...), resolver_(strand), deadline_(strand),
      ping_timer_(strand) {}

  void dial() {
    deadline_.expires_after(options_.connect_wait);
    deadline_.async_wait(in_turn_if_alive([](auto& self) {
      if (self.now_ == phase::dialling)
        self.give_up("no connection in time");
    }));
    std::string why;
    if (!options_.proxy.empty())
      proxy_ = parse_proxy(options_.proxy, why);
    if (!why.empty() || !make_engine(why) || !link_.prepare(url_, why))
      return give_up(why);
    resolver_.async_resolve(proxy_ ? proxy_->host : url_.host, proxy_ ? proxy_->port : url_.port,
                            in_turn([](auto& self, const auto& error, auto found) {
                              self.connect(error, std::move(found));
                            }));
  }

  void start(channel_handler handler) override {
    asio::post(strand_, in_turn([handler = std::move(handler)](auto& self) mutable {
                 self.begin_reading(std::move(handler));
               }));
  }

  void send_text(std::string text) override {
    enqueue(true, std::move(text));
  }

  void send_binary(std::string bytes) override {
    enqueue(false, std::move(bytes));
  }

  std::size_t queued_bytes() const override {
    return queued_.load(std::memory_order_relaxed);
  }

  void close(std::uint16_t code, std::string reason) override {
    ++waiting_;
    asio::post(strand_, in_turn([code, reason = std::move(reason)](auto& self) {
                 self.begin_closing(code, reason);
                 --self.waiting_;
               }));
  }

  const std::string& peer() const override {
    return peer_;
  }

private:
  /// bytes. 4 KB: what an idle connection may keep for its next frame.
  static constexpr std::size_t idle_buffer_max = 4 * 1024;

  enum class phase { dialling, open, closing, closed };
  using error_code = boost::system::error_code;

  /// For the strand: does this when the turn has come.
  template <class Work>
  auto in_turn(Work work) {
    return [self = this->shared_from_this(), work = std::move(work)](auto&&... with) mutable {
      const send_turn::held turn{self->turn_};
      work(*self, std::forward<decltype(with)>(with)...);
    };
  }
  /// The same for a timer that has passed and was not cancelled; it keeps nobody alive.
  template <class Work>
  auto in_turn_if_alive(Work work) {
    return [weak = this->weak_from_this(), work = std::move(work)](const auto& error) mutable {
      const auto self = weak.lock();
      if (!self || error)
        return;
      const send_turn::held turn{self->turn_};
      work(*self);
    };
  }

  // -- dialling ----------------------------------------------------------------

  bool make_engine(std::string& why) {
    ws_engine_events events;
    events.on_output = [this](std::string_view bytes) { pending_.append(bytes); };
    events.on_open = [this] { opened(); };
    events.on_failed = [this](std::string words) { give_up(std::move(words)); };
    events.on_message = [this](bool text, std::string_view payload) { deliver(text, payload); };
    events.on_ended = [this](std::uint16_t code, std::string reason) {
      finish(code, std::move(reason));
    };
    engine_ =
      ws_engine::make({url_, options_.headers, options_.subprotocol, options_.message_bytes_max},
                      std::move(events), why);
    return engine_ != nullptr;
  }

  void connect(const error_code& error, asio::ip::tcp::resolver::results_type found) {
    if (now_ != phase::dialling)
      return;
    if (error)
      return give_up(whom() + " cannot be resolved: " + error.message());
    asio::async_connect(
      link_.socket(), found,
      in_turn([](auto& self, const auto& failed, const auto&) { self.connected(failed); }));
  }

  void connected(const error_code& error) {
    if (now_ != phase::dialling)
      return;
    if (error)
      return give_up((proxy_ ? "cannot connect to the proxy: " : "cannot connect: ")
                     + error.message());
    error_code ignored;
    link_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    link_.socket().native_non_blocking(true, ignored);
    peer_ = peer_name(link_.socket());
    if (!proxy_)
      return secure();
    // A fresh socket has room for all of it.
    const auto question = proxy_talk::question(*proxy_, url_);
    error_code failed;
    if (send_now(link_.socket().native_handle(), question.data(), question.size(), failed)
        < question.size())
      return give_up("the proxy does not listen");
    hear_proxy();
  }

  std::string whom() const {
    return proxy_ ? "the proxy" : "the host";
  }

  /// Reads until the proxy has answered, and no byte of what comes behind that.
  void hear_proxy() {
    link_.socket().async_wait(
      asio::ip::tcp::socket::wait_read,
      in_turn([](auto& self, const error_code& error) { self.proxy_spoke(error); }));
  }

  void proxy_spoke(error_code error) {
    if (now_ != phase::dialling)
      return;
    auto& scratch = read_scratch();
    const auto socket = link_.socket().native_handle();
    const auto size = error ? 0 : receive_now(socket, scratch.data(), scratch.size(), error);
    if (error)
      return give_up("the proxy hung up: " + error.message());
    const auto state = proxy_talk_.take({scratch.data(), size});
    if (state == proxy_talk::state::refused)
      return give_up(proxy_talk_.why());
    if (state == proxy_talk::state::open)
      return secure();
    hear_proxy();
  }

  void secure() {
    link_.secure(in_turn([](auto& self, const error_code& failed) {
      if (self.now_ != phase::dialling)
        return;
      if (failed)
        return self.give_up("no TLS connection: " + failed.message());
      self.engine_->begin();
      self.write();
      self.read();
    }));
  }

  void opened() {
    now_ = phase::open;
    deadline_.cancel();
    asio::post(strand_, in_turn([](auto& self) {
                 std::exchange(self.done_, nullptr)(self.shared_from_this(), "");
               }));
  }

  void give_up(std::string why) {
    if (std::exchange(now_, phase::closed) == phase::closed)
      return;
    cut();
    asio::post(strand_, in_turn([why = std::move(why)](auto& self) {
                 std::exchange(self.done_, nullptr)(nullptr, why);
               }));
  }

  // -- reading -----------------------------------------------------------------

  void begin_reading(channel_handler handler) {
    if (started_)
      return;
    started_ = true;
    handler_ = std::move(handler);
    for (auto& [text, payload] : std::exchange(early_, {}))
      hand_over(text, payload);
    if (ended_early_)
      return tell_end(ended_early_->first, std::move(ended_early_->second));
    if (now_ == phase::open)
      watch_silence();
    if (now_ != phase::closed)
      read();
  }

  void read() {
    if (reading_ || is_cut_)
      return;
    reading_ = true;
    if (link_.holds_more())
      return asio::post(strand_, in_turn([](auto& self) { self.readable({}); }));
    link_.socket().async_wait(
      asio::ip::tcp::socket::wait_read,
      in_turn([](auto& self, const error_code& error) { self.readable(error); }));
  }

  void readable(error_code error) {
    reading_ = false;
    if (is_cut_)
      return;
    auto& scratch = read_scratch();
    const auto size = error ? 0 : link_.receive(scratch.data(), scratch.size(), error);
    if (error)
      return lost(error);
    if (size > 0)
      take({scratch.data(), size});
    const bool wanted = started_ || now_ != phase::open;
    if (wanted && (now_ != phase::closed || lingering_))
      read();
  }

  /// While lingering, what still comes is thrown away.
  void take(std::string_view bytes) {
    heard_ = true;
    if (now_ == phase::closed)
      return;
    engine_->feed(bytes);
    write();
  }

  void lost(const error_code& error) {
    if (now_ == phase::dialling)
      return give_up("the server hung up: " + error.message());
    if (now_ == phase::closed)
      return cut();
    finish(close_code::abnormal, "connection lost: " + error.message());
    cut();
  }

  void deliver(bool text, std::string_view payload) {
    if (started_)
      hand_over(text, payload);
    else // at most what came in one read with the handshake's answer
      early_.emplace_back(text, std::string{payload});
  }

  void hand_over(bool text, std::string_view payload) {
    const auto& taker = text ? handler_.on_text : handler_.on_binary;
    if (taker)
      taker(payload);
  }

  // -- writing -----------------------------------------------------------------

  void enqueue(bool text, std::string payload) {
    const auto cost = payload.size() + frame_cost;
    const auto before = queued_.fetch_add(cost, std::memory_order_relaxed);
    if (before + cost > options_.queue_bytes_max) {
      queued_.fetch_sub(cost, std::memory_order_relaxed);
      if (!slow_.exchange(true))
        asio::post(strand_, in_turn([](auto& self) { self.drop_slow_reader(); }));
      return;
    }
    // At once, unless somebody has the turn, or what was asked for before waits for it.
    if (waiting_ == 0)
      if (const send_turn::tried turn{turn_}; turn.is_ours())
        return encode(text, payload);
    ++waiting_;
    asio::post(strand_, in_turn([text, payload = std::move(payload)](auto& self) {
                 self.encode(text, payload);
                 --self.waiting_;
               }));
  }

  void encode(bool text, const std::string& payload) {
    const auto cost = payload.size() + frame_cost;
    if (now_ == phase::open && engine_->send(text, payload)) {
      pending_cost_ += cost;
      write();
    } else {
      queued_.fetch_sub(cost, std::memory_order_relaxed);
    }
  }

  void write() {
    if (pending_.size() > options_.queue_bytes_max + control_slack)
      return drop_slow_reader();
    while (!writing_ && !pending_.empty() && !is_cut_) {
      flight_.swap(pending_);
      flight_cost_ = std::exchange(pending_cost_, 0);
      flight_at_ = 0;
      send_flight();
    }
  }

  /// What the socket does not take now waits until it is writable.
  void send_flight() {
    error_code error;
    while (flight_at_ < flight_.size() && !error) {
      const auto sent = link_.send(flight_.data() + flight_at_, flight_.size() - flight_at_, error);
      flight_at_ += sent;
      if (sent == 0)
        break;
    }
    writing_ = !error && flight_at_ < flight_.size();
    if (writing_)
      return link_.socket().async_wait(
        asio::ip::tcp::socket::wait_write,
        in_turn([](auto& self, const error_code& failed) { self.writable(failed); }));
    queued_.fetch_sub(std::exchange(flight_cost_, 0), std::memory_order_relaxed);
    flight_.clear();
    if (flight_.capacity() > idle_buffer_max)
      std::string{}.swap(flight_);
    if (error) // whoever writes goes on as if it had been taken
      asio::post(strand_, in_turn([error](auto& self) { self.lost(error); }));
  }

  void writable(const error_code& error) {
    if (error || is_cut_)
      return lost(error);
    send_flight();
    write();
    if (lingering_ && !writing_)
      hang_up_politely();
  }

  // -- closing -----------------------------------------------------------------

  void begin_closing(std::uint16_t code, const std::string& reason) {
    if (now_ != phase::open)
      return;
    now_ = phase::closing;
    engine_->close(code, reason);
    write();
    wait_or([](auto& self) { self.finish(close_code::abnormal, "no answer to close"); });
    if (now_ == phase::closing)
      read();
  }

  void drop_slow_reader() {
    finish(close_code::abnormal, "slow reader");
    cut();
  }

  /// Over: tells the handler, lets what is queued go out, hangs up.
  void finish(std::uint16_t code, std::string reason) {
    if (std::exchange(now_, phase::closed) == phase::closed)
      return;
    ping_timer_.cancel();
    lingering_ = true;
    wait_or([](auto& self) { self.cut(); });
    asio::post(strand_, in_turn([code, reason = std::move(reason)](auto& self) {
                 self.tell_end(code, reason);
                 self.write();
                 if (!self.writing_ && !self.is_cut_)
                   self.hang_up_politely();
               }));
  }

  void tell_end(std::uint16_t code, std::string reason) {
    if (!started_) {
      ended_early_.emplace(code, std::move(reason));
      return;
    }
    if (const auto last = std::exchange(handler_, {}); last.on_closed)
      last.on_closed(code, std::move(reason));
  }

  /// No more from us; the peer's rest is read and dropped, or our last frame
  /// would be torn up by a reset.
  void hang_up_politely() {
    error_code ignored;
    link_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    read();
  }

  void cut() {
    if (std::exchange(is_cut_, true))
      return;
    lingering_ = false;
    error_code ignored;
    resolver_.cancel();
    deadline_.cancel();
    ping_timer_.cancel();
    link_.socket().close(ignored);
  }

  /// Does `late` when the close deadline passes first.
  template <class Late>
  void wait_or(Late late) {
    deadline_.expires_after(options_.close_wait);
    deadline_.async_wait(in_turn_if_alive([late](auto& self) { late(self); }));
  }

  void watch_silence() {
    if (options_.ping_every.count() == 0)
      return;
    ping_timer_.expires_after(options_.ping_every);
    ping_timer_.async_wait(in_turn_if_alive([](auto& self) {
      if (self.now_ == phase::open)
        self.ping();
    }));
  }

  void ping() {
    unanswered_ = std::exchange(heard_, false) ? 0 : unanswered_ + 1;
    if (unanswered_ >= 2) {
      finish(close_code::abnormal, "no answer to pings");
      return cut();
    }
    engine_->ping();
    write();
    watch_silence();
  }

  net_strand strand_;
  ws_url url_;
  dial_options options_;
  dial_callback done_;
  std::unique_ptr<ws_engine> engine_;
  std::optional<proxy_address> proxy_;
  proxy_talk proxy_talk_;
  Link link_;
  asio::ip::tcp::resolver resolver_;
  asio::steady_timer deadline_;
  asio::steady_timer ping_timer_;
  channel_handler handler_;
  std::deque<std::pair<bool, std::string>> early_;
  std::optional<std::pair<std::uint16_t, std::string>> ended_early_;
  std::string peer_;
  phase now_ = phase::dialling;
  bool started_ = false, reading_ = false, writing_ = false;
  bool lingering_ = false;
  bool is_cut_ = false;
  bool heard_ = true;
  int unanswered_ = 0;
  std::string pending_; // encoded, waits for the socket
  std::string flight_;  // being written, from `flight_at_` on
  std::size_t flight_at_ = 0;
  std::size_t pending_cost_ = 0; // what of `queued_` each of them carries
  std::size_t flight_cost_ = 0;
  send_turn turn_;
  std::atomic<std::size_t> waiting_{0}; // frames, and our close, that wait for the strand
  std::atomic<std::size_t> queued_{0};
  std::atomic<bool> slow_{false};
};

} // namespace unpod

// The reference runner's sockets and timers. One lock guards everything: a
// runner does little, and channels only queue what they are given.
#include "adapters/peers/runner_client.hpp"

#include "messages/log.hpp"

#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <random>
#include <unistd.h>
#include <utility>

namespace unpod {

namespace {

constexpr const char* room = "adapters.peers";

std::string random_hex8() {
  std::random_device device;
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(device()));
  return text;
}

std::string own_hostname() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

runner_identity identity_of(const std::string& agent) {
  return {agent, agent + "#" + random_hex8(), own_hostname()};
}

/// One job's bridge, from the first dial to its end.
struct bridge {
  accepted_job job;
  bridge_talk talk;
  reply_stream replies;
  std::unique_ptr<runner_brain> brain;
  ws_channel_ptr channel;
  std::size_t attempts = 0;
  bool streaming = false;     // a timer for the next word runs
  std::uint64_t thoughts = 0; // answers begun or given up: an older one is not said
  std::string session;
};
using bridge_ptr = std::shared_ptr<bridge>;

} // namespace

std::string control_url(const std::string& base_url) {
  std::string rest = base_url;
  std::string scheme = "wss://";
  if (const auto at = rest.find("://"); at != std::string::npos) {
    const auto given = rest.substr(0, at);
    if (given == "http" || given == "ws")
      scheme = "ws://";
    else if (given != "https" && given != "wss")
      return {};
    rest.erase(0, at + 3);
  }
  while (!rest.empty() && rest.back() == '/')
    rest.pop_back();
  if (rest.empty() || rest.find_first_of(" ?#@") != std::string::npos)
    return {};
  return scheme + rest + "/v1/internal/workers";
}

class runner_client::impl : public std::enable_shared_from_this<impl> {
public:
  impl(runner_settings settings, brain_maker brains, websocket_dialer dial, delayer later)
    : settings_{std::move(settings)}, brains_{std::move(brains)}, dial_{std::move(dial)},
      later_{std::move(later)}, talk_{identity_of(settings_.agent), settings_.limits} {}

  // -- control socket -----------------------------------------------------------

  void start() {
    dial_options order;
    std::uint64_t connection = 0;
    {
      const std::lock_guard lock{mutex_};
      if (over_)
        return;
      connection = ++connection_;
      order = order_for(control_url(settings_.base_url));
      order.headers.emplace_back("Authorization", "Bearer " + settings_.api_key);
    }
    dial_(std::move(order), [self = shared_from_this(), connection](auto channel, auto why) {
      self->control_dialled(connection, std::move(channel), std::move(why));
    });
  }

  void stop() {
    const std::lock_guard lock{mutex_};
    talk_.refuse_from_now_on();
    over_ = true;
    if (control_)
      std::exchange(control_, nullptr)->close(close_code::going_away, "runner stops");
    for (const auto& [job, bridge] : bridges_)
      if (bridge->channel)
        std::exchange(bridge->channel, nullptr)->close(close_code::going_away, "runner stops");
    bridges_.clear();
    changed_.notify_all();
  }

  bool wait_registered(std::chrono::milliseconds wait) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, wait, [this] { return registered_ || over_; });
    return registered_;
  }

  bool wait_over(std::chrono::milliseconds wait) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, wait, [this] { return over_; });
  }

  bool wait_closed(std::chrono::milliseconds wait) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, wait, [this] { return sockets_ == 0; });
  }

  std::string why_refused() const {
    const std::lock_guard lock{mutex_};
    return refused_;
  }

  std::size_t talking() const {
    const std::lock_guard lock{mutex_};
    return talking_now();
  }

private:
  dial_options order_for(std::string url) const {
    dial_options order;
    order.url = std::move(url);
    order.connect_wait = settings_.limits.connect_wait;
    order.message_bytes_max = settings_.limits.message_bytes_max;
    order.queue_bytes_max = settings_.limits.queue_bytes_max;
    return order;
  }

  void tell(runner_news::kind what, const std::string& call, const std::string& text) {
    if (settings_.news)
      settings_.news({what, call, text});
  }

  void control_dialled(std::uint64_t connection, ws_channel_ptr channel, std::string why) {
    std::string hello;
    {
      const std::lock_guard lock{mutex_};
      if (over_ || connection != connection_) {
        if (channel)
          channel->close(close_code::going_away, "not wanted any more");
        return;
      }
      if (!channel)
        return come_again(why);
      control_ = channel;
      ++sockets_;
      hello = talk_.open();
    }
    channel_handler handler;
    handler.on_text = handler.on_binary = [self = shared_from_this(), connection](auto text) {
      self->control_frame(connection, text);
    };
    handler.on_closed = [self = shared_from_this(), connection](auto code, auto reason) {
      self->control_closed(connection, code, reason);
    };
    channel->start(std::move(handler));
    channel->send_text(std::move(hello));
  }

  void control_frame(std::uint64_t connection, std::string_view text) {
    const std::lock_guard lock{mutex_};
    if (over_ || connection != connection_)
      return;
    auto step = talk_.on_frame(text);
    for (auto& frame : step.send)
      control_->send_text(std::move(frame));
    if (step.registered) {
      registered_ = true;
      attempts_ = 0;
      tell(runner_news::kind::registered, {}, settings_.agent);
      changed_.notify_all();
      beat(connection);
    }
    if (step.dial)
      open_bridge(*step.dial);
    if (!step.cancel.empty())
      close_bridge(step.cancel, "cancelled by the node");
    if (step.fatal)
      refuse(step.broken);
    else if (!step.broken.empty())
      control_->close(close_code::protocol_error, step.broken.substr(0, 100));
  }

  void control_closed(std::uint64_t connection, std::uint16_t code, const std::string& reason) {
    const std::lock_guard lock{mutex_};
    socket_gone();
    if (over_ || connection != connection_)
      return;
    if (says_unwelcome(code))
      refuse("the node closed with " + std::to_string(code) + ": " + reason.substr(0, 120));
    else
      come_again("closed with " + std::to_string(code) + " " + reason.substr(0, 120));
  }

  void socket_gone() {
    --sockets_;
    changed_.notify_all();
  }

  /// Locked. Running calls go on meanwhile.
  void come_again(const std::string& why) {
    control_.reset();
    registered_ = false;
    ++connection_;
    const auto spread = std::uniform_real_distribution<double>{}(dice_);
    const auto pause = back_off(++attempts_, spread, settings_.limits);
    log(log_level::info, room, settings_.agent,
        "control socket lost (" + why + "); next try in " + std::to_string(pause.count()) + " ms");
    tell(runner_news::kind::lost, {}, why);
    later_(pause, [weak = weak_from_this()] {
      if (const auto self = weak.lock())
        self->start();
    });
  }

  void refuse(const std::string& why) {
    refused_ = why;
    over_ = true;
    if (control_)
      std::exchange(control_, nullptr)->close(close_code::normal, "");
    tell(runner_news::kind::refused, {}, why);
    changed_.notify_all();
  }

  void beat(std::uint64_t connection) {
    control_->send_text(talk_.heartbeat(talking_now()));
    later_(talk_.heartbeat_every(), [weak = weak_from_this(), connection] {
      if (const auto self = weak.lock()) {
        const std::lock_guard lock{self->mutex_};
        if (!self->over_ && connection == self->connection_ && self->registered_)
          self->beat(connection);
      }
    });
  }

  std::size_t talking_now() const {
    std::size_t up = 0;
    for (const auto& [job, bridge] : bridges_)
      up += bridge->talk.talking() && bridge->channel ? 1 : 0;
    return up;
  }

  // -- bridges --------------------------------------------------------------------

  void open_bridge(const accepted_job& job) {
    auto fresh = std::make_shared<bridge>(
      bridge{job, bridge_talk{settings_.limits}, {}, nullptr, nullptr, 0, false, 0, job.call});
    bridges_[job.job] = fresh;
    dial_bridge(fresh);
  }

  /// Locked. The dialler answers later, never from within.
  void dial_bridge(const bridge_ptr& line) {
    ++line->attempts;
    line->talk = bridge_talk{settings_.limits};
    dial_(order_for(line->job.bridge_url),
          [self = shared_from_this(), line](auto channel, auto why) {
            self->bridge_dialled(line, std::move(channel), why);
          });
  }

  bool current(const bridge_ptr& line) const {
    const auto found = bridges_.find(line->job.job);
    return !over_ && found != bridges_.end() && found->second == line;
  }

  void bridge_dialled(const bridge_ptr& line, ws_channel_ptr channel, const std::string& why) {
    {
      const std::lock_guard lock{mutex_};
      if (!current(line)) {
        if (channel)
          channel->close(close_code::normal, "");
        return;
      }
      if (!channel)
        return try_bridge_again(line, why);
      line->channel = channel;
      ++sockets_;
    }
    channel_handler handler;
    // Known by its address only: a channel that held itself would never be freed.
    const auto* const from = channel.get();
    handler.on_text = handler.on_binary = [self = shared_from_this(), line, from](auto text) {
      self->bridge_frame(line, from, text);
    };
    handler.on_closed = [self = shared_from_this(), line, from](auto code, auto reason) {
      self->bridge_closed(line, from, code, reason);
    };
    channel->start(std::move(handler));
    channel->send_text(bridge_talk::hello());
    later_(settings_.limits.handshake_wait, [weak = weak_from_this(), line, channel] {
      if (const auto self = weak.lock()) {
        const std::lock_guard lock{self->mutex_};
        if (self->current(line) && line->channel == channel && !line->talk.talking())
          channel->close(close_code::normal, "no handshake");
      }
    });
  }

  void bridge_frame(const bridge_ptr& line, const ws_channel* from, std::string_view text) {
    const std::lock_guard lock{mutex_};
    if (!current(line) || line->channel.get() != from)
      return;
    const auto step = line->talk.on_frame(text);
    if (step.started)
      begin_call(line, *step.started);
    if (step.user_text)
      answer(line, *step.user_text);
    if (step.interrupted)
      cut_short(line, *step.interrupted);
    if (!step.broken.empty()) {
      log(log_level::warn, room, line->session, "bridge: " + step.broken);
      line->channel->close(close_code::normal, "");
    }
  }

  void begin_call(const bridge_ptr& line, const call_facts& facts) {
    line->session = facts.session;
    line->brain = brains_(facts);
    tell(runner_news::kind::call_started, facts.session, facts.agent);
    if (const auto greeting = line->brain->greeting(); !greeting.empty()) {
      line->channel->send_text(say_frame(greeting));
      tell(runner_news::kind::reply, facts.session, greeting);
    }
  }

  void answer(const bridge_ptr& line, const std::string& text) {
    tell(runner_news::kind::user_text, line->session, text);
    if (settings_.think.count() == 0)
      return reply_to(line, text);
    later_(settings_.think, [weak = weak_from_this(), line, text, thought = ++line->thoughts] {
      if (const auto self = weak.lock()) {
        const std::lock_guard lock{self->mutex_};
        if (self->current(line) && line->channel && line->thoughts == thought)
          self->reply_to(line, text);
      }
    });
  }

  void reply_to(const bridge_ptr& line, const std::string& text) {
    const auto reply = line->brain->answer(text);
    if (!line->replies.answer(reply, settings_.limits.waiting_turns_max, settings_.whole_answers)) {
      line->channel->close(close_code::normal, "");
      return;
    }
    tell(runner_news::kind::reply, line->session, reply.text);
    if (!line->streaming)
      stream(line);
  }

  void stream(const bridge_ptr& line) {
    line->streaming = false;
    while (auto frame = line->replies.next()) {
      line->channel->send_text(std::move(*frame));
      if (settings_.delta_every.count() > 0 && !line->replies.idle()) {
        line->streaming = true;
        return later_(settings_.delta_every, [weak = weak_from_this(), line] {
          if (const auto self = weak.lock()) {
            const std::lock_guard lock{self->mutex_};
            if (self->current(line) && line->channel)
              self->stream(line);
          }
        });
      }
    }
  }

  void cut_short(const bridge_ptr& line, const std::string& heard) {
    ++line->thoughts;
    if (line->replies.interrupt())
      line->channel->send_text(text_end_frame());
    line->brain->interrupted(heard);
    tell(runner_news::kind::interrupted, line->session, heard);
  }

  void bridge_closed(const bridge_ptr& line, const ws_channel* from, std::uint16_t code,
                     const std::string& reason) {
    const std::lock_guard lock{mutex_};
    socket_gone();
    if (!current(line) || line->channel.get() != from)
      return;
    if (!line->talk.talking() && line->brain == nullptr)
      return try_bridge_again(line, "closed with " + std::to_string(code) + " " + reason);
    finish(line, "closed with " + std::to_string(code));
  }

  void try_bridge_again(const bridge_ptr& line, const std::string& why) {
    line->channel.reset();
    if (line->attempts >= settings_.limits.bridge_attempts_max)
      return finish(line,
                    "no bridge after " + std::to_string(line->attempts) + " attempts: " + why);
    const std::chrono::milliseconds pause{200 * line->attempts};
    later_(pause, [weak = weak_from_this(), line] {
      if (const auto self = weak.lock()) {
        const std::lock_guard lock{self->mutex_};
        if (self->current(line))
          self->dial_bridge(line);
      }
    });
  }

  void close_bridge(const std::string& job, const std::string& why) {
    if (const auto found = bridges_.find(job); found != bridges_.end()) {
      const auto line = found->second;
      if (line->channel)
        line->channel->close(close_code::normal, "");
      finish(line, why);
    }
  }

  void finish(const bridge_ptr& line, const std::string& why) {
    tell(runner_news::kind::call_over, line->session, why);
    line->channel.reset(); // its handler holds the line
    talk_.done(line->job.job);
    bridges_.erase(line->job.job);
  }

  const runner_settings settings_;
  const brain_maker brains_;
  const websocket_dialer dial_;
  const delayer later_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  control_talk talk_;
  ws_channel_ptr control_;
  std::uint64_t connection_ = 0; // callbacks of an older connection are ignored
  std::size_t attempts_ = 0;
  std::size_t sockets_ = 0; // started and not closed
  bool registered_ = false;
  bool over_ = false;
  std::string refused_;
  std::map<std::string, bridge_ptr> bridges_;
  std::mt19937 dice_{std::random_device{}()};
};

runner_client::runner_client(runner_settings settings, brain_maker brains, websocket_dialer dial,
                             delayer later)
  : impl_{std::make_shared<impl>(std::move(settings), std::move(brains), std::move(dial),
                                 std::move(later))} {}

runner_client::~runner_client() {
  impl_->stop();
}

void runner_client::start() {
  impl_->start();
}

void runner_client::stop() {
  impl_->stop();
}

bool runner_client::wait_registered(std::chrono::milliseconds wait) {
  return impl_->wait_registered(wait);
}

bool runner_client::wait_over(std::chrono::milliseconds wait) {
  return impl_->wait_over(wait);
}

bool runner_client::wait_closed(std::chrono::milliseconds wait) {
  return impl_->wait_closed(wait);
}

std::string runner_client::why_refused() const {
  return impl_->why_refused();
}

std::size_t runner_client::talking() const {
  return impl_->talking();
}

} // namespace unpod

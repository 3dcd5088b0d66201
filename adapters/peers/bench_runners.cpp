// The job takers' sockets.
#include "adapters/peers/bench_runners.hpp"

#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/runner_client.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <cstdio>
#include <utility>

namespace unpod {

class bench_runners::impl : public std::enable_shared_from_this<impl> {
public:
  net_threads& threads;

  impl(net_threads& on, websocket_dialer dial, bench_runners_settings settings)
    : threads{on}, dial_{std::move(dial)}, settings_{std::move(settings)} {}

  struct taker {
    taker(runner_identity identity, runner_limits limits) : talk{std::move(identity), limits} {}

    control_talk talk;
    ws_channel_ptr channel;
    bool registered = false;
  };
  using taker_ptr = std::shared_ptr<taker>;

  void begin() {
    runner_limits limits;
    limits.jobs_max = settings_.seats;
    for (std::size_t n = 0; n < settings_.runners; ++n) {
      char tail[16];
      std::snprintf(tail, sizeof tail, "#%08x", static_cast<unsigned>(n));
      takers_.push_back(std::make_shared<taker>(
        runner_identity{settings_.agent, settings_.agent + tail, "bench"}, limits));
      dial_options how;
      how.url = control_url(settings_.base_url);
      how.headers.emplace_back("Authorization", "Bearer " + settings_.api_key);
      dial_(std::move(how),
            [self = shared_from_this(), n](ws_channel_ptr channel, const std::string& why) {
              self->dialled(n, std::move(channel), why);
            });
    }
  }

  void close_all() {
    stopped_ = true;
    for (const auto& one : takers_)
      if (const auto channel = std::exchange(one->channel, nullptr))
        channel->close(close_code::going_away, "runner stops");
  }

  std::size_t open() const {
    return open_;
  }

  std::size_t registered() const {
    std::size_t count = 0;
    for (const auto& one : takers_)
      count += one->registered;
    return count;
  }

  std::vector<arrived_job> jobs() const {
    return jobs_;
  }
  std::string trouble() const {
    return trouble_;
  }

private:
  void dialled(std::size_t n, ws_channel_ptr channel, const std::string& why) {
    if (!channel || stopped_) {
      trouble_ = why;
      return;
    }
    takers_[n]->channel = channel;
    ++open_;
    channel_handler handler;
    handler.on_text = [self = shared_from_this(), n](std::string_view text) {
      self->take(n, text);
    };
    handler.on_closed = [self = shared_from_this(), n](std::uint16_t code,
                                                       const std::string& reason) {
      --self->open_;
      self->takers_[n]->channel.reset();
      if (!self->stopped_)
        self->trouble_ = "closed with " + std::to_string(code) + " " + reason;
    };
    channel->start(std::move(handler));
    channel->send_text(takers_[n]->talk.open());
  }

  void take(std::size_t n, std::string_view text) {
    const auto at = mono_now();
    auto& one = *takers_[n];
    const auto step = one.talk.on_frame(text);
    if (!one.channel)
      return;
    if (step.dial)
      jobs_.push_back({step.dial->call, n, at});
    for (const auto& frame : step.send)
      one.channel->send_text(frame);
    if (!step.cancel.empty())
      one.talk.done(step.cancel);
    if (!step.broken.empty())
      trouble_ = step.broken;
    if (step.registered) {
      one.registered = true;
      beat(n);
    }
  }

  void beat(std::size_t n) {
    auto& one = *takers_[n];
    if (stopped_ || !one.channel)
      return;
    one.channel->send_text(one.talk.heartbeat(0));
    const auto every = std::chrono::milliseconds{one.talk.heartbeat_every()};
    threads.post_after(static_cast<std::size_t>(every.count()), [weak = weak_from_this(), n] {
      if (const auto self = weak.lock())
        self->beat(n);
    });
  }

  const websocket_dialer dial_;
  const bench_runners_settings settings_;
  bool stopped_ = false;
  std::size_t open_ = 0; // sockets
  std::vector<taker_ptr> takers_;
  std::vector<arrived_job> jobs_;
  std::string trouble_;
};

bench_runners::bench_runners(net_threads& threads, websocket_dialer dial,
                             bench_runners_settings settings)
  : impl_{std::make_shared<impl>(threads, std::move(dial), std::move(settings))} {
  ask_on(impl_->threads, [this] {
    impl_->begin();
    return true;
  });
}

bench_runners::~bench_runners() {
  ask_on(impl_->threads, [this] {
    impl_->close_all();
    return true;
  });
  wait_until(farewell_max,
             [this] { return ask_on(impl_->threads, [this] { return impl_->open() == 0; }); });
}

std::size_t bench_runners::registered() const {
  return ask_on(impl_->threads, [this] { return impl_->registered(); });
}

std::vector<arrived_job> bench_runners::jobs() const {
  return ask_on(impl_->threads, [this] { return impl_->jobs(); });
}

std::string bench_runners::trouble() const {
  return ask_on(impl_->threads, [this] { return impl_->trouble(); });
}

} // namespace unpod

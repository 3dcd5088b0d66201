// The callers' sockets and their one tick.
#include "adapters/peers/bench_callers.hpp"

#include "adapters/json/json.hpp"
#include "adapters/media/frame_codec.hpp"
#include "adapters/media/resampler.hpp"
#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace unpod {

namespace {

constexpr mono_time tick_every{5'000'000};
constexpr std::size_t lanes = 4;
constexpr std::size_t catch_up_max = lanes * 10; // ticks: 200 ms of frames, as audio_client has it
constexpr std::size_t frames_a_second = 50;
constexpr int room_loudness = 10; // of 32,767: 70 dB below full

std::vector<std::string> encode_all(frame_encoder& encoder, const pcm_samples& pcm,
                                    std::size_t frame) {
  std::vector<std::string> frames;
  for (std::size_t at = 0; at + frame <= pcm.size(); at += frame)
    frames.push_back(encoder.encode(pcm.data() + at, frame));
  return frames;
}

std::string start_text(const audio_format& audio) {
  json::writer out;
  out.object().field("type", "start").key("audio").object();
  out.field("encoding", to_string(audio.encoding)).field("sample_rate", audio.sample_rate);
  return out.end().end().str();
}

} // namespace

bench_voice make_bench_voice(const audio_format& audio, const pcm_samples& phrase,
                             std::uint32_t rate_hz) {
  bench_voice voice;
  voice.audio = audio;
  const auto port_hz = port_rate_hz(audio);
  const std::size_t frame = port_hz / frames_a_second;
  pcm_samples spoken;
  if (!phrase.empty()) {
    resampler to_port{rate_hz, port_hz, resampler::timing::aligned};
    to_port.push(phrase.data(), phrase.size(), spoken);
    to_port.finish(spoken);
  }
  pcm_samples room(port_hz);
  std::minstd_rand dice{1};
  std::uniform_int_distribution<int> noise{-room_loudness, room_loudness};
  for (auto& sample : room)
    sample = static_cast<std::int16_t>(noise(dice));
  frame_encoder encoder{audio};
  voice.phrase = encode_all(encoder, spoken, frame);
  voice.room = encode_all(encoder, room, frame);
  return voice;
}

class bench_callers::impl : public std::enable_shared_from_this<impl> {
public:
  net_threads& threads;

  impl(net_threads& on, websocket_dialer dial, bench_voice voice, bench_habits habits, bool silent)
    : threads{on}, dial_{std::move(dial)}, voice_{std::move(voice)}, habits_{habits}, silent_{
                                                                                        silent} {}

  struct line {
    line(const bench_habits& habits, std::uint64_t seed, mono_time first_turn, std::size_t frames)
      : mind{habits, seed, first_turn, frames}, room_at{seed} {}

    bench_caller mind;
    std::size_t room_at;
    told_caller told;
    ws_channel_ptr channel;
    bool ending = false;
  };
  using line_ptr = std::shared_ptr<line>;

  void begin() {
    if (!silent_)
      threads.post([self = shared_from_this()] {
        self->due_ = mono_now();
        self->tick();
      });
  }

  /// From another thread: what `ask` returns, once the net thread has asked it.
  void add(const std::string& url, std::uint64_t seed, mono_time first_turn) {
    const auto fresh =
      std::make_shared<line>(habits_, seed, mono_now() + first_turn, voice_.phrase.size());
    fresh->told.added = mono_now();
    lines_.push_back(fresh);
    dial_options how;
    how.url = url;
    dial_(std::move(how),
          [self = shared_from_this(), fresh](ws_channel_ptr channel, const std::string& why) {
            self->dialled(fresh, std::move(channel), why);
          });
  }

  void hang_up_older(mono_time than) {
    for (const auto& one : lines_)
      if (one->channel && one->told.added <= than && !std::exchange(one->ending, true))
        one->channel->send_text(R"({"type":"end"})");
  }

  /// The sockets' handlers hold the lines, and the lines the sockets.
  void close_all() {
    stopped_ = true;
    for (const auto& one : lines_)
      if (const auto channel = std::exchange(one->channel, nullptr))
        channel->close(close_code::going_away, "");
  }

  callers_figures figures() const {
    auto all = counted_;
    for (const auto& one : lines_) {
      all.live += one->told.live;
      all.over += one->told.over;
      all.failed += !one->told.failed.empty();
    }
    return all;
  }

  std::vector<told_caller> callers() const {
    std::vector<told_caller> all;
    for (const auto& one : lines_) {
      all.push_back(one->told);
      all.back().tale = one->mind.tale();
      all.back().waiting = one->mind.is_waiting();
    }
    return all;
  }

  std::size_t open() const {
    return open_;
  }

private:
  void dialled(const line_ptr& one, ws_channel_ptr channel, const std::string& why) {
    if (!channel || stopped_) {
      one->told.failed = why.empty() ? "stopped" : why;
      return;
    }
    one->channel = channel;
    ++open_;
    channel_handler handler;
    handler.on_text = [self = shared_from_this(), one](std::string_view text) {
      self->hear_text(*one, text);
    };
    handler.on_binary = [self = shared_from_this(), one](std::string_view) {
      ++self->counted_.frames_in;
      one->mind.agent_sounds(mono_now());
    };
    handler.on_closed = [self = shared_from_this(), one](std::uint16_t code,
                                                         const std::string& reason) {
      self->closed(*one, code, reason);
    };
    channel->start(std::move(handler));
    one->told.asked = mono_now();
    channel->send_text(start_text(voice_.audio));
  }

  void hear_text(line& one, std::string_view text) {
    const auto event = read_node_frame(text, mono_now());
    if (event.type == "started") {
      one.told.call = event.call;
      one.told.started = event.at;
      one.told.live = true;
    } else if (event.type == "interrupted") {
      one.mind.interrupted(event.at);
    } else if (event.type == "error" && one.told.failed.empty()) {
      one.told.failed = event.code + ": " + event.text;
    } else if (event.type == "ended" && !one.ending && one.told.failed.empty()) {
      one.told.failed = "the node ended the call: " + event.text;
    }
  }

  void closed(line& one, std::uint16_t code, const std::string& reason) {
    --open_;
    one.told.live = false;
    one.told.closed = mono_now();
    one.channel.reset();
    one.told.over = one.ending;
    if (!one.ending && one.told.failed.empty())
      one.told.failed = "closed with " + std::to_string(code) + " " + reason;
  }

  /// Ticks missed are made up for, within limits: who was late for longer goes on from now, and
  /// `frames_out` shows it.
  void tick() {
    if (stopped_)
      return;
    const auto now = mono_now();
    const auto behind =
      static_cast<std::size_t>(std::max<std::int64_t>(0, (now - due_) / tick_every));
    ++counted_.ticks;
    counted_.late_ticks += behind > 0;
    for (std::size_t n = 0; n < std::min(behind + 1, catch_up_max); ++n)
      serve_lane(now);
    due_ = behind >= catch_up_max ? now + tick_every
                                  : due_ + static_cast<std::int64_t>(behind + 1) * tick_every;
    const auto wait = std::max(due_ - mono_now(), mono_time{0});
    const auto wait_ms = static_cast<std::size_t>((wait.count() + 999'999) / 1'000'000);
    threads.post_after(wait_ms, [weak = weak_from_this()] {
      if (const auto self = weak.lock())
        self->tick();
    });
  }

  void serve_lane(mono_time now) {
    lane_ = (lane_ + 1) % lanes;
    for (std::size_t n = lane_; n < lines_.size(); n += lanes) {
      auto& one = *lines_[n];
      if (!one.told.live || one.ending)
        continue;
      const auto spoken = one.mind.next(now);
      one.channel->send_binary(spoken ? voice_.phrase[*spoken]
                                      : voice_.room[one.room_at++ % voice_.room.size()]);
      ++counted_.frames_out;
    }
  }

  const websocket_dialer dial_;
  const bench_voice voice_;
  const bench_habits habits_;
  const bool silent_;
  bool stopped_ = false;
  std::size_t open_ = 0; // sockets
  std::vector<line_ptr> lines_;
  callers_figures counted_;
  mono_time due_{0};
  std::size_t lane_ = 0;
};

bench_callers::bench_callers(net_threads& threads, websocket_dialer dial, bench_voice voice,
                             bench_habits habits, bool silent)
  : impl_{std::make_shared<impl>(threads, std::move(dial), std::move(voice), habits, silent)} {
  impl_->begin();
}

bench_callers::~bench_callers() {
  ask_on(impl_->threads, [this] {
    impl_->close_all();
    return true;
  });
  wait_until(farewell_max,
             [this] { return ask_on(impl_->threads, [this] { return impl_->open() == 0; }); });
}

void bench_callers::add(std::string url, std::uint64_t seed, std::chrono::milliseconds first_turn) {
  ask_on(impl_->threads, [&] {
    impl_->add(url, seed, first_turn);
    return true;
  });
}

callers_figures bench_callers::figures() const {
  return ask_on(impl_->threads, [this] { return impl_->figures(); });
}

std::vector<told_caller> bench_callers::callers() const {
  return ask_on(impl_->threads, [this] { return impl_->callers(); });
}

void bench_callers::hang_up_all() {
  hang_up_older(mono_time::max());
}

void bench_callers::hang_up_older(mono_time than) {
  ask_on(impl_->threads, [this, than] {
    impl_->hang_up_older(than);
    return true;
  });
}

} // namespace unpod

// A caller with ears, step by step.
#include "adapters/peers/bench_dialogue.hpp"

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds rest{700};           // before a turn
constexpr milliseconds quiet_after{600};    // without a frame the answer is over
constexpr milliseconds answer_wait{15'000}; // for whatever comes next
constexpr milliseconds close_wait{5'000};

} // namespace

std::vector<double> speech_gaps_ms(const std::vector<heard_frame>& frames) {
  std::vector<double> gaps;
  for (std::size_t n = 1; n < frames.size(); ++n)
    if (const auto gap = frames[n].at - frames[n - 1].at; gap < dialogue_silence)
      gaps.push_back(to_ms(gap));
  return gaps;
}

bench_dialogue::bench_dialogue(const websocket_dialer& dial, caller_pacer& pacer,
                               const audio_format& audio, pcm_samples phrase,
                               std::uint32_t phrase_rate_hz, std::size_t turns)
  : dial_{dial}, pacer_{pacer}, phrase_{std::move(phrase)},
    phrase_rate_hz_{phrase_rate_hz}, turns_{turns} {
  audio_client_options options;
  options.audio = audio;
  client_ = std::make_shared<audio_client>(std::move(options), audio_client::listener{});
}

void bench_dialogue::begin(const std::string& url, mono_time now) {
  tale_.dialled = since_ = now;
  client_->connect(dial_, url, pacer_);
}

void bench_dialogue::read(const client_event& event) {
  if (event.type == "started") {
    tale_.call = event.call;
    tale_.started = event.at;
  } else if (event.type == "said_ended") {
    turn_.said = event.at;
  } else if (event.type == "failed" || event.type == "error") {
    tale_.failed = event.code + (event.code.empty() ? "" : ": ") + event.text;
  } else if (event.type == "closed" && stage_ != stage::ending) {
    tale_.failed = "closed with " + event.code + " " + event.text;
  }
}

bool bench_dialogue::end(const std::string& why) {
  if (tale_.failed.empty())
    tale_.failed = why;
  finish();
  return true;
}

void bench_dialogue::finish() {
  stage_ = stage::over;
  tale_.gaps_ms = speech_gaps_ms(client_->heard().frames());
  if (!client_->is_closed())
    client_->close(close_code::going_away);
}

bool bench_dialogue::go_on(mono_time now) {
  if (stage_ == stage::over)
    return true;
  const auto events = client_->events();
  for (; read_ < events.size(); ++read_)
    read(events[read_]);
  if (!tale_.failed.empty())
    return end(tale_.failed);
  const auto enter = [&](stage next) {
    stage_ = next;
    since_ = now;
  };
  const auto waited = now - since_;
  if (stage_ == stage::dialling && tale_.started > mono_time{0})
    enter(stage::resting);
  else if (stage_ == stage::resting && waited >= rest) {
    turn_ = {};
    client_->say(phrase_, phrase_rate_hz_);
    enter(stage::speaking);
  } else if (stage_ == stage::speaking && turn_.said > mono_time{0})
    enter(stage::waiting);
  else if (stage_ == stage::waiting) {
    const auto heard = client_->heard();
    for (const auto& frame : heard.frames())
      if (turn_.first_heard == mono_time{0} && frame.at > turn_.said)
        turn_.first_heard = frame.at;
    if (turn_.first_heard > mono_time{0} && now - heard.frames().back().at >= quiet_after) {
      tale_.turns.push_back(turn_);
      const bool last = tale_.turns.size() == turns_;
      if (last)
        client_->end();
      enter(last ? stage::ending : stage::resting);
    }
  } else if (stage_ == stage::ending && (client_->is_closed() || waited > close_wait)) {
    finish();
    return true;
  }
  return now - since_ > answer_wait ? end("nothing came for 15 s") : false;
}

} // namespace unpod

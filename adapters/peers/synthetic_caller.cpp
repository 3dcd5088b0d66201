// Events and audio of the client go into the caller's mind, its acts come out.
#include "adapters/peers/synthetic_caller.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace unpod {

namespace {

/// How often the caller thinks. The client's audio is copied each time, so not more often.
constexpr std::chrono::milliseconds think_every{20};
/// s. How long a hung-up call may take to end.
constexpr std::chrono::seconds farewell_max{15};
/// Mean level above which a frame is a sound of the agent.
constexpr long audible_level = 40;

/// Events from the client's threads, for the caller's.
class event_box {
public:
  void put(const client_event& event) {
    const std::lock_guard lock{mutex_};
    if (events_.size() < client_events_max)
      events_.push_back(event);
    arrived_.notify_one();
  }

  std::deque<client_event> take(std::chrono::milliseconds wait) {
    std::unique_lock lock{mutex_};
    arrived_.wait_for(lock, wait, [this] { return !events_.empty(); });
    return std::exchange(events_, {});
  }

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<client_event> events_;
};

bool audible(const std::int16_t* pcm, std::size_t samples) {
  long level = 0;
  for (std::size_t n = 0; n < samples; ++n)
    level += pcm[n] < 0 ? -pcm[n] : pcm[n];
  return samples > 0 && level / static_cast<long>(samples) > audible_level;
}

std::vector<std::chrono::milliseconds> durations_of(const caller_part& part) {
  std::vector<std::chrono::milliseconds> durations;
  for (const auto& phrase : part.phrases)
    durations.emplace_back(1000 * phrase.size() / part.rate_hz);
  return durations;
}

/// One call of the synthetic caller.
class call_in_progress {
public:
  call_in_progress(const caller_part& part, const std::function<void(const client_event&)>& watch)
    : part_{part}, watch_{watch}, mind_{part.turns, part.expects_greeting, durations_of(part),
                                        part.manners} {}

  caller_report run(const websocket_dialer& dial, const std::string& url) {
    const auto box = std::make_shared<event_box>();
    caller_pacer pacer;
    const auto client = std::make_shared<audio_client>(
      audio_client_options{}, [box](const client_event& event) { box->put(event); });
    client->connect(dial, url, pacer);
    hang_up_by_ = mono_now() + part_.longest;
    while (!over_) {
      for (const auto& event : box->take(think_every))
        take(event);
      if (over_)
        break;
      listen(client->heard());
      do_what_comes_to_mind(*client);
    }
    if (!client->is_closed())
      client->close(close_code::normal);
    report_.spoken = mind_.spoken();
    return report_;
  }

private:
  void take(const client_event& event) {
    if (watch_)
      watch_(event);
    if (event.type == "started") {
      report_.call = event.call;
      mind_.started(event.at);
    } else if (event.type == "agent_reply") {
      mind_.heard_words(event.text);
    } else if (event.type == "state") {
      mind_.told_state(event.text);
    } else if (event.type == "ended") {
      report_.ended = event.text;
      over_ = true;
    } else if (event.type == "failed" || event.type == "closed"
               || (event.type == "error" && event.fatal)) {
      if (report_.ended.empty())
        report_.failed = event.type + (event.code.empty() ? "" : " " + event.code)
                         + (event.text.empty() ? "" : ": " + event.text);
      over_ = true;
    }
  }

  void listen(const heard_audio& heard) {
    const auto& frames = heard.frames();
    for (; frames_seen_ < frames.size(); ++frames_seen_) {
      const auto& frame = frames[frames_seen_];
      if (audible(heard.pcm().data() + frame.first, frame.samples))
        mind_.heard_sound(frame.at);
    }
  }

  void do_what_comes_to_mind(audio_client& client) {
    const auto now = mono_now();
    const auto act = mind_.act(now);
    if (act.speak)
      client.say(part_.phrases[*act.speak], part_.rate_hz);
    if (!act.gave_up.empty())
      report_.failed = act.gave_up;
    if (act.hang_up && !hung_up_) {
      hung_up_ = true;
      hang_up_by_ = now + farewell_max;
      client.end();
    }
    if (now > hang_up_by_) {
      if (report_.failed.empty())
        report_.failed = "the call did not end in time";
      over_ = true;
    }
  }

  const caller_part& part_;
  const std::function<void(const client_event&)>& watch_;
  caller_mind mind_;
  caller_report report_;
  std::size_t frames_seen_ = 0;
  mono_time hang_up_by_{0};
  bool hung_up_ = false;
  bool over_ = false;
};

} // namespace

caller_report run_synthetic_caller(const websocket_dialer& dial, const std::string& url,
                                   const caller_part& part,
                                   const std::function<void(const client_event&)>& watch) {
  return call_in_progress{part, watch}.run(dial, url);
}

} // namespace unpod

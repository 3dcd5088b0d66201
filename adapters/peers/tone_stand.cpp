#include "adapters/peers/tone_stand.hpp"

#include "adapters/peers/bench_waits.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr const char* agent = "bench";
constexpr const char* key = "bench-key";
constexpr milliseconds register_wait{20'000};

constexpr const char* profiles = R"([[profile]]
name = "tones"
language = "en"
[[profile.stt]]
provider = "deepgram"
model = "nova-3"
[[profile.stt]]
provider = "deepgram@b"
model = "nova-3"
[[profile.tts]]
provider = "cartesia"
model = "sonic-3"
voice = "v"
[[profile.tts]]
provider = "cartesia@b"
model = "sonic-3"
voice = "v"
)";

} // namespace

void tone_seat::see(const client_event& event) {
  const std::lock_guard lock{mutex};
  if (event.type == "started")
    call = event.call;
  else if (event.type == "state" && event.text == "listening")
    quiet_since = event.at;
  else if (event.type == "said_ended")
    said_until.push_back(event.at);
  else if (!leaving && over.empty()
           && (event.type == "ended" || event.type == "failed" || event.type == "closed"))
    over = event.type + " " + event.text;
}

bool tone_seat::is_started() {
  const std::lock_guard lock{mutex};
  return !call.empty();
}

bool tone_seat::is_gone() {
  const std::lock_guard lock{mutex};
  return client->is_closed() || (call.empty() && !over.empty());
}

tone_stand::~tone_stand() {
  for (auto& one : seats_)
    one->client->close(1'000);
  pacer_.reset();
  if (runner_) {
    runner_->stop();
    runner_->wait_closed(farewell_max);
  }
  stand_.reset();
  for (auto& house : houses_)
    house.reset();
}

bool tone_stand::open(const tone_stand_wishes& wishes, std::string& why) {
  wishes_ = wishes;
  stand_wishes stand;
  if (!open_houses(stand.node_settings, why))
    return false;
  stand.node_settings.insert(stand.node_settings.end(), wishes.node_settings.begin(),
                             wishes.node_settings.end());
  stand.calls_max = wishes.calls_max;
  stand.agent = agent;
  stand.voice_profile = "tones";
  stand.profiles = profiles;
  stand_ = bench_stand::open(stand, why);
  pacer_ = std::make_unique<caller_pacer>();
  return stand_ && open_runner(why);
}

bool tone_stand::open_houses(std::vector<std::string>& settings, std::string& why) {
  for (std::size_t n = 0; n < houses_.size(); ++n) {
    simulated_setup setup;
    setup.key = key;
    setup.faults = [this, n](const std::string& service, std::uint64_t connection) {
      return wishes_.faults(n, service, connection);
    };
    houses_[n] = std::make_unique<simulated_providers>(provider_threads_, std::move(setup));
    if (!houses_[n]->start(why))
      return false;
    for (const std::string kind : {"deepgram", "cartesia"}) {
      const auto name = "providers." + kind + (n == 0 ? "" : "@b");
      settings.push_back(name + ".base_url=" + houses_[n]->base_url());
      settings.push_back(name + ".key=" + key);
    }
  }
  return true;
}

websocket_dialer tone_stand::dialer() {
  return [this](dial_options options, dial_callback done) {
    dial_websocket(threads_, std::move(options), std::move(done));
  };
}

bool tone_stand::open_runner(std::string& why) {
  runner_settings runner;
  runner.base_url = stand_->node().url();
  runner.api_key = stand_->node().api_key();
  runner.agent = agent;
  runner.limits.jobs_max = wishes_.calls_max;
  runner.whole_answers = true;
  const auto brains = [this](const call_facts& facts) {
    return std::make_unique<tone_brain>(books_.of(facts.session),
                                        wishes_.seed ^ std::hash<std::string>{}(facts.session));
  };
  runner_ = std::make_unique<runner_client>(
    std::move(runner), brains, dialer(), [this](milliseconds after, std::function<void()> work) {
      threads_.post_after(static_cast<std::size_t>(after.count()), std::move(work));
    });
  runner_->start();
  if (runner_->wait_registered(register_wait))
    return true;
  why = "the runner could not register: " + runner_->why_refused();
  return false;
}

tone_seat& tone_stand::seat(std::size_t utterances, mono_time first) {
  audio_client_options options;
  options.audio = wishes_.codec == "pcm16" ? audio_format{audio_encoding::pcm_s16le, 16'000}
                                           : audio_format{audio_encoding::mulaw, 8'000};
  auto& one = *seats_.emplace_back(std::make_shared<tone_seat>());
  one.client = std::make_shared<audio_client>(
    options, [weak = std::weak_ptr{seats_.back()}](const client_event& event) {
      if (const auto living = weak.lock())
        living->see(event);
    });
  one.caller =
    std::make_unique<failover_caller>(wishes_.seed * 1'000'003 + seated_, utterances, first);
  std::string why;
  if (const auto url = stand_->connect_url(seated_++, why); !url.empty())
    one.client->connect(dialer(), url, *pacer_);
  else
    one.over = why;
  return one;
}

bool tone_stand::attend(tone_seat& one, mono_time now) {
  mono_time quiet{0};
  {
    const std::lock_guard lock{one.mutex};
    if (!one.over.empty())
      return true;
    if (one.call.empty())
      return false;
    if (!one.book)
      one.book = books_.of(one.call);
    quiet = one.quiet_since;
  }
  const auto words = one.caller->next(now, one.book->answers(), quiet);
  std::string text;
  for (const auto& word : words)
    text += word + " ";
  const std::uint32_t rate_hz = wishes_.codec == "pcm16" ? 16'000 : 8'000;
  if (!text.empty())
    one.client->say(tones_of(text, alphabet_, rate_hz), rate_hz);
  return one.caller->is_over();
}

void tone_stand::leave(tone_seat& one) {
  {
    const std::lock_guard lock{one.mutex};
    if (std::exchange(one.leaving, true))
      return;
  }
  one.client->end();
}

void tone_stand::clear() {
  seats_.erase(
    std::remove_if(seats_.begin(), seats_.end(), [](const auto& one) { return one->is_gone(); }),
    seats_.end());
}

} // namespace unpod

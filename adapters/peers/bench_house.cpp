// The node, runners and callers of a bench, and what is read between two moments.
#include "adapters/peers/bench_house.hpp"

#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/sound_search.hpp"
#include "adapters/speech/simulated_speech.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr const char* spoken_phrase = "I would like to know when you are open on sunday";
/// What tones can say: a word a tone.
constexpr const char* counted_phrase = "one two three four five six seven eight";
constexpr std::uint32_t tone_rate_hz = 16'000;
constexpr milliseconds open_every{10}; // between two calls' beginnings
constexpr milliseconds start_wait{20'000}, end_wait{30'000}, warm_wait{20'000};
constexpr milliseconds rest{1'000};              // after the first call
constexpr std::size_t seats_of_a_runner = 1'000; // dispatch_limits::seats_max
constexpr std::size_t findings_max = 5;
constexpr std::size_t progress_width = 48;
constexpr double frames_a_second = 50;

/// Says again what was heard, in words that tones can say, and nothing before it was asked.
class house_brain : public runner_brain {
public:
  std::string greeting() override {
    return {};
  }
  brain_reply answer(const std::string& user_text) override {
    return {"Ninety nine: " + user_text + ".", false, {}};
  }
};

double seconds_of(mono_time span) {
  return to_ms(span) / 1'000;
}

std::string ms_text(milliseconds span) {
  return std::to_string(span.count()) + " ms";
}

void note(std::vector<std::string>& findings, const std::string& words) {
  if (findings.size() < findings_max)
    findings.push_back(words);
}

} // namespace

audio_format bench_format(const std::string& codec) {
  if (codec == "pcmu")
    return {audio_encoding::mulaw, 8'000};
  if (codec == "opus")
    return {audio_encoding::opus, 48'000};
  return {audio_encoding::pcm_s16le, 16'000};
}

figure_row histogram_row(const std::string& before, const std::string& after,
                         const std::string& name) {
  const auto told = histogram_since(histogram_in(before, name), histogram_in(after, name));
  figure_row row;
  for (const auto& [part, p] :
       {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}, std::pair{"p999", 0.999}}) {
    auto value = histogram_quantile(told, p);
    if (value.value)
      *value.value *= 1'000;
    row.emplace_back(part, std::move(value));
  }
  return row;
}

std::unique_ptr<bench_house> bench_house::open(const house_wishes& wishes,
                                               const bench_wishes& common, std::ostream* err,
                                               std::string& why) {
  std::unique_ptr<bench_house> house{new bench_house{wishes, common, err}};
  return house->prepare(why) ? std::move(house) : nullptr;
}

bench_house::~bench_house() {
  for (const auto& runner : runners_) {
    runner->stop();
    runner->wait_closed(farewell_max);
  }
}

bool bench_house::open_stand(std::string& why) {
  stand_wishes stand;
  stand.calls_max = wishes_.calls_max;
  stand.node_settings = common_.node_settings;
  stand.record = wishes_.record;
  stand.voice_profile =
    common_.profile == bench_profile_inside ? simulated_provider_name : common_.profile;
  if (common_.profile == bench_profile_sockets) {
    providers_ = bench_providers::open(common_.provider_tls, why);
    if (!providers_)
      return false;
    const auto& more = providers_->node_settings();
    stand.node_settings.insert(stand.node_settings.end(), more.begin(), more.end());
    stand.voice_profile = bench_providers::node_profile();
  }
  stand_ = bench_stand::open(stand, why);
  return stand_ != nullptr;
}

bool bench_house::prepare(std::string& why) {
  if (!open_stand(why))
    return false;
  threads_ = std::make_unique<net_threads>(1);
  tools_ = make_demo_tools(*threads_);
  phrase_rate_hz_ = tone_rate_hz;
  phrase_ = is_over_sockets() ? tones_of(counted_phrase, tone_alphabet::numbers(), tone_rate_hz)
                              : tools_.speak(spoken_phrase, phrase_rate_hz_);
  phrase_.resize(sound_length(phrase_)); // it ends with its last sound: responses count from there
  if (phrase_.empty()) {
    why = "the callers' voice says nothing";
    return false;
  }
  voice_ = make_bench_voice(bench_format(wishes_.codec), phrase_, phrase_rate_hz_);
  return !wishes_.runners || start_runners(why);
}

bool bench_house::start_runners(std::string& why) {
  for (std::size_t n = 0; n <= wishes_.calls_max / seats_of_a_runner; ++n) {
    runner_settings runner;
    runner.base_url = stand_->node().url();
    runner.api_key = stand_->node().api_key();
    runner.agent = stand_wishes{}.agent;
    runner.limits.jobs_max = seats_of_a_runner;
    runner.think = wishes_.think;
    runner.whole_answers = true; // a voice is asked for a clause: waiting for words is not ours
    runners_.push_back(std::make_unique<runner_client>(
      std::move(runner), [](const call_facts&) { return std::make_unique<house_brain>(); },
      tools_.dial, tools_.later));
    runners_.back()->start();
  }
  for (const auto& runner : runners_)
    if (!runner->wait_registered(start_wait)) {
      why = "the runner could not register: " + runner->why_refused();
      return false;
    }
  return true;
}

bool bench_house::warm_up(std::string& why) {
  progress("warming up");
  const auto one = make_callers();
  const auto url = stand_->connect_url(0, why);
  if (url.empty())
    return false;
  one->add(url, common_.seed, milliseconds{200});
  const bool answered = wait_until(warm_wait, [&] {
    const auto told = one->callers().front();
    if (!told.failed.empty())
      why = "the first call failed: " + told.failed;
    return !why.empty() || (told.tale.turns > 0 && !told.waiting);
  });
  if (!answered && why.empty())
    why = "the first call had no answer";
  end_calls(*one);
  std::this_thread::sleep_for(rest);
  progress("");
  return why.empty();
}

std::unique_ptr<bench_callers> bench_house::make_callers(bool silent) {
  return std::make_unique<bench_callers>(*threads_, tools_.dial, voice_, bench_habits{}, silent);
}

bool bench_house::begin_calls(bench_callers& callers, std::size_t calls,
                              std::vector<std::string>& findings) {
  const auto round = bench_habits{}.turn_every;
  const auto before = callers.figures();
  std::size_t added = 0;
  for (std::size_t n = 0; n < calls; ++n) {
    progress("calls " + std::to_string(n + 1) + " of " + std::to_string(calls));
    const auto next = mono_now() + open_every;
    std::string why;
    if (const auto url = stand_->connect_url(n, why); !url.empty()) {
      const milliseconds turn{static_cast<std::int64_t>(n + 1) * round.count()
                              / static_cast<std::int64_t>(calls)};
      callers.add(url, common_.seed * 1'000'003 + calls_begun_++, turn);
      ++added;
    } else {
      note(findings, why);
    }
    std::this_thread::sleep_for(std::max(next - mono_now(), mono_time{0}));
  }
  const bool settled = wait_until(start_wait, [&] {
    const auto now = callers.figures();
    return now.live + now.failed >= before.live + before.failed + added;
  });
  return settled && added == calls && callers.figures().failed == before.failed;
}

bool bench_house::end_calls(bench_callers& callers) {
  callers.hang_up_all();
  wait_until(end_wait, [&] { return callers.figures().live == 0; });
  return wait_until(end_wait, [this] { return stand_->is_quiet(); });
}

house_reading bench_house::read(const bench_callers& callers) {
  house_reading now;
  now.metrics = stand_->metrics();
  now.callers = callers.figures();
  now.resident_kb = stand_->node().resident_kb();
  now.cpu = read_cpu(stand_->node());
  return now;
}

house_window bench_house::between(const house_reading& from, const house_reading& to) const {
  house_window window;
  window.seconds = seconds_of(to.cpu.at - from.cpu.at);
  window.load = load_between(from.cpu, to.cpu);
  const auto live = static_cast<double>(from.callers.live + to.callers.live) / 2;
  const auto call_seconds = live * window.seconds;
  const std::string no_call = "no call was live in the window";
  if (from.cpu.node && to.cpu.node) {
    const auto spent = seconds_of(*to.cpu.node - *from.cpu.node);
    window.node_cpu_share = figure::of(spent / window.seconds);
    window.cpu_us_per_call_second =
      live > 0 ? figure::of(spent * 1e6 / call_seconds) : figure::none(no_call);
  } else {
    window.node_cpu_share = window.cpu_us_per_call_second =
      figure::none("the node's CPU clock cannot be read");
  }
  const auto grown = [&](const char* name) {
    return metric_in(to.metrics, name).value_or(0) - metric_in(from.metrics, name).value_or(0);
  };
  const auto ticks = grown("unpod_media_ticks_total");
  window.late_ticks_per_million =
    ticks > 0 ? figure::of(1e6 * grown("unpod_media_late_ticks_total") / ticks)
              : figure::none("no tick was counted");
  window.pacing_error_ms =
    histogram_row(from.metrics, to.metrics, "unpod_media_pacing_error_seconds");
  if (live > 0)
    window.load.sent_share = static_cast<double>(to.callers.frames_out - from.callers.frames_out)
                             / (frames_a_second * call_seconds);
  return window;
}

void bench_house::read_ledgers(const std::vector<told_caller>& callers,
                               told_latencies& into) const {
  for (const auto& one : callers) {
    const auto told = one.call.empty() ? std::nullopt : stand_->call(one.call);
    for (const auto& turn : told ? told->transcript : std::vector<told_turn>{}) {
      const auto send = ledger_part(turn.ledger, "send"), speak = ledger_part(turn.ledger, "speak");
      const auto playout = ledger_part(turn.ledger, "playout");
      const auto total = ledger_part(turn.ledger, "total");
      if (send >= 0 && speak >= 0)
        into.text.push_back(send + speak);
      if (playout >= 0)
        into.first_sample.push_back(playout);
      if (total >= 0)
        into.total.push_back(total);
    }
  }
}

void bench_house::pass(const std::string& what, mono_time span) {
  const auto until = mono_now() + span;
  for (auto left = span; left > mono_time{0}; left = until - mono_now()) {
    char text[16];
    std::snprintf(text, sizeof text, ", %.0f s left", seconds_of(left));
    progress(what + text);
    std::this_thread::sleep_for(std::min<mono_time>(left, std::chrono::seconds{1}));
  }
  progress("");
}

void bench_house::progress(const std::string& words) {
  if (err_ != nullptr)
    *err_ << '\r' << words
          << std::string(progress_width - std::min(progress_width, words.size()), ' ')
          << (words.empty() ? "\r" : "") << std::flush;
}

bench_posture bench_house::speech_posture() const {
  if (is_over_sockets()) {
    const auto& pace = providers_->pace();
    return {{"providers", std::string{"Deepgram's and Cartesia's protocols over real WebSockets "}
                            + (common_.provider_tls ? "with TLS" : "without TLS")
                            + ", served by the load process; words are tones"},
            {"hearing", "a final when it is asked for, or " + ms_text(pace.endpointing)
                          + " after the end of speech"},
            {"speaking", "first sound after " + ms_text(pace.first_byte) + ", then "
                           + std::to_string(pace.chunk / pace.chunk_every) + " times real time"}};
  }
  if (common_.profile != bench_profile_inside)
    return {{"providers", "of the profile " + common_.profile}};
  const simulated_knobs knobs;
  return {{"providers", "simulated in the node's process, without sockets or TLS: what those cost "
                        "is not in these figures"},
          {"hearing", "a final " + ms_text(knobs.final_after) + " after the end of speech"},
          {"speaking", "first sound after " + ms_text(knobs.first_byte_after) + ", then "
                         + std::to_string(knobs.speed) + " times real time"}};
}

bench_posture bench_house::posture() const {
  const bench_habits habits;
  bench_posture posture{
    {"codec", wishes_.codec},
    {"recording", wishes_.record ? "on" : "off"},
    {"cores", "shared by node and load"},
    {"callers", "real WebSockets, no TLS; "
                  + ms_text(milliseconds{20} * static_cast<std::int64_t>(voice_.phrase.size()))
                  + " of speech every " + ms_text(habits.turn_every) + ", one turn in "
                  + std::to_string(habits.cut_one_in) + " cuts in"},
    {"runner",
     "bridges from another process than the node's, echo, thinks " + ms_text(wishes_.think)},
    {"seed", std::to_string(common_.seed)},
  };
  const auto speech = speech_posture();
  posture.insert(posture.end(), speech.begin(), speech.end());
  std::string settings;
  for (const auto& pair : common_.node_settings)
    settings += (settings.empty() ? "" : " ") + pair;
  if (!settings.empty())
    posture.emplace_back("node settings", settings);
  return posture;
}

std::string common_words(const bench_wishes& common) {
  auto words = " --profile " + common.profile;
  if (common.profile == bench_profile_sockets)
    words += std::string{" --provider-tls "} + (common.provider_tls ? "on" : "off");
  words += " --seed " + std::to_string(common.seed);
  for (const auto& pair : common.node_settings)
    words += " --set " + pair;
  return words;
}

} // namespace unpod

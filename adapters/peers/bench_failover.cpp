// `unpod bench failover`: calls whose speech providers are killed, and what their callers
// lose by it. Judged by the sound that arrived, not by what anybody claims.
//
//   callers --tones--> node --> recogniser A | B --words--> node --> runner
//   callers <--tones-- node <-- voice A | B <--text-- node <-- runner
//
// One of the four is killed at a random moment, refuses everybody for a while, and comes back;
// then the next one. Of a voice that is killed every other time the sockets stay, and are mute.
#include "adapters/peers/bench_failover_report.hpp"
#include "adapters/peers/bench_program.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/tone_stand.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <iostream>
#include <random>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds open_every{30}; // between two calls' beginnings
constexpr milliseconds start_wait{20'000}, end_wait{30'000}, look_every{10};
constexpr milliseconds kill_least{2'500}, kill_most{3'500}; // between two kills
constexpr milliseconds down_for{1'000};
constexpr std::size_t findings_max = 8;
constexpr double gap_worth_telling = 500; // ms beyond the first byte

/// One of the four that are killed, in the order in which they are.
struct victim {
  const char* service;
  std::size_t house;
};
constexpr std::array<victim, 4> victims{
  {{tone_recogniser, 0}, {tone_voice, 0}, {tone_recogniser, 1}, {tone_voice, 1}}};

/// Frames that came after a player had nothing left, but less than a word later: the machine was
/// late, or a voice was followed by another.
std::size_t late_frames(const heard_audio& ear) {
  std::size_t late = 0;
  mono_time until{0};
  for (const auto& frame : ear.frames()) {
    const auto after = frame.at - until;
    late += until > mono_time{0} && after > player_slack && after < milliseconds{tone_word_ms};
    until = std::max(until, frame.at)
            + std::chrono::nanoseconds{frame.samples * 1'000'000'000 / ear.rate_hz()};
  }
  return late;
}

class failover_bench {
public:
  failover_bench(const failover_bench_wishes& wishes, std::ostream& err)
    : wishes_{wishes}, err_{err}, dice_{wishes.seed} {}

  failover_bench(const failover_bench&) = delete;
  failover_bench& operator=(const failover_bench&) = delete;

  bool open(std::string& why) {
    tone_stand_wishes stand;
    stand.calls_max = wishes_.calls;
    stand.seed = wishes_.seed;
    stand.codec = wishes_.codec;
    stand.node_settings = wishes_.node_settings;
    stand.faults = [this](std::size_t house, const std::string& service, std::uint64_t) {
      return down_[house][service == tone_voice]
               ? provider_fault{provider_fault::kind::refuse_busy, 0, {}}
               : provider_fault{};
    };
    return stand_.open(stand, why);
  }

  failover_report measure() {
    failover_report report;
    report.calls = wishes_.calls;
    report.first_byte_ms = to_ms(simulated_pace{}.first_byte);
    const auto began = mono_now();
    begin_calls(report);
    const auto before = read_cpu(stand_.node().node());
    talk(report);
    report.load = load_between(before, read_cpu(stand_.node().node()));
    report.seconds = to_ms(mono_now() - began) / 1'000;
    hang_up();
    if (!stand_.node().node().is_running())
      find(report, "the node ended while it was measured");
    report.failures = failures_told();
    for (auto& one : stand_.seats())
      judge(*one, report);
    progress("");
    return report;
  }

  bench_frame frame() const;

private:
  void begin_calls(failover_report& report) {
    for (std::size_t n = 0; n < wishes_.calls; ++n) {
      progress("calls " + std::to_string(n + 1) + " of " + std::to_string(wishes_.calls));
      const auto more = n < wishes_.utterances % wishes_.calls ? 1U : 0U;
      stand_.seat(wishes_.utterances / wishes_.calls + more, mono_now() + start_rest());
      std::this_thread::sleep_for(open_every);
    }
    wait_until(start_wait, [this] {
      return std::all_of(stand_.seats().begin(), stand_.seats().end(),
                         [](auto& one) { return one->is_started(); });
    });
    for (auto& one : stand_.seats())
      if (!one->is_started())
        find(report, "a call did not start: " + one->over);
  }

  milliseconds start_rest() {
    return milliseconds{std::uniform_int_distribution<std::int64_t>{500, 6'000}(dice_)};
  }

  /// Until everybody has said everything, or nobody could any more.
  void talk(failover_report& report) {
    const auto longest = (wishes_.utterances / wishes_.calls + 2) * failover_caller::patience;
    const auto until = mono_now() + longest;
    auto next_kill = mono_now() + kill_least;
    for (auto now = mono_now(); now < until; now = mono_now()) {
      bool over = true;
      for (auto& one : stand_.seats())
        over = stand_.attend(*one, now) && over;
      if (over)
        return;
      if (now >= next_kill) {
        kill(now, report);
        next_kill = now
                    + milliseconds{std::uniform_int_distribution<std::int64_t>{
                      kill_least.count(), kill_most.count()}(dice_)};
      }
      if (now >= back_at_)
        for (auto& house : down_)
          for (auto& service : house)
            service = false;
      std::this_thread::sleep_for(look_every);
    }
  }

  void kill(mono_time now, failover_report& report) {
    const auto& who = victims[report.kills % victims.size()];
    const bool is_voice = std::string{who.service} == tone_voice;
    const bool mute = is_voice && std::uniform_int_distribution<int>{0, 1}(dice_) == 0;
    down_[who.house][is_voice ? 1 : 0] = true;
    back_at_ = now + down_for;
    ++report.kills;
    if (is_voice)
      voice_kills_.push_back(now);
    stand_.house(who.house).strike(who.service, mute ? provider_fault::kind::stall
                                                     : provider_fault::kind::close);
    progress("kill " + std::to_string(report.kills) + ": " + who.service);
  }

  void hang_up() {
    progress("hanging up");
    for (auto& one : stand_.seats())
      stand_.leave(*one);
    wait_until(end_wait, [this] {
      return std::all_of(stand_.seats().begin(), stand_.seats().end(),
                         [](auto& one) { return one->is_gone(); });
    });
  }

  void judge(tone_seat& one, failover_report& report) {
    report.utterances += one.caller->utterances();
    report.unanswered += one.caller->unanswered();
    if (!one.over.empty()) {
      ++report.calls_dropped;
      find(report, "call " + one.call + " was dropped: " + one.over);
    }
    if (!one.book)
      return;
    report.turns_split += one.book->splits();
    note_losses(one.caller->said(), one.book->heard(), "a recogniser of call " + one.call,
                report.heard, report);
    const auto ear = one.client->heard();
    const auto came = words_of_sound(ear.frames(), ear.pcm(), ear.rate_hz(), stand_.alphabet());
    std::vector<std::string> said, words;
    std::vector<std::pair<mono_time, std::size_t>> answers;
    for (const auto& answer : one.book->said()) {
      said.insert(said.end(), answer.words.begin(), answer.words.end());
      answers.emplace_back(answer.at, answer.words.size());
    }
    for (const auto& tone : came)
      words.push_back(tone.word);
    note_losses(said, words, "a voice of call " + one.call, report.spoken, report);
    if (said != words)
      find(report, "of that call " + std::to_string(late_frames(ear))
                     + " frames came too late for a player, which cuts the word they are of");
    if (said == words)
      note_silences(one, answers_of(came, answers), report);
  }

  void note_losses(const std::vector<std::string>& said, const std::vector<std::string>& came,
                   const std::string& who, word_losses& into, failover_report& report) {
    const auto losses = compare_words(said, came);
    report.words += said.size();
    into.lost += losses.lost;
    into.doubled += losses.doubled;
    if (losses.lost + losses.doubled > 0)
      find(report, who + " lost " + std::to_string(losses.lost) + " words and doubled "
                     + std::to_string(losses.doubled));
  }

  void note_silences(tone_seat& one, const std::vector<judged_answer>& answers,
                     failover_report& report) {
    for (std::size_t n = 0; n < answers.size(); ++n) {
      const auto& answer = answers[n];
      const auto begins = to_ms(answer.from - answer.asked);
      if (answers.size() == one.said_until.size())
        report.silences_ms.push_back(to_ms(answer.from - one.said_until[n]));
      report.silences_ms.push_back(to_ms(answer.longest));
      const bool hit = std::any_of(voice_kills_.begin(), voice_kills_.end(), [&](mono_time at) {
        return at >= answer.asked && at <= answer.to;
      });
      if (!hit)
        continue;
      ++report.answers_hit;
      const auto gap = std::max(to_ms(answer.longest), begins);
      report.gaps_ms.push_back(gap);
      if (gap > report.first_byte_ms + gap_worth_telling)
        find(report, "call " + one.call + ", answer " + std::to_string(n + 1) + ": began after "
                       + std::to_string(static_cast<int>(begins)) + " ms, longest silence within "
                       + std::to_string(static_cast<int>(to_ms(answer.longest))) + " ms");
    }
  }

  /// Streams that the node's calls have lost, all providers together.
  double failures_told() {
    const auto metrics = stand_.node().metrics();
    const std::string name = "unpod_provider_failures_total{";
    double sum = 0;
    for (std::size_t at = metrics.find(name); at != std::string::npos;
         at = metrics.find(name, at + 1)) {
      const auto value = metrics.find("} ", at);
      if (value != std::string::npos)
        sum += std::strtod(metrics.c_str() + value + 2, nullptr);
    }
    return sum;
  }

  void find(failover_report& report, const std::string& words) {
    if (report.findings.size() < findings_max)
      report.findings.push_back(words);
  }

  void progress(const std::string& words) {
    constexpr std::size_t width = 40;
    if (!wishes_.json)
      err_ << '\r' << words << std::string(width - std::min(width, words.size()), ' ')
           << (words.empty() ? "\r" : "") << std::flush;
  }

  const failover_bench_wishes& wishes_;
  std::ostream& err_;
  std::mt19937_64 dice_;
  std::array<std::array<std::atomic<bool>, 2>, 2> down_{}; // by house: recogniser, voice
  mono_time back_at_ = mono_time::max();
  std::vector<mono_time> voice_kills_;
  tone_stand stand_; // its threads ask `down_`
};

bench_frame failover_bench::frame() const {
  const simulated_pace pace;
  const auto ms = [](milliseconds span) { return std::to_string(span.count()) + " ms"; };
  bench_frame frame;
  frame.posture = {
    {"codec", wishes_.codec},
    {"providers", "two simulated recognisers (Deepgram's protocol) and two voices (Cartesia's) in "
                  "the load process, real WebSockets on loopback, no TLS"},
    {"kills", "one of the four every " + ms(kill_least) + " to " + ms(kill_most)
                + ": recognisers close, voices close or fall mute; new connections refused (429) "
                  "for "
                + ms(down_for)},
    {"hearing", "a final " + ms(pace.endpointing) + " after the last word"},
    {"speaking", "first sound after " + ms(pace.first_byte) + ", then "
                   + std::to_string(pace.chunk.count() / pace.chunk_every.count())
                   + " times real time"},
    {"callers", "real WebSockets, no TLS; " + std::to_string(utterance_words)
                  + " words at a time, each a coded tone"},
    {"runner", "one, in the load process; answers at once with "
                 + std::to_string(answer_words_least) + " to " + std::to_string(answer_words_most)
                 + " words"},
    {"cores", "shared by node and load"},
  };
  frame.command = "unpod bench failover --calls " + std::to_string(wishes_.calls) + " --utterances "
                  + std::to_string(wishes_.utterances) + " --codec " + wishes_.codec + " --seed "
                  + std::to_string(wishes_.seed);
  for (const auto& pair : wishes_.node_settings)
    frame.command += " --set " + pair;
  frame.hardware = describe_hardware();
  return frame;
}

} // namespace

int run_failover_bench_program(const failover_bench_wishes& wishes, std::ostream& out,
                               std::ostream& err) {
  failover_bench bench{wishes, err};
  std::string why;
  if (!bench.open(why)) {
    err << "unpod bench failover: " << why << "\n";
    return 2;
  }
  const auto report = bench.measure();
  if (wishes.json)
    out << failover_json(report, bench.frame(), wishes.seed) << std::endl;
  else
    out << failover_table(report) << posture_text(bench.frame()) << std::flush;
  return report.is_good() ? 0 : 1;
}

} // namespace unpod

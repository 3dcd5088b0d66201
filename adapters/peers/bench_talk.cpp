// `unpod bench talk`: dialogues that are recorded, and the recordings asked how long each
// answer took.
//
//   phrase --cross-correlation--> its last sample, left     answer's first sample, right
//                                 |<------- response ------->|  beside the ledger's total
#include "adapters/media/resampler.hpp"
#include "adapters/peers/bench_dialogue.hpp"
#include "adapters/peers/bench_house.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/coded_tones.hpp"
#include "adapters/peers/sound_search.hpp"
#include "adapters/peers/wav.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_every{20}, record_wait{15'000};
constexpr std::size_t join_ms = 450; // a shorter pause does not part two phrases
constexpr std::size_t near_ms = 60;  // around what energy alone says
/// A phrase that went through µ-law (0.99) or Opus (0.85) is still as like; another is below half.
constexpr double likeness_min = 0.6;
constexpr double off_max_ms = 20; // of the ledger: as recording_limits::ledger_off_max
constexpr std::size_t findings_max = 5;

/// All answers of all calls.
struct talk_figures {
  std::size_t calls_failed = 0, turns = 0, unmatched = 0;
  std::uint64_t words_said = 0, words_read = 0; // where the voice speaks in tones
  std::vector<double> response_ms, ledger_ms, off_ms, off_abs_ms, likeness, caller_ms;
  std::vector<std::string> findings;

  void find(const std::string& words) {
    if (findings.size() < findings_max)
      findings.push_back(words);
  }
};

class talk_bench {
public:
  talk_bench(const talk_bench_wishes& wishes, std::ostream* err) : wishes_{wishes}, err_{err} {}

  bool measure(std::string& why) {
    house_wishes house;
    house.calls_max = wishes_.calls + 1; // one to warm up with may still be leaving
    house.codec = wishes_.codec;
    house.record = true;
    house_ = bench_house::open(house, wishes_.common, err_, why);
    if (!house_ || !house_->warm_up(why))
      return false;
    caller_pacer pacer;
    std::vector<std::unique_ptr<bench_dialogue>> calls;
    for (std::size_t n = 0; n < wishes_.calls; ++n) {
      const auto url = house_->stand().connect_url(n, why);
      if (url.empty())
        return false;
      calls.push_back(std::make_unique<bench_dialogue>(
        house_->tools().dial, pacer, bench_format(wishes_.codec), house_->phrase(),
        house_->phrase_rate_hz(), wishes_.turns));
      calls.back()->begin(url, mono_now());
      std::this_thread::sleep_for(look_every * 3); // nobody in step with another
    }
    perform(calls);
    for (const auto& call : calls)
      judge(call->tale());
    house_->progress("");
    return true;
  }

  bench_sheet sheet() const {
    const std::string why = "no answer was found in a recording";
    bench_sheet sheet;
    sheet.count("calls", "calls", wishes_.calls)
      .count("calls_failed", "  failed", told_.calls_failed)
      .count("turns", "answers found in recordings", told_.turns)
      .count("turns_unmatched", "  the ledger has no such turn", told_.unmatched)
      .row("response_ms", "response, from the samples", spread_row(told_.response_ms, why), "ms")
      .row("ledger_ms", "  the ledger's total", spread_row(told_.ledger_ms, why), "ms")
      .row("ledger_off_ms", "  off by", spread_row(told_.off_abs_ms, why), "ms")
      .one("ledger_bias_ms", "  on average", mean(told_.off_ms), "ms, ledger minus samples")
      .row("caller_response_ms", "the same at the caller's socket",
           spread_row(told_.caller_ms, why), "ms")
      .one("likeness_min", "phrase found, likeness at least",
           told_.likeness.empty()
             ? figure::none(why)
             : figure::of(*std::min_element(told_.likeness.begin(), told_.likeness.end())),
           "of 1")
      .count("agent_words", "words the agent was to say", told_.words_said,
             house_->is_over_sockets() ? "" : "not in tones: not read")
      .count("agent_words_read", "  read in its channel", told_.words_read)
      .findings(told_.findings);
    return sheet;
  }

  bench_frame frame() const {
    bench_frame frame;
    frame.posture = house_->posture();
    frame.posture.emplace_back("truth", "the node's stereo recording: the phrase by "
                                        "cross-correlation, the answer by its first sample");
    frame.command = "unpod bench talk --calls " + std::to_string(wishes_.calls) + " --turns "
                    + std::to_string(wishes_.turns) + " --codec " + wishes_.codec
                    + common_words(wishes_.common);
    frame.hardware = describe_hardware();
    return frame;
  }

  bool well() const {
    return told_.calls_failed + told_.unmatched == 0 && told_.turns == wishes_.calls * wishes_.turns
           && std::all_of(told_.off_abs_ms.begin(), told_.off_abs_ms.end(),
                          [](double off) { return off <= off_max_ms; });
  }

private:
  static figure mean(const std::vector<double>& values) {
    double sum = 0;
    for (const auto value : values)
      sum += value;
    return values.empty() ? figure::none("there is nothing to compare")
                          : figure::of(sum / static_cast<double>(values.size()));
  }

  void perform(const std::vector<std::unique_ptr<bench_dialogue>>& calls) {
    for (bool all_over = false; !all_over;) {
      all_over = true;
      std::size_t turns = 0;
      for (const auto& call : calls) {
        all_over = call->go_on(mono_now()) && all_over;
        turns += call->tale().turns.size();
      }
      house_->progress("turns " + std::to_string(turns) + " of "
                       + std::to_string(wishes_.calls * wishes_.turns));
      std::this_thread::sleep_for(look_every);
    }
  }

  void judge(const dialogue_tale& tale) {
    for (const auto& turn : tale.turns)
      told_.caller_ms.push_back(to_ms(turn.first_heard - turn.said));
    if (!tale.failed.empty() || tale.call.empty()) {
      ++told_.calls_failed;
      return told_.find(tale.failed);
    }
    std::optional<told_call> record;
    const auto path = [&] {
      return house_->stand().folder() + "/recordings/"
             + (record->recording.empty() ? tale.call + ".wav" : record->recording);
    };
    const bool there = wait_until(record_wait, [&] {
      record = house_->stand().call(tale.call);
      return record && record->status == "completed" && is_complete_wav(path());
    });
    std::string why = "the call's record is not complete";
    const auto audio = there ? read_wav_file(path(), why) : std::nullopt;
    if (!audio) {
      ++told_.calls_failed;
      return told_.find(why);
    }
    compare(*audio, *record);
  }

  void compare(const wav_audio& audio, const told_call& record) {
    std::vector<double> totals;
    for (const auto& turn : record.transcript)
      if (const auto total = ledger_part(turn.ledger, "total"); total >= 0)
        totals.push_back(total);
    if (house_->is_over_sockets())
      read_words(audio, record);
    const auto responses = measure_responses(audio);
    told_.turns += responses.size();
    told_.unmatched += responses.size() > totals.size() ? responses.size() - totals.size() : 0;
    for (std::size_t n = 0; n < std::min(totals.size(), responses.size()); ++n) {
      told_.ledger_ms.push_back(totals[n]);
      told_.off_ms.push_back(totals[n] - responses[n]);
      told_.off_abs_ms.push_back(std::abs(totals[n] - responses[n]));
      if (told_.off_abs_ms.back() > off_max_ms)
        told_.find("an answer came after " + std::to_string(responses[n])
                   + " ms, and the ledger says " + std::to_string(totals[n]));
    }
  }

  /// The agent's words, decoded from the samples of its channel alone, beside the transcript.
  void read_words(const wav_audio& audio, const told_call& record) {
    const auto alphabet = tone_alphabet::numbers();
    std::vector<std::string> said, read;
    for (const auto& turn : record.transcript)
      if (turn.role == "agent")
        for (auto& word : plain_words(turn.content))
          said.push_back(std::move(word));
    tone_reader reader{audio.rate_hz};
    std::vector<heard_tone> tones;
    reader.feed(audio.right.data(), audio.right.size(), tones);
    reader.finish(tones);
    for (const auto& tone : tones)
      if (tone.whole && static_cast<std::size_t>(tone.code) < alphabet.size())
        read.push_back(alphabet.word_of(tone.code));
    told_.words_said += said.size();
    told_.words_read += said == read ? said.size() : std::min(said.size() - 1, read.size());
    if (said != read)
      told_.find("the agent's channel says other words than the transcript");
  }

  /// Response times of one recording, ms, in order.
  std::vector<double> measure_responses(const wav_audio& audio) {
    pcm_samples phrase;
    resampler to_rate{house_->phrase_rate_hz(), audio.rate_hz, resampler::timing::aligned};
    to_rate.push(house_->phrase().data(), house_->phrase().size(), phrase);
    to_rate.finish(phrase);
    const auto agent = speech_spans(audio.right, audio.rate_hz, join_ms);
    const auto near = near_ms * audio.rate_hz / 1'000;
    std::vector<double> responses;
    for (const auto& span : speech_spans(audio.left, audio.rate_hz, join_ms)) {
      const auto found =
        find_sound(audio.left, phrase, span.from - std::min(span.from, near), span.from + near);
      told_.likeness.push_back(found.likeness);
      if (found.likeness < likeness_min) {
        told_.find("what the caller's channel holds is not what was said");
        continue;
      }
      const auto over = found.at + sound_length(phrase);
      const auto answer = std::find_if(agent.begin(), agent.end(),
                                       [over](const auto& one) { return one.from >= over; });
      if (answer == agent.end()) {
        told_.find("a phrase has no answer in the recording");
        continue;
      }
      const auto first = first_sample_of(audio.right, audio.rate_hz, answer->from);
      responses.push_back(1'000.0 * static_cast<double>(first - std::min(first, over))
                          / audio.rate_hz);
      told_.response_ms.push_back(responses.back());
    }
    return responses;
  }

  const talk_bench_wishes& wishes_;
  std::ostream* err_;
  std::unique_ptr<bench_house> house_;
  talk_figures told_;
};

} // namespace

int run_talk_bench_program(const talk_bench_wishes& wishes, std::ostream& out, std::ostream& err) {
  talk_bench bench{wishes, wishes.common.outlets.json ? nullptr : &err};
  std::string why;
  if (!bench.measure(why)
      || !publish("talk", bench.sheet(), bench.frame(), {}, wishes.common.outlets, out, why)) {
    err << "unpod bench talk: " << why << "\n";
    return 2;
  }
  return bench.well() ? 0 : 1;
}

} // namespace unpod

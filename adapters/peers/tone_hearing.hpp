// What a simulated recogniser understood: tones to words, words to an utterance, silence to
// its end. Each provider's link puts it into its own words. Pure: time is samples.
//
//   words ... partial every so often ... silence of `endpointing`, or finish() --> utterance
#pragma once

#include "adapters/peers/coded_tones.hpp"

#include <functional>
#include <utility>

namespace unpod {

struct tone_word {
  std::string text;
  double from_s = 0, to_s = 0;
};

class tone_hearing {
public:
  struct segment {
    std::vector<tone_word> words;
    double from_s = 0, to_s = 0;

    std::string text() const {
      std::string all;
      for (const auto& word : words)
        all += (all.empty() ? "" : " ") + word.text;
      return all;
    }
  };

  /// `partial` gets what is there so far, `over` what an utterance was.
  tone_hearing(const tone_alphabet& alphabet, std::uint32_t rate_hz, double endpointing_s,
               double partial_every_s)
    : alphabet_(alphabet), rate_hz_(rate_hz), reader_(rate_hz), endpointing_s_(endpointing_s),
      partial_every_s_(partial_every_s) {}

  std::function<void(const segment&)> partial, over;

  void feed(const std::vector<std::int16_t>& pcm) {
    tones_.clear();
    reader_.feed(pcm.data(), pcm.size(), tones_);
    learn();
    const double now = seconds_of(reader_.fed());
    if (!open_.words.empty() && seconds_of(reader_.idle_samples()) >= endpointing_s_)
      return end(now);
    if (!open_.words.empty() && now - told_at_ >= partial_every_s_
        && open_.words.size() > told_words_) {
      told_at_ = now;
      told_words_ = open_.words.size();
      open_.to_s = now;
      partial(open_);
    }
  }

  /// Whatever is there is an utterance now; one without words, too.
  void finish() {
    tones_.clear();
    reader_.finish(tones_);
    learn();
    end(seconds_of(reader_.fed()));
  }

  double heard_s() const {
    return seconds_of(reader_.fed());
  }

private:
  double seconds_of(std::uint64_t samples) const {
    return static_cast<double>(samples) / rate_hz_;
  }
  void learn() {
    for (const auto& tone : tones_)
      if (tone.whole && static_cast<std::size_t>(tone.code) < alphabet_.size())
        open_.words.push_back(
          {alphabet_.word_of(tone.code), seconds_of(tone.from), seconds_of(tone.to)});
  }
  void end(double now) {
    open_.to_s = now;
    const auto whole = std::exchange(open_, {});
    open_.from_s = now;
    told_words_ = 0;
    over(whole);
  }

  const tone_alphabet& alphabet_;
  std::uint32_t rate_hz_;
  tone_reader reader_;
  double endpointing_s_, partial_every_s_;
  std::vector<heard_tone> tones_;
  segment open_;
  double told_at_ = 0;
  std::size_t told_words_ = 0;
};

} // namespace unpod

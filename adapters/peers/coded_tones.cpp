#include "adapters/peers/coded_tones.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace unpod {

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr int steps = 6;
/// Hz: first tone and step of each band; multiples of 50 do not disturb each other in 20 ms.
struct band {
  int first, step;
};
constexpr std::array<band, 3> bands{{{700, 100}, {1'400, 150}, {2'400, 150}}};
constexpr int buzz_hz = 100, buzz_overtones = 5;
/// of a 16 bit sample: each tone of the chord, the buzz's first, and what counts as sound.
constexpr double tone_level = 3'500, buzz_level = 5'000, level_min = 600;
/// times. A band's strongest tone stands out by so much, in power.
constexpr double clear_by = 6;
/// frames of 20 ms, every 10 ms. 9: half of a word; a shorter one was cut.
constexpr std::size_t frames_min = 9;
/// ms of a chord's rise and fall.
constexpr double ramp_ms = 4;

int tone_hz(std::size_t which, int step) {
  return bands[which].first + bands[which].step * step;
}

std::array<int, 3> steps_of(int code) {
  return {code % steps, code / steps % steps, code / (steps * steps) % steps};
}

/// Power of one tone in a frame.
double power_at(const std::int16_t* frame, std::size_t samples, int hz, std::uint32_t rate_hz) {
  const double factor = 2 * std::cos(2 * pi * hz / rate_hz);
  double before = 0, last = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const double now = frame[i] + factor * last - before;
    before = last;
    last = now;
  }
  const double size = static_cast<double>(samples) / 2;
  return (last * last + before * before - factor * last * before) / (size * size);
}

} // namespace

tone_alphabet::tone_alphabet(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (words_.size() == tone_words_max)
      break;
    if (codes_.emplace(word, static_cast<int>(words_.size())).second)
      words_.push_back(word);
  }
}

tone_alphabet tone_alphabet::numbers() {
  static const char* const ones[] = {"",        "one",     "two",       "three",    "four",
                                     "five",    "six",     "seven",     "eight",    "nine",
                                     "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                     "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static const char* const tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                     "fifty", "sixty", "seventy", "eighty", "ninety"};
  std::vector<std::string> words;
  for (int n = 1; n < 100; ++n)
    words.push_back(n < 20 ? ones[n] : std::string{tens[n / 10]} + ones[n % 10]);
  return tone_alphabet{words};
}

int tone_alphabet::code_of(std::string_view word) const {
  const auto found = codes_.find(word);
  return found == codes_.end() ? -1 : found->second;
}

std::vector<std::int16_t> tone_of(int code, std::uint32_t rate_hz) {
  std::vector<std::int16_t> pcm((tone_word_ms + tone_gap_ms) * rate_hz / 1'000);
  const std::size_t sounding = tone_word_ms * rate_hz / 1'000;
  const auto chord = steps_of(code);
  for (std::size_t i = 0; i < sounding; ++i) {
    const double time = static_cast<double>(i) / rate_hz;
    double sound = 0;
    for (std::size_t which = 0; which < bands.size(); ++which)
      sound += tone_level * std::sin(2 * pi * tone_hz(which, chord[which]) * time);
    for (int overtone = 1; overtone <= buzz_overtones; ++overtone)
      sound += buzz_level / overtone * std::sin(2 * pi * buzz_hz * overtone * time + overtone);
    const double left = static_cast<double>(sounding - i) / rate_hz;
    const double ramp = std::min({1.0, time * 1'000 / ramp_ms, left * 1'000 / ramp_ms});
    pcm[i] = static_cast<std::int16_t>(std::clamp(sound * ramp, -32'000.0, 32'000.0));
  }
  return pcm;
}

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : std::string{text} + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isspace(byte) != 0) {
      if (!word.empty())
        words.push_back(std::exchange(word, {}));
    } else if (std::isalnum(byte) != 0 || byte >= 0x80 || c == '\'') {
      word += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    }
  }
  return words;
}

std::vector<std::int16_t> tones_of(std::string_view text, const tone_alphabet& alphabet,
                                   std::uint32_t rate_hz) {
  std::vector<std::int16_t> pcm;
  for (const auto& word : plain_words(text)) {
    const auto code = alphabet.code_of(word);
    auto sound = code < 0 ? std::vector<std::int16_t>((tone_word_ms + tone_gap_ms) * rate_hz / 1000)
                          : tone_of(code, rate_hz);
    pcm.insert(pcm.end(), sound.begin(), sound.end());
  }
  return pcm;
}

tone_reader::tone_reader(std::uint32_t rate_hz)
  : rate_hz_(rate_hz), frame_(rate_hz / 50), hop_(rate_hz / 100) {}

void tone_reader::feed(const std::int16_t* pcm, std::size_t samples, std::vector<heard_tone>& out) {
  waiting_.insert(waiting_.end(), pcm, pcm + samples);
  fed_ += samples;
  std::size_t at = 0;
  for (; at + frame_ <= waiting_.size(); at += hop_) {
    note(look(waiting_.data() + at), out);
    looked_ += hop_;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(at));
}

void tone_reader::finish(std::vector<heard_tone>& out) {
  note(-1, out);
}

/// The chord of a frame; -1: none, or none for sure.
int tone_reader::look(const std::int16_t* frame) const {
  int code = 0, weight = 1;
  for (std::size_t which = 0; which < bands.size(); ++which, weight *= steps) {
    double best = 0, next = 0;
    int strongest = 0;
    for (int step = 0; step < steps; ++step) {
      const double power = power_at(frame, frame_, tone_hz(which, step), rate_hz_);
      if (power > best) {
        next = std::exchange(best, power);
        strongest = step;
      } else {
        next = std::max(next, power);
      }
    }
    if (best < level_min * level_min || best < clear_by * next)
      return -1;
    code += strongest * weight;
  }
  return code;
}

void tone_reader::note(int code, std::vector<heard_tone>& out) {
  if (code == code_) {
    ++frames_;
  } else {
    if (code_ >= 0)
      out.push_back({code_, from_, looked_ + hop_, frames_ >= frames_min});
    code_ = code;
    from_ = looked_;
    frames_ = 1;
  }
  idle_ = code_ < 0 ? looked_ + hop_ - from_ : 0;
}

} // namespace unpod

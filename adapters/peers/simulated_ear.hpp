// What all simulated recognisers do alike: bytes to samples, samples to words. What a
// protocol adds is how it puts them.
//
//   hear(bytes) -> tones -> heard(so far) ... heard(utterance, over)     finish() -> over, asked
#pragma once

#include "adapters/http/route_path.hpp"
#include "adapters/json/json.hpp"
#include "adapters/media/g711.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/peers/tone_hearing.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <vector>

namespace unpod {

struct wire_format {
  std::uint32_t rate_hz = 16'000;
  bool mulaw = false;
};

/// Of a query like `…encoding=mulaw&sample_rate=8000`, as most of them write it.
inline wire_format format_of(const query_arguments& query) {
  wire_format format;
  const auto text = query.find("sample_rate").value_or("16000");
  std::from_chars(text.data(), text.data() + text.size(), format.rate_hz);
  if (format.rate_hz < 8'000 || format.rate_hz > 48'000)
    format.rate_hz = 16'000;
  format.mulaw = query.find("encoding").value_or("").find("mulaw") != std::string_view::npos;
  return format;
}

class simulated_ear : public simulated_link {
public:
  using segment = tone_hearing::segment;

  simulated_ear(simulated_house& house, provider_fault fault) : simulated_link(house, fault) {}

protected:
  /// s of silence that nobody waits for: only finish() ends an utterance.
  static constexpr double never = std::numeric_limits<double>::max();

  /// What is there so far, or the utterance; `asked`: finish() ended it. Under the lock.
  virtual void heard(const segment& what, bool over, bool asked) = 0;

  double usual_endpointing() const {
    return static_cast<double>(house_.setup.pace.endpointing.count()) / 1'000;
  }

  void expect(wire_format format, double endpointing_s) {
    format_ = format;
    hearing_.emplace(house_.setup.alphabet, format.rate_hz, endpointing_s,
                     static_cast<double>(house_.setup.pace.partial_every.count()) / 1'000);
    hearing_->partial = [this](const segment& so_far) { heard(so_far, false, false); };
    hearing_->over = [this](const segment& whole) { heard(whole, true, asked_); };
  }
  void hear(std::string_view bytes) {
    if (!hearing_)
      return;
    std::vector<std::int16_t> pcm(format_.mulaw ? bytes.size() : bytes.size() / 2);
    if (format_.mulaw)
      mulaw_decode(bytes.data(), bytes.size(), pcm.data());
    else
      for (std::size_t i = 0; i < pcm.size(); ++i)
        pcm[i] = static_cast<std::int16_t>(static_cast<unsigned char>(bytes[2 * i])
                                           | static_cast<unsigned char>(bytes[2 * i + 1]) << 8);
    hearing_->feed(pcm);
  }
  void finish() {
    asked_ = true;
    if (hearing_)
      hearing_->finish();
    asked_ = false;
  }
  double heard_s() const {
    return hearing_ ? hearing_->heard_s() : 0;
  }
  const wire_format& format() const {
    return format_;
  }

  void take_binary(std::string_view bytes) override {
    const std::lock_guard lock{mutex_};
    hear(bytes);
  }

  /// `[{"<name>":…,"start":…,"end":…,"confidence":1.0}…]`, times in this many to a second.
  static void put_words(json::writer& out, const std::vector<tone_word>& words, const char* name,
                        double per_s = 1) {
    out.array();
    for (const auto& word : words)
      out.object()
        .field(name, word.text)
        .field("start", word.from_s * per_s)
        .field("end", word.to_s * per_s)
        .field("confidence", 1.0)
        .end();
    out.end();
  }

private:
  wire_format format_;
  std::optional<tone_hearing> hearing_;
  bool asked_ = false;
};

} // namespace unpod

// The demo's real tools: WebSocket++ on net threads, a second voice, a judge's ear.
#include "adapters/peers/demo.hpp"

#include "adapters/speech/recognise.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace unpod {

namespace {

constexpr const char* caller_voice =
  "rms"; // another than the agent's, so that nobody hears himself

/// The phrase without the quiet around it and the hiss that this voice ends in: when a
/// caller's last sound was must be beyond dispute, since latency is counted from there.
pcm_samples clean_phrase(const pcm_samples& pcm, std::uint32_t rate_hz) {
  constexpr double end_level = 0.06; // of the loud parts: 24 dB below them
  const auto spans = speech_spans(pcm, rate_hz, 1'000, end_level);
  if (spans.empty())
    return {};
  pcm_samples phrase{pcm.begin() + static_cast<std::ptrdiff_t>(spans.front().from),
                     pcm.begin() + static_cast<std::ptrdiff_t>(spans.back().to)};
  const std::size_t fade = std::min<std::size_t>(rate_hz / 200, phrase.size()); // 5 ms: no click
  for (std::size_t n = 0; n < fade; ++n) {
    auto& sample = phrase[phrase.size() - 1 - n];
    sample = static_cast<std::int16_t>(sample * static_cast<long>(n) / static_cast<long>(fade));
  }
  return phrase;
}

} // namespace

demo_tools make_demo_tools(net_threads& threads) {
  demo_tools tools;
  tools.dial = [&threads](dial_options options, dial_callback done) {
    dial_websocket(threads, std::move(options), std::move(done));
  };
  tools.later = [&threads](std::chrono::milliseconds after, std::function<void()> work) {
    threads.post_after(static_cast<std::size_t>(after.count()), std::move(work));
  };
  tools.speak = [](const std::string& text, std::uint32_t& rate_hz) {
    auto sound = synthesise(text, caller_voice);
    rate_hz = sound.rate_hz;
    return clean_phrase(sound.pcm, rate_hz);
  };
  const speech_limits bounds;
  const auto pool = std::make_shared<decoder_pool>(speech_model{}, bounds, 1);
  tools.recognise = [pool, bounds](const pcm_samples& pcm, std::uint32_t rate_hz,
                                   const std::string& grammar) {
    auto heard = recognise(*pool, pcm, rate_hz, grammar, bounds);
    return recognised_words{std::move(heard.text), std::move(heard.trouble)};
  };
  return tools;
}

} // namespace unpod

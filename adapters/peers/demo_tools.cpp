// The demo's real tools: WebSocket++ on net threads, a second voice, a judge's ear.
#include "adapters/peers/demo.hpp"

#include "adapters/speech/recognise.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <memory>
#include <utility>

namespace unpod {

namespace {

constexpr const char* caller_voice = "rms"; // another than the agent's, so that nobody hears himself

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
    return std::move(sound.pcm);
  };
  const speech_limits bounds;
  const auto pool = std::make_shared<decoder_pool>(speech_model{}, bounds, 1);
  tools.recognise = [pool, bounds](const pcm_samples& pcm, std::uint32_t rate_hz,
                                   const std::string& grammar) {
    auto heard = recognise(*pool, pcm, rate_hz, grammar, bounds);
    return heard_words{std::move(heard.text), std::move(heard.trouble)};
  };
  return tools;
}

} // namespace unpod

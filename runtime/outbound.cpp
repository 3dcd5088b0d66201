#include "runtime/outbound.hpp"

#include "adapters/speech/recognise.hpp"
#include "adapters/zones/time_zones.hpp"

#include <utility>

namespace unpod {

namespace {

/// Another voice than an agent has by default, so that a recording tells them apart.
constexpr auto callee_voice_name = "rms";

} // namespace

voice_maker make_callee_voices(embedded_speech_ptr speech) {
  const auto lane = speech->threads().open_lane(urgency::steady);
  return [lane](std::vector<std::string> phrases,
                std::function<void(std::shared_ptr<const callee_voice>)> done) {
    const auto shared = std::make_shared<decltype(done)>(std::move(done));
    const bool taken = lane->post([phrases = std::move(phrases), shared] {
      auto voice = std::make_shared<callee_voice>();
      for (const auto& phrase : phrases) {
        auto said = synthesise(phrase, callee_voice_name);
        voice->rate_hz = said.rate_hz > 0 ? said.rate_hz : voice->rate_hz;
        voice->phrases.push_back(std::move(said.pcm));
      }
      (*shared)(std::move(voice));
    });
    if (!taken)
      (*shared)(nullptr);
  };
}

loopback_house loopback_of(const services& house, media_engine* engine,
                           const embedded_speech_ptr& speech, const limits& bounds) {
  loopback_house made;
  made.house = house;
  made.engine = engine;
  made.pacer = std::make_shared<caller_pacer>();
  made.make_voice = make_callee_voices(speech);
  made.bounds = bounds;
  return made;
}

call_queue_setup call_queue_of(const call_kit& kit, std::shared_ptr<queue_figures> figures) {
  call_queue_setup made;
  made.bounds = kit.bounds.queue;
  made.house = kit.house;
  made.reader = kit.reader;
  made.wall = wall_now;
  made.zones = system_zones();
  made.figures = std::move(figures);
  made.webhooks = kit.bounds.webhooks;
  made.new_id = kit.new_id;
  made.events = kit.events;
  return made;
}

} // namespace unpod

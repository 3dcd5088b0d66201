// A Vosk server as a client meets it (speech/vosk_stt.cpp is the other side).
//
//   config; audio -> partial ... result; {"eof":1} -> result, close 1000
#include "adapters/peers/simulated_ear.hpp"

namespace unpod {

namespace {

class simulated_vosk : public simulated_ear {
public:
  simulated_vosk(simulated_house& house, provider_fault fault) : simulated_ear(house, fault) {
    expect({}, usual_endpointing());
  }

private:
  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    if (!frame || !frame->IsObject())
      return;
    if (const auto* config = json::member(*frame, "config")) {
      const auto rate = json::whole(*config, "sample_rate").value_or(16'000);
      expect({static_cast<std::uint32_t>(std::clamp<std::int64_t>(rate, 8'000, 48'000)), false},
             usual_endpointing());
    }
    if (!json::whole(*frame, "eof"))
      return;
    finish();
    hang_up();
  }

  void heard(const segment& what, bool over, bool) override {
    json::writer out;
    if (!over)
      return say(out.object().field("partial", what.text()).end().str());
    out.object();
    if (!what.words.empty()) {
      out.key("result").array();
      for (const auto& word : what.words)
        out.object()
          .field("conf", 1.0)
          .field("start", word.from_s)
          .field("end", word.to_s)
          .field("word", word.text)
          .end();
      out.end();
    }
    say(out.field("text", what.text()).end().str());
  }
};

} // namespace

simulated_link_ptr make_simulated_vosk_stt(simulated_house& house, provider_fault fault,
                                           const http_request&) {
  return std::make_shared<simulated_vosk>(house, fault);
}

} // namespace unpod

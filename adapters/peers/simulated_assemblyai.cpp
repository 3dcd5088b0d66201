// AssemblyAI's recogniser, v3, as a client meets it (speech/assemblyai_stt.cpp is the other
// side).
//
//   Begin; audio of 50 to 1,000 ms -> Turn ... Turn (end_of_turn), and once more if it is to be
//   formatted; ForceEndpoint; Terminate -> Termination, close 1000
#include "adapters/peers/simulated_ear.hpp"

namespace unpod {

namespace {

/// ms of one message's audio; a half of one more is forgiven.
constexpr double message_ms_min = 49.5, message_ms_max = 1'000.5;

class simulated_assemblyai : public simulated_ear {
public:
  simulated_assemblyai(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_ear(house, fault), formatted_(query.find("format_turns") == "true") {
    expect(format_of(query), usual_endpointing());
  }

private:
  void opened() override {
    say(R"({"type":"Begin","id":"00000000-0000-4000-8000-000000000000","expires_at":4102444800})");
  }

  void take_binary(std::string_view bytes) override {
    const std::lock_guard lock{mutex_};
    const auto bytes_a_s = format().rate_hz * (format().mulaw ? 1.0 : 2.0);
    const auto ms = static_cast<double>(bytes.size()) * 1'000 / bytes_a_s;
    if (ms < message_ms_min || ms > message_ms_max) {
      say(R"({"type":"Error","error_code":3007,"error":"Input duration violation"})");
      return hang_up(3'007, "Input duration violation");
    }
    hear(bytes);
  }

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    const auto type = frame ? json::text(*frame, "type").value_or("") : "";
    if (type == "ForceEndpoint" || type == "Terminate")
      finish();
    if (type != "Terminate")
      return;
    json::writer out;
    out.object().field("type", "Termination").field("audio_duration_seconds", heard_s());
    say(out.field("session_duration_seconds", heard_s()).end().str());
    hang_up();
  }

  void heard(const segment& what, bool over, bool) override {
    if (what.words.empty())
      return;
    tell(what, over, false);
    if (over && formatted_)
      tell(what, true, true);
    turn_ += over ? 1 : 0;
  }

  void tell(const segment& what, bool over, bool formatted) {
    json::writer out;
    out.object()
      .field("type", "Turn")
      .field("turn_order", turn_)
      .field("turn_is_formatted", formatted)
      .field("end_of_turn", over)
      .field("transcript", what.text())
      .field("utterance", over ? what.text() : "")
      .field("end_of_turn_confidence", over ? 0.9 : 0.1)
      .key("words")
      .array();
    for (const auto& word : what.words)
      out.object()
        .field("text", word.text)
        .field("start", static_cast<std::int64_t>(word.from_s * 1'000))
        .field("end", static_cast<std::int64_t>(word.to_s * 1'000))
        .field("confidence", 1.0)
        .field("word_is_final", true)
        .end();
    say(out.end().end().str());
  }

  const bool formatted_;
  std::uint64_t turn_ = 0;
};

} // namespace

simulated_link_ptr make_simulated_assemblyai_stt(simulated_house& house, provider_fault fault,
                                                 const http_request& request) {
  return std::make_shared<simulated_assemblyai>(
    house, fault, parse_query(request.query).value_or(query_arguments{}));
}

} // namespace unpod

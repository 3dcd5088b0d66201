// Cartesia as a client meets it (speech/cartesia_tts.cpp and cartesia_stt.cpp are the other
// side).
//
//   voice    request ... -> [first byte] -> chunk, timestamps ... done    cancel -> nothing more
//   manual   audio -> transcript (delta) ... `finalize` -> transcript (is_final), flush_done;
//            `close` or `done` -> the same, done, close 1000
//   turns    connected; audio -> turn.start, turn.update ... turn.eager_end, turn.end
#include "adapters/peers/simulated_mouth.hpp"
#include "adapters/speech/base64.hpp"

namespace unpod {

namespace {

/// contexts of one connection. 64: "dozens".
constexpr std::size_t contexts_max = 64;

class simulated_cartesia_tts : public simulated_mouth {
public:
  simulated_cartesia_tts(simulated_house& house, provider_fault fault)
    : simulated_mouth(house, fault, order::together) {}

private:
  void take_binary(std::string_view) override {}

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 8, why);
    const auto id = frame ? json::text(*frame, "context_id").value_or("") : "";
    if (id.empty())
      return say(R"({"type":"error","status_code":400,"done":true,"title":"Invalid request",)"
                 R"("message":"context_id is missing"})");
    if (json::flag(*frame, "cancel").value_or(false)) {
      drop(id);
      return;
    }
    if (speeches() >= contexts_max)
      return refuse(id, 429, "Too many contexts");
    const auto* wished = json::member(*frame, "output_format");
    const auto* voice = json::member(*frame, "voice");
    if (!wished || !voice || !json::member(*frame, "model_id"))
      return refuse(id, 400, "Invalid request");
    wire_format format;
    format.rate_hz = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(json::whole(*wished, "sample_rate").value_or(0), 8'000, 48'000));
    format.mulaw = json::text(*wished, "encoding") == "pcm_mulaw";
    speak(id, json::text(*frame, "transcript").value_or(""), format,
          json::flag(*frame, "continue").value_or(false));
    if (json::flag(*frame, "flush").value_or(false)) {
      json::writer out;
      event(out, "flush_done", id, 206).field("done", false).field("flush_done", true);
      say(out.field("flush_id", 1).end().str());
    }
  }

  void refuse(const std::string& id, int status, const char* title) {
    json::writer out;
    event(out, "error", id, status).field("done", true).field("title", title);
    say(out.field("message", "it has its reasons").field("error_code", "refused").end().str());
  }

  void give(const std::string& id, const tone_speech& one, std::size_t from,
            std::string bytes) override {
    json::writer out;
    event(out, "chunk", id, 206).field("data", base64_encoded(bytes)).field("step_time", 1.0);
    say(out.field("done", false).end().str());
    tell_words(id, one, one.ms_at(from), one.ms_at(one.given));
  }

  /// A word's times come with the chunk that holds its end.
  void tell_words(const std::string& id, const tone_speech& one, std::uint32_t from_ms,
                  std::uint32_t to_ms) {
    std::vector<tone_token> ended;
    for (const auto& token : one.tokens)
      if (token.to_ms > from_ms && token.to_ms <= to_ms)
        ended.push_back(token);
    if (ended.empty())
      return;
    json::writer out;
    event(out, "timestamps", id, 206).field("done", false).key("word_timestamps").object();
    out.key("words").array();
    for (const auto& token : ended)
      out.put(token.text);
    out.end().key("start").array();
    for (const auto& token : ended)
      out.put(token.from_ms / 1'000.0);
    out.end().key("end").array();
    for (const auto& token : ended)
      out.put(token.to_ms / 1'000.0);
    say(out.end().end().end().str());
  }

  void over(const std::string& id, const tone_speech&) override {
    json::writer out;
    say(event(out, "done", id, 200).field("done", true).end().str());
  }

  static json::writer& event(json::writer& out, const char* type, const std::string& id,
                             int status) {
    return out.object().field("type", type).field("context_id", id).field("status_code", status);
  }
};

class simulated_cartesia_stt : public simulated_ear {
public:
  simulated_cartesia_stt(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_ear(house, fault) {
    expect(format_of(query), never);
  }

private:
  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    if (text == "finalize") {
      finish();
      return say(R"({"type":"flush_done","request_id":"simulated"})");
    }
    if (text != "close" && text != "done")
      return say(R"({"type":"error","status_code":400,"title":"Invalid message",)"
                 R"("message":"finalize or close"})");
    finish();
    say(R"({"type":"done","request_id":"simulated"})");
    hang_up();
  }

  void heard(const segment& what, bool over, bool) override {
    if (over && what.words.empty())
      return;
    json::writer out;
    out.object()
      .field("type", "transcript")
      .field("is_final", over)
      .field("text", " " + what.text())
      .field("request_id", "simulated")
      .field("duration", what.to_s - what.from_s)
      .field("language", "en")
      .key("words");
    put_words(out, what.words, "word");
    say(out.end().str());
  }
};

class simulated_cartesia_turns : public simulated_ear {
public:
  simulated_cartesia_turns(simulated_house& house, provider_fault fault,
                           const query_arguments& query)
    : simulated_ear(house, fault) {
    expect(format_of(query), usual_endpointing());
  }

private:
  void opened() override {
    say(R"({"type":"connected","request_id":"simulated"})");
  }
  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    if (!frame || json::text(*frame, "type") != "close")
      return;
    finish();
    hang_up();
  }
  void heard(const segment& what, bool over, bool) override {
    if (what.words.empty())
      return;
    if (!std::exchange(in_turn_, true))
      tell("turn.start", "");
    if (!over)
      return tell("turn.update", what.text());
    tell("turn.eager_end", what.text());
    tell("turn.end", what.text());
    in_turn_ = false;
  }
  void tell(const char* type, const std::string& transcript) {
    json::writer out;
    out.object().field("type", type).field("request_id", "simulated");
    if (!transcript.empty())
      out.field("transcript", transcript);
    say(out.end().str());
  }

  bool in_turn_ = false;
};

} // namespace

simulated_link_ptr make_simulated_cartesia_tts(simulated_house& house, provider_fault fault,
                                               const http_request&) {
  return std::make_shared<simulated_cartesia_tts>(house, fault);
}

simulated_link_ptr make_simulated_cartesia_stt(simulated_house& house, provider_fault fault,
                                               const http_request& request) {
  return std::make_shared<simulated_cartesia_stt>(
    house, fault, parse_query(request.query).value_or(query_arguments{}));
}

simulated_link_ptr make_simulated_cartesia_turns(simulated_house& house, provider_fault fault,
                                                 const http_request& request) {
  return std::make_shared<simulated_cartesia_turns>(
    house, fault, parse_query(request.query).value_or(query_arguments{}));
}

} // namespace unpod

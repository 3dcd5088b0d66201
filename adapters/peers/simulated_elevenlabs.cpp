// ElevenLabs as a client meets it (speech/elevenlabs_*.cpp are the other side).
//
//   Scribe   session_started; chunks of audio -> partial_transcript ... commit, or silence ->
//            committed_transcript, and once more with times if they were asked for
//   voice    one text: settings, text ... empty text -> audio with characters, isFinal, close
//            contexts: the same, each with its name; flush, close_context; at most five
#include "adapters/peers/simulated_mouth.hpp"
#include "adapters/speech/base64.hpp"

namespace unpod {

namespace {

/// live contexts of one connection: the sixth is one too many.
constexpr std::size_t contexts_max = 5;

/// "pcm_16000", "ulaw_8000".
wire_format format_named(std::string_view name) {
  wire_format format;
  format.mulaw = name.substr(0, 4) == "ulaw";
  const auto rate = name.substr(std::min(name.find('_'), name.size() - 1) + 1);
  std::from_chars(rate.data(), rate.data() + rate.size(), format.rate_hz);
  format.rate_hz = std::clamp<std::uint32_t>(format.rate_hz, 8'000, 48'000);
  return format;
}

class simulated_scribe : public simulated_ear {
public:
  simulated_scribe(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_ear(house, fault), timed_(query.find("include_timestamps") == "true") {
    expect(format_named(query.find("audio_format").value_or("pcm_16000")),
           query.find("commit_strategy") == "vad" ? usual_endpointing() : never);
  }

private:
  void opened() override {
    json::writer out;
    out.object().field("message_type", "session_started").field("session_id", "simulated");
    out.key("config").object().field("sample_rate", format().rate_hz);
    say(out.field("model_id", "scribe_v2_realtime").end().end().str());
  }

  void take_binary(std::string_view) override {
    complain("only JSON is spoken here");
  }
  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why, bytes;
    const auto frame = json::parse(text, 4, why);
    const auto type = frame ? json::text(*frame, "message_type").value_or("") : "";
    if (type == "commit")
      return finish();
    if (type != "input_audio_chunk"
        || !base64_decode(json::text(*frame, "audio_base_64").value_or("!"), bytes))
      return complain("no audio is in it");
    hear(bytes);
    if (json::flag(*frame, "commit").value_or(false))
      finish();
  }
  void complain(const char* words) {
    json::writer out;
    say(out.object().field("message_type", "input_error").field("error", words).end().str());
  }

  void heard(const segment& what, bool over, bool) override {
    tell(over ? "committed_transcript" : "partial_transcript", what);
    if (over && timed_ && !what.words.empty())
      tell("committed_transcript_with_timestamps", what);
  }
  void tell(const char* type, const segment& what) {
    json::writer out;
    out.object().field("message_type", type).field("text", what.text());
    if (std::string_view{type}.size() > sizeof "committed_transcript") {
      out.field("language_code", "en").key("words").array();
      for (const auto& word : what.words) {
        if (&word != &what.words.front())
          put_word(out, " ", word.from_s, word.from_s, "spacing");
        put_word(out, word.text, word.from_s, word.to_s, "word");
      }
      out.end();
    }
    say(out.end().str());
  }
  static void put_word(json::writer& out, const std::string& text, double from, double to,
                       const char* type) {
    out.object().field("text", text).field("start", from).field("end", to).field("type", type);
    out.end();
  }

  const bool timed_;
};

class simulated_elevenlabs_tts : public simulated_mouth {
public:
  simulated_elevenlabs_tts(simulated_house& house, provider_fault fault, bool contexts,
                           const query_arguments& query)
    : simulated_mouth(house, fault, order::together), contexts_(contexts),
      format_(format_named(query.find("output_format").value_or("pcm_16000"))) {}

private:
  void take_binary(std::string_view) override {
    refuse("invalid_input_message", "only JSON is spoken here");
  }

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 8, why);
    if (!frame || !frame->IsObject())
      return refuse("invalid_input_message", "it is not JSON");
    if (json::flag(*frame, "close_socket").value_or(false))
      return hang_up();
    const auto id = contexts_ ? json::text(*frame, "context_id").value_or("") : "";
    if (contexts_ && id.empty())
      return;
    take_context(id, *frame);
  }

  void take_context(const std::string& id, const json::value& frame) {
    const auto words = json::text(frame, "text");
    const bool known = live_.count(id) != 0;
    if (!known && live_.size() >= contexts_max)
      return refuse("max_active_conversations",
                    "Maximum simultaneous contexts per WebSocket connection exceeded (5).");
    if (!known && words)
      live_.emplace(id, true);
    // The first message is one space and settings; an empty text ends a socket without contexts.
    const bool whole =
      json::flag(frame, "close_context").value_or(false) || (!contexts_ && words && words->empty());
    const bool said = words && words->find_first_not_of(' ') != std::string::npos;
    if (whole && contexts_ && !said && live_[id] && is_speaking(id)) {
      live_[id] = false; // a pending flush completes
      speak(id, "", format_, false);
    } else if (whole && !is_speaking(id)) {
      end(id);
    } else if (said || whole) {
      speak(id, words.value_or(""), format_, !whole);
    }
  }

  void refuse(const char* error, const char* message) {
    json::writer out;
    out.object().field("message", message).field("error", error).field("code", close_code::policy);
    say(out.end().str());
    hang_up(close_code::policy, error);
  }

  void give(const std::string& id, const tone_speech& one, std::size_t from,
            std::string bytes) override {
    json::writer out;
    out.object().field("audio", base64_encoded(bytes)).key("isFinal").null();
    name(out, id);
    put_alignment(out, "alignment", one, from);
    put_alignment(out, "normalizedAlignment", one, from);
    say(out.end().str());
  }

  /// The characters that begin in this chunk, evenly over their word; times of the chunk's own.
  static void put_alignment(json::writer& out, const char* key, const tone_speech& one,
                            std::size_t from) {
    std::vector<std::string> letters;
    std::vector<std::uint32_t> starts, lasts;
    for (const auto& token : one.tokens) {
      const auto each =
        (token.to_ms - token.from_ms) / static_cast<std::uint32_t>(token.text.size() + 1);
      for (std::size_t i = 0; i <= token.text.size(); ++i) {
        const auto at = token.from_ms + each * static_cast<std::uint32_t>(i);
        if (at < one.ms_at(from) || at >= one.ms_at(one.given))
          continue;
        letters.emplace_back(i < token.text.size() ? std::string(1, token.text[i]) : " ");
        starts.push_back(at - one.ms_at(from));
        lasts.push_back(each);
      }
    }
    out.key(key).object().key("chars").array();
    for (const auto& letter : letters)
      out.put(letter);
    out.end().key("charStartTimesMs").array();
    for (const auto ms : starts)
      out.put(ms);
    out.end().key("charDurationsMs").array();
    for (const auto ms : lasts)
      out.put(ms);
    out.end().end();
  }

  void over(const std::string& id, const tone_speech&) override {
    end(id);
  }
  void end(const std::string& id) {
    live_.erase(id);
    json::writer out;
    out.object().key("audio").null().field("isFinal", true);
    name(out, id);
    say(out.end().str());
    if (!contexts_)
      hang_up();
  }
  void name(json::writer& out, const std::string& id) const {
    if (contexts_)
      out.field("contextId", id).field("context_id", id);
  }

  const bool contexts_;
  const wire_format format_;
  std::map<std::string, bool> live_; // contexts that were begun, and may be added to
};

query_arguments query_of(const http_request& request) {
  return parse_query(request.query).value_or(query_arguments{});
}

} // namespace

simulated_link_ptr make_simulated_elevenlabs_stt(simulated_house& house, provider_fault fault,
                                                 const http_request& request) {
  return std::make_shared<simulated_scribe>(house, fault, query_of(request));
}

simulated_link_ptr make_simulated_elevenlabs_tts(simulated_house& house, provider_fault fault,
                                                 const http_request& request) {
  const bool contexts = request.path.find("/multi-") != std::string::npos;
  return std::make_shared<simulated_elevenlabs_tts>(house, fault, contexts, query_of(request));
}

} // namespace unpod

// Deepgram's voices as a client meets them (speech/deepgram_tts.cpp and deepgram_flux_tts.cpp
// are the other side).
//
//   v1   Metadata; Speak ... Flush -> binary sound, Flushed; Clear -> Cleared; Close -> what is
//        left, close 1000
//   v2   Connected; Speak ... Flush -> SpeechStarted, binary sound, SpeechMetadata; Interrupt ->
//        SpeechInterrupted; Close -> what is left, SessionMetadata, close 1000
#include "adapters/peers/simulated_mouth.hpp"

namespace unpod {

namespace {

/// bytes of text that no Flush has followed. 64 KB: far beyond what v1 takes.
constexpr std::size_t unflushed_bytes_max = 64 * 1024;

class simulated_aura : public simulated_mouth {
public:
  simulated_aura(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_mouth(house, fault, order::in_turn), format_(format_of(query)) {}

protected:
  /// What came with `type`, for a protocol's own messages.
  virtual void take_own(const std::string& type) = 0;
  virtual void flushed() {}
  virtual void say_goodbye() {}

  std::string name_of(std::uint64_t number) const {
    return std::to_string(1'000'000 + number); // in the order of their letters
  }
  void complain(const char* code) {
    json::writer out;
    out.object().field("type", "Warning").field("code", code);
    say(out.field("description", "it has its reasons").end().str());
  }

  std::uint64_t asked_ = 0, told_ = 0;

private:
  void take_binary(std::string_view) override {
    hang_up(1'003, "MESSAGE-0000");
  }

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    const auto type = frame ? json::text(*frame, "type").value_or("") : "";
    if (type == "Speak") {
      text_ += json::text(*frame, "text").value_or("");
      if (text_.size() > unflushed_bytes_max)
        hang_up(close_code::too_big, "BIG-0001");
    } else if (type == "Flush") {
      flush();
    } else if (type == "Close") {
      if (!text_.empty())
        flush();
      closing_ = true;
      if (speeches() == 0)
        drained();
    } else if (type == "Clear" || type == "Interrupt") {
      text_.clear();
      take_own(type);
    } else if (type != "Configure") {
      hang_up(close_code::policy, "DATA-0000");
    }
  }

  void flush() {
    speak(name_of(asked_++), std::exchange(text_, {}), format_);
    flushed();
  }

  void give(const std::string&, const tone_speech&, std::size_t, std::string bytes) override {
    sound(std::move(bytes));
  }

  void drained() override {
    if (!closing_)
      return;
    say_goodbye();
    hang_up();
  }

  const wire_format format_;
  std::string text_;
  bool closing_ = false;
};

class simulated_deepgram_tts : public simulated_aura {
public:
  using simulated_aura::simulated_aura;

private:
  void opened() override {
    say(R"({"type":"Metadata","request_id":"simulated","model_name":"aura","model_version":"1",)"
        R"("model_uuid":"simulated","additional_model_uuids":[]})");
  }
  void take_own(const std::string& type) override {
    if (type != "Clear")
      return hang_up(close_code::policy, "DATA-0000");
    for (; told_ < asked_; ++told_)
      drop(name_of(told_));
    say(answer("Cleared", cleared_++));
  }
  void over(const std::string&, const tone_speech&) override {
    say(answer("Flushed", told_++));
  }
  static std::string answer(const char* type, std::uint64_t sequence) {
    return json::writer{}.object().field("type", type).field("sequence_id", sequence).end().str();
  }

  std::uint64_t cleared_ = 0;
};

class simulated_flux_tts : public simulated_aura {
public:
  using simulated_aura::simulated_aura;

private:
  void opened() override {
    say(R"({"type":"Connected","request_id":"simulated","model_name":"flux","model_version":"1",)"
        R"("model_uuids":["simulated"]})");
  }
  void take_own(const std::string& type) override {
    if (type != "Interrupt")
      return hang_up(close_code::policy, "DATA-0000");
    if (told_ == asked_)
      return complain("NO_ACTIVE_SPEECH");
    const auto id = name_of(told_++);
    drop(id);
    json::writer out;
    out.object().field("type", "SpeechInterrupted").field("audio_played_ms", 0);
    put_metadata(out.key("metadata").object(), id, 0, 0);
    say(out.end().end().str());
  }
  void begun(const std::string& id) override {
    json::writer out;
    say(out.object().field("type", "SpeechStarted").field("speech_id", id_of(id)).end().str());
  }
  void flushed() override {
    json::writer out;
    out.object().field("type", "Flushed").field("speech_id", id_of(name_of(asked_ - 1)));
    say(out.end().str());
  }
  void over(const std::string& id, const tone_speech& one) override {
    if (one.pcm.empty())
      complain("NO_SYNTHESIZABLE_TEXT");
    ++told_;
    json::writer out;
    out.object().field("type", "SpeechMetadata");
    put_metadata(out, id, one.ms_at(one.pcm.size()), one.text.size());
    ms_ += one.ms_at(one.pcm.size());
    letters_ += one.text.size();
    say(out.end().str());
  }
  void say_goodbye() override {
    json::writer out;
    out.object()
      .field("type", "SessionMetadata")
      .field("total_audio_duration_ms", ms_)
      .field("total_input_character_count", letters_)
      .field("total_billable_character_count", letters_);
    say(out.end().str());
  }

  static std::string id_of(const std::string& name) {
    return "dg_sp_00000" + name;
  }
  static void put_metadata(json::writer& out, const std::string& id, std::uint64_t ms,
                           std::uint64_t letters) {
    out.field("speech_id", id_of(id))
      .field("audio_duration_ms", ms)
      .field("input_character_count", letters)
      .field("billable_character_count", letters)
      .key("controls_applied")
      .object()
      .field("pronunciations_applied", 0)
      .field("breaks_applied", 0)
      .key("pronunciation_warnings")
      .array()
      .end()
      .end();
  }

  std::uint64_t ms_ = 0, letters_ = 0;
};

} // namespace

simulated_link_ptr make_simulated_deepgram_tts(simulated_house& house, provider_fault fault,
                                               const http_request& request) {
  return std::make_shared<simulated_deepgram_tts>(
    house, fault, parse_query(request.query).value_or(query_arguments{}));
}

simulated_link_ptr make_simulated_flux_tts(simulated_house& house, provider_fault fault,
                                           const http_request& request) {
  return std::make_shared<simulated_flux_tts>(
    house, fault, parse_query(request.query).value_or(query_arguments{}));
}

} // namespace unpod

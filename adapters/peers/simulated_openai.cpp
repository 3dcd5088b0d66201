// OpenAI as a client meets it (speech/openai_stt.cpp and openai_tts.cpp are the other side).
//
//   realtime   session.created; session.update -> session.updated; append ... -> speech_started,
//              delta ... speech_stopped, committed, completed; commit ends an item at once
//   speech     POST {model, voice, input} -> bytes of 24,000 Hz sound as they are made
#include "adapters/peers/simulated_mouth.hpp"
#include "adapters/speech/base64.hpp"
#include "adapters/speech/stt_codec.hpp" // linear_audio
#include "adapters/websocket/net_threads.hpp"

#include <mutex>

namespace unpod {

namespace {

constexpr std::uint32_t openai_rate_hz = 24'000;
/// characters of one speech.
constexpr std::size_t input_max = 4'096;

class simulated_openai_stt : public simulated_ear {
public:
  simulated_openai_stt(simulated_house& house, provider_fault fault) : simulated_ear(house, fault) {
    expect({openai_rate_hz, false}, usual_endpointing());
  }

private:
  void opened() override {
    tell_session("session.created");
  }
  void tell_session(const char* type) {
    json::writer out;
    out.object().field("type", type).field("event_id", "event").key("session").object();
    out.field("type", "transcription").field("id", "sess").field("object", "realtime.session");
    say(out.end().end().str());
  }

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why, bytes;
    const auto frame = json::parse(text, 12, why);
    const auto type = frame ? json::text(*frame, "type").value_or("") : "";
    if (type == "session.update") {
      if (const auto* session = json::member(*frame, "session"))
        take_session(*session);
    } else if (type == "input_audio_buffer.append"
               && base64_decode(json::text(*frame, "audio").value_or("!"), bytes)) {
      hear(bytes);
    } else if (type == "input_audio_buffer.commit") {
      finish();
    } else if (type != "input_audio_buffer.clear") {
      complain("it is not understood");
    }
  }

  void take_session(const json::value& session) {
    const auto* audio = json::member(session, "audio");
    const auto* input = audio ? json::member(*audio, "input") : nullptr;
    const auto* wished = input ? json::member(*input, "format") : nullptr;
    const auto kind = wished ? json::text(*wished, "type").value_or("") : "audio/pcm";
    const auto rate =
      wished ? json::whole(*wished, "rate").value_or(openai_rate_hz) : openai_rate_hz;
    if (kind == "audio/pcm" && rate != openai_rate_hz)
      return complain("only 24,000 Hz");
    const auto* turns = input ? json::member(*input, "turn_detection") : nullptr;
    const bool by_hand = turns && turns->IsNull();
    expect(kind == "audio/pcmu" ? wire_format{8'000, true} : wire_format{openai_rate_hz, false},
           by_hand ? never : usual_endpointing());
    tell_session("session.updated");
  }

  void complain(const char* words) {
    json::writer out;
    out.object().field("type", "error").field("event_id", "event").key("error").object();
    out.field("type", "invalid_request_error").field("code", "invalid_value");
    say(out.field("message", words).end().end().str());
  }

  void heard(const segment& what, bool over, bool) override {
    if (what.words.empty())
      return;
    if (!std::exchange(in_item_, true)) {
      told_.clear();
      json::writer out;
      about(out, "input_audio_buffer.speech_started");
      say(out.field("audio_start_ms", ms(what.words.front().from_s)).end().str());
    }
    if (over) {
      json::writer stopped, committed;
      about(stopped, "input_audio_buffer.speech_stopped");
      say(stopped.field("audio_end_ms", ms(what.words.back().to_s)).end().str());
      say(about(committed, "input_audio_buffer.committed").end().str());
    }
    const auto text = what.text();
    if (text.size() > told_.size()) {
      json::writer out;
      about(out, "conversation.item.input_audio_transcription.delta").field("content_index", 0);
      say(out.field("delta", text.substr(told_.size())).end().str());
      told_ = text;
    }
    if (!over)
      return;
    json::writer out;
    about(out, "conversation.item.input_audio_transcription.completed").field("content_index", 0);
    out.field("transcript", text).key("usage").object().field("type", "duration");
    say(out.field("seconds", what.to_s - what.from_s).end().end().str());
    in_item_ = false;
    ++item_;
  }

  json::writer& about(json::writer& out, const char* type) const {
    return out.object()
      .field("type", type)
      .field("event_id", "event")
      .field("item_id", "item_" + std::to_string(item_));
  }
  static std::int64_t ms(double seconds) {
    return static_cast<std::int64_t>(seconds * 1'000);
  }

  bool in_item_ = false;
  std::string told_;
  std::uint64_t item_ = 0;
};

/// The sound of one answer, made on a clock, taken when the server asks for it.
class speech_body : public std::enable_shared_from_this<speech_body> {
public:
  speech_body(simulated_house& house, provider_fault fault, std::string_view text)
    : house_(house), kept_(house.shared_from_this()), fault_(fault),
      pcm_(tones_of(text, house.setup.alphabet, openai_rate_hz)) {}

  void begin() {
    later(house_.setup.pace.first_byte);
  }

  std::optional<std::string> poll(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    if (ready_.empty() && over_)
      return std::nullopt;
    if (ready_.empty())
      wake_ = std::move(wake);
    return std::exchange(ready_, {});
  }
  /// For an answer whose length was announced: an empty piece before its end breaks it off.
  void next(std::function<void(std::string)> take) {
    std::string bytes;
    {
      const std::lock_guard lock{mutex_};
      if (ready_.empty() && !over_) {
        wake_ = [self = shared_from_this(), take] { self->next(take); };
        return;
      }
      bytes = std::exchange(ready_, {});
    }
    take(std::move(bytes));
  }
  std::size_t bytes() const {
    return pcm_.size() * 2;
  }

private:
  void later(std::chrono::milliseconds after) {
    house_.threads.post_after(static_cast<std::size_t>(after.count()), [weak = weak_from_this()] {
      if (const auto self = weak.lock())
        self->make_chunk();
    });
  }

  void make_chunk() {
    std::function<void()> wake;
    bool over = false;
    {
      const std::lock_guard lock{mutex_};
      const bool wrong = chunks_++ >= fault_.after;
      if (wrong && fault_.what == provider_fault::kind::stall)
        return;
      const auto wanted =
        static_cast<std::size_t>(house_.setup.pace.chunk.count()) * openai_rate_hz / 1'000;
      const auto samples = std::min(wanted, pcm_.size() - given_);
      ready_ += linear_audio(pcm_.data() + given_, samples);
      given_ += samples;
      if (fault_.what == provider_fault::kind::flood)
        given_ %= std::max<std::size_t>(pcm_.size(), 1);
      over_ = given_ >= pcm_.size() || (wrong && fault_.what == provider_fault::kind::close);
      over = over_;
      wake = std::exchange(wake_, nullptr);
    }
    if (!over)
      later(fault_.what == provider_fault::kind::slow_sound ? 2 * house_.setup.pace.chunk
                                                            : house_.setup.pace.chunk_every);
    if (wake)
      wake();
  }

  simulated_house& house_;
  const std::shared_ptr<const simulated_house> kept_;
  const provider_fault fault_;
  const std::vector<std::int16_t> pcm_;
  std::mutex mutex_; // guards what follows
  std::size_t given_ = 0;
  std::uint64_t chunks_ = 0;
  std::string ready_;
  bool over_ = false;
  std::function<void()> wake_;
};

} // namespace

simulated_link_ptr make_simulated_openai_stt(simulated_house& house, provider_fault fault,
                                             const http_request&) {
  return std::make_shared<simulated_openai_stt>(house, fault);
}

void answer_simulated_speech(simulated_house& house, provider_fault fault,
                             const std::shared_ptr<http_exchange>& exchange) {
  std::string why;
  const auto asked = json::parse(exchange->request().body, 4, why);
  const auto input = asked ? json::text(*asked, "input").value_or("") : "";
  http_response response;
  const auto format = asked ? json::text(*asked, "response_format").value_or("mp3") : "";
  if (input.empty() || input.size() > input_max || format != "pcm" || !json::text(*asked, "model")
      || !json::text(*asked, "voice")) {
    response.status = 400;
    response.body = R"({"error":{"message":"model, voice, input of 4096 and pcm, please",)"
                    R"("type":"invalid_request_error","param":null,"code":null}})";
    return exchange->answer(std::move(response));
  }
  const auto body = std::make_shared<speech_body>(house, fault, input);
  response.content_type = "audio/pcm";
  if (fault.what == provider_fault::kind::close) {
    response.more = std::make_shared<http_body_source>(
      http_body_source{body->bytes(), [body](auto take) { body->next(std::move(take)); }});
  } else {
    http_open_body open;
    open.poll = [body](auto wake) { return body->poll(std::move(wake)); };
    open.idle_after = std::chrono::milliseconds{60'000};
    response.open = std::make_shared<http_open_body>(std::move(open));
  }
  exchange->answer(std::move(response));
  body->begin();
}

} // namespace unpod

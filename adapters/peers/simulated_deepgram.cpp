// Deepgram's recognisers as a client meets them (speech/deepgram_stt.cpp and
// deepgram_flux_stt.cpp are the other side).
//
//   v1   audio -> Results (interim, then is_final + speech_final) ... CloseStream -> last
//        Results, Metadata, close 1000
//   v2   Connected; audio -> TurnInfo: StartOfTurn, Update ... EagerEndOfTurn, EndOfTurn;
//        ForceEndTurn -> EndOfTurn of a turn that is open; CloseStream -> close 1000
#include "adapters/peers/simulated_ear.hpp"

namespace unpod {

namespace {

class simulated_deepgram_stt : public simulated_ear {
public:
  simulated_deepgram_stt(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_ear(house, fault), interims_(query.find("interim_results") == "true") {
    expect(format_of(query), usual_endpointing());
  }

private:
  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    const auto type = frame ? json::text(*frame, "type").value_or("") : "";
    if (type == "Finalize" || type == "CloseStream")
      finish();
    if (type != "CloseStream")
      return;
    json::writer out;
    out.object()
      .field("type", "Metadata")
      .field("transaction_key", "deprecated")
      .field("request_id", "simulated")
      .field("sha256", "")
      .field("created", "2024-08-29T22:37:55.202Z")
      .field("duration", heard_s())
      .field("channels", 1);
    say(out.end().str());
    hang_up();
  }

  void heard(const segment& what, bool over, bool asked) override {
    if (!over && !interims_)
      return;
    json::writer out;
    out.object().field("type", "Results").key("channel_index").array().put(0).put(1).end();
    out.field("duration", what.to_s - what.from_s)
      .field("start", what.from_s)
      .field("is_final", over)
      .field("speech_final", over)
      .field("from_finalize", asked);
    out.key("channel").object().key("alternatives").array().object();
    out.field("transcript", what.text()).field("confidence", 1.0).key("words");
    put_words(out, what.words, "word");
    out.end().end().end().key("metadata").object().field("request_id", "simulated");
    out.key("model_info").object().field("name", "simulated").field("version", "1");
    say(out.field("arch", "tones").end().field("model_uuid", "simulated").end().end().str());
  }

  const bool interims_;
};

class simulated_flux_stt : public simulated_ear {
public:
  simulated_flux_stt(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_ear(house, fault), eager_(query.find("eager_eot_threshold").has_value()) {
    expect(format_of(query), usual_endpointing());
  }

private:
  void opened() override {
    json::writer out;
    say(message(out, "Connected").end().str());
  }

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    const auto type = frame ? json::text(*frame, "type").value_or("") : "";
    json::writer out;
    if (type == "ForceEndTurn") {
      finish();
    } else if (type == "Configure") {
      say(message(out, "ConfigureSuccess").end().str());
    } else if (type == "CloseStream") {
      hang_up();
    } else {
      message(out, "Error").field("code", "UNPARSABLE_CLIENT_MESSAGE");
      say(out.field("description", "no such message").end().str());
      hang_up(close_code::policy, "DATA-0000");
    }
  }

  /// An end without words is of no turn.
  void heard(const segment& what, bool over, bool asked) override {
    if (what.words.empty())
      return;
    if (!std::exchange(in_turn_, true))
      tell("StartOfTurn", what, "");
    if (!over)
      return tell("Update", what, "");
    if (eager_ && !asked)
      tell("EagerEndOfTurn", what, "");
    tell("EndOfTurn", what, asked ? "manual" : "model");
    in_turn_ = false;
    ++turn_;
  }

  void tell(const char* event, const segment& what, const char* trigger) {
    json::writer out;
    message(out, "TurnInfo").field("event", event).field("turn_index", turn_);
    out.field("audio_window_start", what.from_s)
      .field("audio_window_end", what.to_s)
      .field("transcript", what.text())
      .key("words");
    put_words(out, what.words, "word");
    out.field("end_of_turn_confidence", event[0] == 'E' ? 0.9 : 0.1);
    if (*trigger != '\0')
      out.field("trigger", trigger);
    say(out.key("languages").array().put("en").end().end().str());
  }

  json::writer& message(json::writer& out, const char* type) {
    return out.object()
      .field("type", type)
      .field("request_id", "simulated")
      .field("sequence_id", sequence_++);
  }

  const bool eager_;
  bool in_turn_ = false;
  std::uint64_t turn_ = 0, sequence_ = 0;
};

query_arguments query_of(const http_request& request) {
  return parse_query(request.query).value_or(query_arguments{});
}

} // namespace

simulated_link_ptr make_simulated_deepgram_stt(simulated_house& house, provider_fault fault,
                                               const http_request& request) {
  return std::make_shared<simulated_deepgram_stt>(house, fault, query_of(request));
}

simulated_link_ptr make_simulated_flux_stt(simulated_house& house, provider_fault fault,
                                           const http_request& request) {
  return std::make_shared<simulated_flux_stt>(house, fault, query_of(request));
}

} // namespace unpod

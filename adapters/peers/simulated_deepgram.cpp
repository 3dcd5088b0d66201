// Deepgram's recogniser v1 as a client meets it (speech/deepgram_stt.cpp is the other side).
//
//   handshake -> audio -> Results (interim, then is_final + speech_final) ... CloseStream ->
//   last Results, Metadata, close 1000
#include "adapters/http/route_path.hpp"
#include "adapters/json/json.hpp"
#include "adapters/media/g711.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/peers/tone_hearing.hpp"

#include <algorithm>
#include <charconv>

namespace unpod {

namespace {

std::uint32_t rate_of(const query_arguments& query) {
  const auto text = query.find("sample_rate").value_or("16000");
  std::uint32_t rate = 0;
  std::from_chars(text.data(), text.data() + text.size(), rate);
  return rate >= 8'000 && rate <= 48'000 ? rate : 16'000;
}

class simulated_deepgram_stt : public simulated_link {
public:
  simulated_deepgram_stt(simulated_house& house, provider_fault fault, const query_arguments& query)
    : simulated_link(house, fault), mulaw_(query.find("encoding") == "mulaw"),
      interims_(query.find("interim_results") == "true"),
      hearing_(house.setup.alphabet, rate_of(query),
               static_cast<double>(house.setup.pace.endpointing.count()) / 1'000,
               static_cast<double>(house.setup.pace.partial_every.count()) / 1'000) {
    hearing_.partial = [this](const tone_hearing::segment& so_far) {
      if (interims_)
        tell(so_far, false);
    };
    hearing_.over = [this](const tone_hearing::segment& whole) { tell(whole, true); };
  }

private:
  void take_binary(std::string_view bytes) override {
    const std::lock_guard lock{mutex_};
    std::vector<std::int16_t> pcm(mulaw_ ? bytes.size() : bytes.size() / 2);
    if (mulaw_)
      mulaw_decode(bytes.data(), bytes.size(), pcm.data());
    else
      for (std::size_t i = 0; i < pcm.size(); ++i)
        pcm[i] = static_cast<std::int16_t>(static_cast<unsigned char>(bytes[2 * i])
                                           | static_cast<unsigned char>(bytes[2 * i + 1]) << 8);
    hearing_.feed(pcm);
  }

  void take_text(std::string_view text) override {
    const std::lock_guard lock{mutex_};
    std::string why;
    const auto frame = json::parse(text, 4, why);
    const auto type = frame ? json::text(*frame, "type").value_or("") : "";
    if (type == "Finalize" || type == "CloseStream") {
      asked_ = type == "Finalize";
      hearing_.finish();
      asked_ = false;
    }
    if (type == "CloseStream") {
      say(R"({"type":"Metadata","request_id":"simulated","channels":1})");
      hang_up();
    }
  }

  void tell(const tone_hearing::segment& what, bool is_final) {
    json::writer out;
    out.object()
      .field("type", "Results")
      .key("channel_index")
      .array()
      .put(0)
      .put(1)
      .end()
      .field("duration", what.to_s - what.from_s)
      .field("start", what.from_s)
      .field("is_final", is_final)
      .field("speech_final", is_final)
      .field("from_finalize", asked_)
      .key("channel")
      .object()
      .key("alternatives")
      .array()
      .object()
      .field("transcript", what.text())
      .field("confidence", 1.0)
      .key("words")
      .array();
    for (const auto& word : what.words)
      out.object()
        .field("word", word.text)
        .field("start", word.from_s)
        .field("end", word.to_s)
        .field("confidence", 1.0)
        .end();
    say(out.end().end().end().end().end().str());
  }

  const bool mulaw_, interims_;
  bool asked_ = false; // the final at hand was asked for
  tone_hearing hearing_;
};

} // namespace

std::shared_ptr<simulated_link> make_simulated_deepgram_stt(simulated_house& house,
                                                            provider_fault fault,
                                                            const http_request& request) {
  return std::make_shared<simulated_deepgram_stt>(
    house, fault, parse_query(request.query).value_or(query_arguments{}));
}

} // namespace unpod

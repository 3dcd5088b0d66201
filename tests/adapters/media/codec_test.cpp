// Frames to samples and back: every encoding at every rate, and bytes that are neither.
#define BOOST_TEST_MODULE media_codec
#include <boost/test/unit_test.hpp>

#include "adapters/media/frame_codec.hpp"
#include "adapters/media/g711.hpp"
#include "tests/adapters/media/signals.hpp"

using namespace unpod;
using signals::samples;

namespace {

const std::vector<std::uint32_t> rates{8'000, 16'000, 24'000, 48'000};
const std::vector<audio_encoding> encodings{audio_encoding::pcm_s16le, audio_encoding::mulaw,
                                            audio_encoding::opus};

/// A second of it, through the runtime's encoder and decoder as a caller's echo would go.
samples echoed(const audio_format& format, const samples& pcm) {
  frame_encoder encoder{format};
  frame_decoder decoder{format};
  const std::size_t frame = port_rate_hz(format) / 50;
  samples out;
  for (std::size_t at = 0; at + frame <= pcm.size(); at += frame)
    BOOST_REQUIRE(decoder.decode(encoder.encode(&pcm[at], frame), out));
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(names_and_rates_are_those_of_the_protocol) {
  for (auto encoding : encodings)
    BOOST_TEST((encoding_of(to_string(encoding)) == encoding));
  BOOST_TEST(!encoding_of("pcm_s16be").has_value());
  BOOST_TEST(!encoding_of("").has_value());
  BOOST_TEST(is_supported({audio_encoding::mulaw, 48'000}));
  BOOST_TEST(!is_supported({audio_encoding::opus, 44'100}));
  BOOST_TEST(port_rate_hz({audio_encoding::opus, 8'000}) == 8'000u);
  BOOST_TEST(port_rate_hz({audio_encoding::opus, 48'000}) == 16'000u);
}

BOOST_AUTO_TEST_CASE(mulaw_has_the_values_of_the_standard) {
  BOOST_TEST(mulaw_to_linear(0xff) == 0);
  BOOST_TEST(mulaw_to_linear(0x80) == 32'124);
  BOOST_TEST(mulaw_to_linear(0x00) == -32'124);
  BOOST_TEST(mulaw_to_linear(0xf0) == 120);
  BOOST_TEST(int{linear_to_mulaw(0)} == 0xff);
  BOOST_TEST(int{linear_to_mulaw(32'767)} == 0x80);
  BOOST_TEST(int{linear_to_mulaw(-32'768)} == 0x00);
  for (int code = 0; code < 256; ++code) {
    const auto value = mulaw_to_linear(static_cast<std::uint8_t>(code));
    BOOST_TEST(mulaw_to_linear(linear_to_mulaw(value)) == value);
  }
  for (int sample = -32'000; sample < 32'000; sample += 7)
    BOOST_REQUIRE_LE(
      std::abs(mulaw_to_linear(linear_to_mulaw(static_cast<std::int16_t>(sample))) - sample),
      std::abs(sample) / 16 + 8);
}

BOOST_AUTO_TEST_CASE(every_encoding_at_every_rate_brings_speech_back) {
  for (auto encoding : encodings)
    for (auto rate : rates) {
      const audio_format format{encoding, rate};
      const auto port = port_rate_hz(format);
      const auto pcm = signals::voice(port, port);
      const auto got = echoed(format, pcm);
      BOOST_TEST_INFO(to_string(encoding) << " " << rate);
      BOOST_TEST(std::abs(static_cast<int>(got.size()) - static_cast<int>(pcm.size())) < 100);
      if (encoding == audio_encoding::opus)
        BOOST_TEST(std::abs(20
                            * std::log10(signals::rms(got, port / 2, port * 9 / 10)
                                         / signals::rms(pcm, port / 2, port * 9 / 10)))
                   < 3.0);
      else
        BOOST_TEST(signals::snr_db(pcm, got, 40)
                   > (encoding == audio_encoding::mulaw || port != rate ? 20.0 : 90.0));
    }
}

BOOST_AUTO_TEST_CASE(frames_to_a_client_last_20_ms_each) {
  for (auto rate : rates) {
    const auto pcm = signals::voice(port_rate_hz({audio_encoding::pcm_s16le, rate}), 3'200);
    frame_encoder linear{{audio_encoding::pcm_s16le, rate}};
    frame_encoder mulaw{{audio_encoding::mulaw, rate}};
    const auto frame = port_rate_hz({audio_encoding::pcm_s16le, rate}) / 50;
    for (std::size_t at = 0; at + frame <= pcm.size(); at += frame) {
      BOOST_TEST(linear.encode(&pcm[at], frame).size() == rate / 50 * 2);
      BOOST_TEST(mulaw.encode(&pcm[at], frame).size() == rate / 50);
    }
  }
}

BOOST_AUTO_TEST_CASE(chunk_boundaries_leave_no_trace_in_a_resampled_stream) {
  std::mt19937 random{1};
  for (std::uint32_t from : {8'000u, 16'000u, 22'050u, 24'000u, 48'000u})
    for (std::uint32_t to : {8'000u, 16'000u}) {
      const auto pcm = signals::noise(20'000, 5'000, 7);
      samples whole, cut;
      resampler one{from, to, resampler::timing::aligned};
      resampler other{from, to, resampler::timing::aligned};
      one.push(pcm.data(), pcm.size(), whole);
      one.finish(whole);
      for (std::size_t at = 0; at < pcm.size();) {
        const auto piece = std::min<std::size_t>(1 + random() % 700, pcm.size() - at);
        other.push(&pcm[at], piece, cut);
        at += piece;
      }
      other.finish(cut);
      BOOST_TEST_INFO(from << " -> " << to);
      BOOST_TEST((whole == cut));
      BOOST_TEST(whole.size() == (pcm.size() * to + from - 1) / from);
    }
}

BOOST_AUTO_TEST_CASE(a_resampled_tone_keeps_its_phase) {
  for (std::uint32_t from : {8'000u, 24'000u, 48'000u}) {
    const auto in = signals::tone(440, from, from, 8'000);
    const auto wanted = signals::tone(440, 16'000, 16'000, 8'000);
    resampler stream{from, 16'000, resampler::timing::aligned};
    samples out;
    for (std::size_t at = 0; at < in.size(); at += from / 50)
      stream.push(&in[at], from / 50, out);
    stream.finish(out);
    const samples middle_wanted(wanted.begin() + 500, wanted.end() - 500);
    const samples middle(out.begin() + 500, out.end() - 500);
    BOOST_TEST_INFO(from);
    BOOST_TEST(signals::snr_db(middle_wanted, middle) > 35.0);
  }
}

BOOST_AUTO_TEST_CASE(after_a_reset_nothing_of_what_was_said_is_left) {
  for (auto encoding : encodings)
    for (auto rate : rates) {
      const audio_format format{encoding, rate};
      const auto frame = port_rate_hz(format) / 50;
      const auto loud = signals::noise(frame * 10, 9'000, 3);
      const samples silence(frame);
      frame_encoder used{format}, fresh{format};
      for (std::size_t at = 0; at < loud.size(); at += frame)
        used.encode(&loud[at], frame);
      used.reset();
      BOOST_TEST_INFO(to_string(encoding) << " " << rate);
      BOOST_TEST((used.encode(silence.data(), frame) == fresh.encode(silence.data(), frame)));
    }
}

BOOST_AUTO_TEST_CASE(frames_that_cannot_be_are_known) {
  const audio_format linear{audio_encoding::pcm_s16le, 16'000};
  const audio_format opus{audio_encoding::opus, 48'000};
  BOOST_TEST(frame_span(linear, "").count() == 0);
  BOOST_TEST(frame_span(linear, "odd").count() == 0);
  BOOST_TEST(frame_span(linear, std::string(640, 'x')).count() == 20'000'000);
  BOOST_TEST(frame_span(linear, std::string(caller_frame_bytes_max + 2, 'x')).count() == 0);
  BOOST_TEST(frame_span({audio_encoding::mulaw, 8'000}, "odd").count() > 0);
  BOOST_TEST(frame_span(opus, "").count() == 0);
  BOOST_TEST(frame_span(opus, std::string("\x03", 1)).count() == 0);     // a count byte is missing
  BOOST_TEST(frame_span(opus, std::string("\x03\x3f", 2)).count() == 0); // 63 frames
}

BOOST_AUTO_TEST_CASE(random_bytes_are_no_audio_and_no_harm) {
  std::mt19937 random{5};
  std::string bytes;
  for (auto rate : {8'000u, 48'000u}) {
    frame_decoder opus{{audio_encoding::opus, rate}};
    frame_decoder linear{{audio_encoding::pcm_s16le, rate}};
    samples out;
    std::size_t believed = 0;
    for (int i = 0; i < 50'000; ++i) {
      bytes.resize(1 + random() % 40);
      for (auto& byte : bytes)
        byte = static_cast<char>(random());
      out.clear();
      believed += frame_span({audio_encoding::opus, rate}, bytes).count() > 0;
      opus.decode(bytes, out);
      BOOST_REQUIRE_LE(out.size(), port_rate_hz({audio_encoding::opus, rate}) * 120 / 1'000);
      if (i % 10 == 0)
        linear.decode(bytes, out);
    }
    BOOST_TEST(believed > 0u);
    BOOST_TEST(believed < 50'000u);
  }
}

BOOST_AUTO_TEST_CASE(a_broken_opus_packet_is_concealed_in_place) {
  frame_encoder encoder{{audio_encoding::opus, 16'000}};
  frame_decoder decoder{{audio_encoding::opus, 16'000}};
  const auto pcm = signals::voice(16'000, 3'200);
  samples out;
  for (std::size_t at = 0; at + 320 <= pcm.size(); at += 320)
    BOOST_REQUIRE(decoder.decode(encoder.encode(&pcm[at], 320), out));
  const auto before = out.size();
  BOOST_TEST(!decoder.decode(std::string("\x03", 1), out));
  BOOST_TEST(out.size() == before + 320);
  BOOST_TEST(signals::rms(out, before, out.size()) > 100.0);
}

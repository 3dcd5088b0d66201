// What a person hands us in a file or an option: scripts, WAV files, addresses.
#include "adapters/peers/script.hpp"
#include "adapters/peers/wav.hpp"
#include "adapters/websocket/url.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  std::string why;
  if (const auto script = unpod::parse_script(text, why)) {
    unpod::why_not_performable(*script);
    fuzz::expect(unpod::cast(*script, 3).size() == script->turns.size());
  } else {
    fuzz::expect(!why.empty());
  }
  why.clear();
  if (const auto audio = unpod::read_wav(text, why)) {
    std::string again;
    fuzz::expect(unpod::read_wav(unpod::wav_bytes(*audio), again).has_value());
  } else {
    fuzz::expect(!why.empty());
  }
  why.clear();
  if (const auto url = unpod::parse_ws_url(text, why))
    fuzz::expect(!url->host.empty() && !url->port.empty() && url->target.front() == '/');
  else
    fuzz::expect(!why.empty());
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  unpod::wav_audio audio;
  audio.rate_hz = 16'000;
  audio.left = {1, 2, 3};
  audio.right = {4, 5, 6};
  return {
    std::string{unpod::built_in_script()}, unpod::wav_bytes(audio),
    "wss://user@host:8443/call/x?token=y", "ws://[::1]:80/a#b",
    "greeting: Hi.\ncaller: two loaves\n  or: three\n  when: barge-in after 100 ms\nagent: Yes.\n"};
}

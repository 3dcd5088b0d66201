// Streams of events, and a brain's answers: wherever the network cuts them they say the
// same; what comes out is UTF-8, or refused with words.
#include "adapters/llm/brain_answer.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

std::string events_of(std::string_view bytes, std::size_t step) {
  unpod::sse_reader reader{200};
  std::string all;
  const auto take = [&](const unpod::sse_event& event) {
    fuzz::expect(event.data.size() <= 200);
    all += event.name + "=" + event.data + ";";
  };
  for (std::size_t at = 0; at < bytes.size(); at += step)
    if (!reader.read(bytes.substr(at, step), take))
      return all + "broken";
  return reader.finish(take) ? all : all + "broken";
}

std::string words_of(unpod::brain_plan::kind what, const char* type, std::string_view bytes,
                     std::size_t step) {
  unpod::brain_answer answer{what, unpod::brain_limits{}, 32};
  answer.begin(type);
  std::string words, why;
  for (std::size_t at = 0; at < bytes.size(); at += step)
    if (!answer.read(bytes.substr(at, step), words, why)) {
      fuzz::expect(!why.empty());
      return words + "!";
    }
  return answer.finish(words, why) ? words : words + "!";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  fuzz::expect(events_of(bytes, 1) == events_of(bytes, bytes.size() + 1));
  using kind = unpod::brain_plan::kind;
  for (const auto what : {kind::chat, kind::webhook})
    for (const auto* type : {"text/event-stream", "application/json", "text/plain"}) {
      const auto words = words_of(what, type, bytes, bytes.size() + 1);
      std::string again;
      unpod::spoken_bytes check;
      fuzz::expect(check.read(words, again));
      words_of(what, type, bytes, 3);
    }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {"data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\ndata: [DONE]\n\n",
          "event: error\r\ndata: {\"error\":{\"message\":\"no\"}}\r\n\r\n",
          ": comment\rdata: a\rdata: b\r\rdata\n\nid: 7\nretry: 10\n\n",
          "\xEF\xBB\xBF"
          "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5}}\n\n",
          R"({"choices":[{"message":{"content":"Hé \u00e9"}}]})",
          R"({"text":"Good morning."})",
          "plain words, caf\xC3\xA9"};
}

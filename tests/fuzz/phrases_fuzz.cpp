// Files of phrases and of pronunciations: damaged ones are none, and what is sent for a text
// always knows where it stands.
#include "adapters/speech/phrase_cache.hpp"
#include "adapters/speech/pronunciations.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto [key, what] = unpod::decoded_phrase(std::string{text});
  fuzz::expect((what == nullptr) == key.empty());
  std::string why;
  const auto says = unpod::pronunciations::read(text, why);
  fuzz::expect(says != nullptr || !why.empty());
  const auto usual = unpod::pronunciations::read("a = b c\nOne = /w ʌ n/\nsan jo = x", why);
  for (const auto form : {unpod::pronunciation_form::respelled, unpod::pronunciation_form::cartesia,
                          unpod::pronunciation_form::deepgram})
    for (const auto* words : {says.get(), usual.get()})
      if (words) {
        const auto said = words->apply(text, form);
        fuzz::expect(said.source.empty() ? said.text == text
                                         : said.source.size() == said.text.size());
        fuzz::expect(std::is_sorted(said.source.begin(), said.source.end()));
        fuzz::expect(said.source.empty() || said.source.back() < text.size());
      }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  unpod::phrase some;
  some.pcm = {1, 2, 3};
  some.words = {{"a", 0, 5}};
  return {unpod::encoded_phrase("key", some), "# x\nUnpod = un pod /ʌ n/\na = b\n",
          "One a, San Jo! one-a"};
}

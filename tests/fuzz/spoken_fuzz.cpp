// What is said for what an agent writes: whatever that is, every byte of it stands somewhere in
// the text, in order, and it is not much longer.
#include "actors/spoken_form.hpp"
#include "actors/text_splitter.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t piece_max = 600, longer_max = 20; // "7" is "seven", "#1" is more
  const auto text = fuzz::text_of(data, size);
  for (const char* language : {"", "en-US", "en-GB"}) {
    unpod::text_splitter splitter{piece_max, language};
    auto pieces = splitter.add(text);
    for (auto& piece : splitter.finish())
      pieces.push_back(std::move(piece));
    std::uint32_t end = 0;
    for (const auto& piece : pieces) {
      fuzz::expect(piece.begin == end && piece.end > piece.begin);
      end = piece.end;
      fuzz::expect(piece.source.size() == piece.spoken.size());
      fuzz::expect(std::is_sorted(piece.source.begin(), piece.source.end()));
      fuzz::expect(piece.source.empty()
                   || (piece.source.front() >= piece.begin && piece.source.back() < piece.end));
      for (std::size_t at = 1, before = 0; at <= piece.spoken.size(); ++at) {
        const auto heard = unpod::written_end(piece.source, at, piece.end);
        fuzz::expect(heard >= before && heard <= piece.end);
        before = heard;
      }
      fuzz::expect(piece.spoken.size() <= longer_max * (piece.end - piece.begin) + 100);
    }
    fuzz::expect(end == text.size());
  }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {"**Pay $1,250.50** [here](https://a.co/m?x=1) by 2024-05-03 or 5/3/2024!",
          "- Call +1 (555) 123-4567 at 3:30 p.m., 14:05 or 5pm. May 3, 4 June, since 1999.",
          "# 50% of 3/4, 5-10, 1.2.3, 21°C, #7 & more, 0042, 12345678901234567890",
          "![a](b) jo.e_1@mail.com example.co.uk snake_case `x` 🙂 > a\n---\n| b |"};
}

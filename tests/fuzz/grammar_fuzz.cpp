// Grammars of pipes: whatever is accepted is written out anew, and is accepted again.
#include "adapters/speech/jsgf.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const unpod::speech_limits bounds;
  const auto checked = unpod::check_grammar(fuzz::text_of(data, size), bounds);
  if (!checked.ok()) {
    fuzz::expect(checked.troubles.size() <= unpod::grammar_troubles_max);
    fuzz::expect(!checked.words().empty());
    return 0;
  }
  fuzz::expect(unpod::check_grammar(checked.canonical, bounds).ok());
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {"#JSGF V1.0; grammar order; public <all> = <what> [please]; <what> = a table | (two | "
          "three) loaves;",
          "public <a> = yes | no; // either\n", "/* x */ <b> = ((a | b) [c]) d ;",
          "public <a> = <b> <b>; <b> = <c> <c>; <c> = one | two;"};
}

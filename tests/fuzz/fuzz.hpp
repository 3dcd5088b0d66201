// What a fuzz target is: one function that any bytes must leave unharmed, and some
// inputs to begin with. `./dev fuzz` gives it to libFuzzer for as long as you like;
// `./dev test` runs it for a moment with short_run.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Inputs that mean something, to be mutated.
std::vector<std::string> fuzz_seeds();

namespace fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// What must always hold; the fuzzer keeps the input that broke it.
inline void expect(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace fuzz

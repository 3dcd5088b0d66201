// A fuzz target without a fuzzer: its seeds, and what a fixed number of mutations
// makes of them. The same inputs every time, so that a failure comes back.
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace {

constexpr int rounds = 100'000;
constexpr std::size_t input_bytes_max = 4'096;

std::string mutated(std::string input, const std::vector<std::string>& seeds,
                    std::mt19937& random) {
  for (auto changes = 1 + random() % 8; changes > 0; --changes) {
    const auto at = input.empty() ? 0 : random() % input.size();
    switch (random() % 6) {
      case 0:
        input.insert(at, 1, static_cast<char>(random()));
        break;
      case 1:
        input.erase(at, 1 + random() % 8);
        break;
      case 2:
        if (!input.empty())
          input[at] = static_cast<char>(random());
        break;
      case 3: // a piece again: nesting, repeated fields
        input.insert(at, input.substr(at, 1 + random() % 64));
        break;
      case 4: { // a piece of another seed
        const auto& other = seeds[random() % seeds.size()];
        if (!other.empty())
          input.insert(at, other.substr(random() % other.size(), 1 + random() % 32));
        break;
      }
      default:
        input.resize(at); // cut short
    }
  }
  input.resize(std::min(input.size(), input_bytes_max));
  return input;
}

void give(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

} // namespace

int main() {
  std::mt19937 random{2026};
  auto seeds = fuzz_seeds();
  seeds.emplace_back();
  for (const auto& seed : seeds)
    give(seed);
  for (int round = 0; round < rounds; ++round)
    give(mutated(seeds[random() % seeds.size()], seeds, random));
  std::printf("%d inputs, nothing broken\n", rounds);
}

// Records from disk: any bytes are safe to decode, and what decodes comes back.
#include "storage/record_codec.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/storage/sample_records.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = unpod::decode_record(fuzz::text_of(data, size));
  if (!record)
    return 0;
  const auto bytes = unpod::encode_record(*record);
  const auto again = unpod::decode_record(bytes);
  fuzz::expect(again && unpod::encode_record(*again) == bytes);
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  std::mt19937_64 random{1};
  std::vector<std::string> seeds;
  for (std::size_t kind = 0; kind < std::variant_size_v<unpod::stored>; ++kind)
    seeds.push_back(unpod::encode_record(fixtures::random_of_kind(kind, random)));
  return seeds;
}

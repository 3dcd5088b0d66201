// A libFuzzer target: any bytes are safe to decode, and what decodes comes back.
//   clang++ -std=c++17 -g -O1 -fsanitize=fuzzer,address,undefined -I. \
//     tests/storage/record_fuzz.cpp storage/record_codec.cpp -lcaf_core -o record_fuzz
#include "storage/record_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = unpod::decode_record({reinterpret_cast<const char*>(data), size});
  if (!record)
    return 0;
  const auto bytes = unpod::encode_record(*record);
  const auto again = unpod::decode_record(bytes);
  if (!again || unpod::encode_record(*again) != bytes)
    std::abort();
  return 0;
}

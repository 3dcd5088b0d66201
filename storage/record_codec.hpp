// How a record lies on disk: versioned, compact, and tolerant of both an older
// and a newer writer.
//
//   value    = version (1 byte, 1)  kind (1 byte)  field*
//   field    = varint(number << 2 | type)  payload
//   payload  = type 0, a number:   varint, signed ones zigzagged, bools 0 or 1
//              type 1, bytes:      varint(length) bytes
//              type 2, records:    varint(length) ( varint(length) field* )*
//   varint   = 7 bits a byte, lowest first, the top bit set on all but the last
//
// Every field is written, so that a changed default never changes an old record.
// A number that is not known, or comes with another type than expected, is
// skipped; one that is missing keeps its default.
#pragma once

#include "messages/records.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

inline constexpr unsigned char record_version = 1;

/// elements of one nested list. 10,000: five times the transcript limit; what claims
/// more is not ours, and must not make a few bytes into gigabytes.
inline constexpr std::size_t list_elements_max = 10'000;

/// Any thread.
std::string encode_record(const stored& record);

/// Reads what encode_record wrote. Any bytes are safe: nothing is read beyond
/// them, nothing is thrown, memory stays within some 200 times their size.
/// Empty for another version, an unknown kind, or bytes cut short.
std::optional<stored> decode_record(std::string_view bytes);

template <class Record>
std::optional<Record> decode_as(std::string_view bytes) {
  auto record = decode_record(bytes);
  if (!record || !std::holds_alternative<Record>(*record))
    return std::nullopt;
  return std::get<Record>(std::move(*record));
}

} // namespace unpod

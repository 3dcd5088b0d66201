// See record_codec.hpp for the format.
#include "storage/record_codec.hpp"

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace unpod {

namespace {

enum class wire : std::uint8_t { number = 0, bytes = 1, records = 2 };

// -- writing -------------------------------------------------------------------

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void put_sized(std::string& out, std::string_view bytes) {
  put_varint(out, bytes.size());
  out.append(bytes);
}

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

template <class Record>
void put_fields(std::string& out, const Record& record);

struct field_writer {
  std::string& out;

  void tag(std::uint32_t number, wire type) {
    put_varint(out, std::uint64_t{number} << 2 | static_cast<std::uint64_t>(type));
  }

  void operator()(std::uint32_t number, const std::string& text) {
    tag(number, wire::bytes);
    put_sized(out, text);
  }

  void operator()(std::uint32_t number, const secret_text& text) {
    (*this)(number, text.reveal());
  }

  template <class Tag>
  void operator()(std::uint32_t number, const strong_id<Tag>& id) {
    (*this)(number, id.str());
  }

  template <class Record>
  void operator()(std::uint32_t number, const std::vector<Record>& records) {
    std::string all;
    for (const auto& record : records) {
      std::string one;
      put_fields(one, record);
      put_sized(all, one);
    }
    tag(number, wire::records);
    put_sized(out, all);
  }

  template <class Number>
  std::enable_if_t<std::is_integral_v<Number>> operator()(std::uint32_t number, Number value) {
    tag(number, wire::number);
    if constexpr (std::is_signed_v<Number>)
      put_varint(out, zigzag(value));
    else
      put_varint(out, value);
  }
};

template <class Record>
void put_fields(std::string& out, const Record& record) {
  field_writer writer{out};
  each_field(writer, const_cast<Record&>(record)); // the writer takes all by const
}

// -- reading -------------------------------------------------------------------

/// What is left to read; every taker fails on what is too short, and stays failed.
class input {
public:
  explicit input(std::string_view bytes) : left_(bytes) {}

  bool done() const {
    return left_.empty();
  }

  bool take_byte(unsigned char& byte) {
    if (left_.empty())
      return false;
    byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return true;
  }

  bool take_varint(std::uint64_t& value) {
    value = 0;
    unsigned char byte = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (!take_byte(byte) || (shift == 63 && byte > 1))
        return false;
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80)
        return true;
    }
    return false;
  }

  bool take_sized(std::string_view& bytes) {
    std::uint64_t size = 0;
    if (!take_varint(size) || size > left_.size())
      return false;
    bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }

private:
  std::string_view left_;
};

/// One field as it stood on disk.
struct raw_field {
  std::uint64_t number = 0;
  wire type = wire::number;
  std::uint64_t value = 0;
  std::string_view bytes;

  bool take(input& in) {
    std::uint64_t tag = 0;
    if (!in.take_varint(tag) || (tag & 3) > 2)
      return false;
    number = tag >> 2;
    type = static_cast<wire>(tag & 3);
    return type == wire::number ? in.take_varint(value) : in.take_sized(bytes);
  }
};

template <class Record>
bool take_fields(std::string_view bytes, Record& record);

/// Puts one raw field into the member with its number, if that is of its type.
struct field_reader {
  const raw_field& raw;
  bool broken = false;

  bool is(std::uint32_t number, wire type) const {
    return raw.number == number && raw.type == type;
  }

  void operator()(std::uint32_t number, std::string& text) {
    if (is(number, wire::bytes))
      text.assign(raw.bytes);
  }

  void operator()(std::uint32_t number, secret_text& text) {
    if (is(number, wire::bytes))
      text = std::string{raw.bytes};
  }

  template <class Tag>
  void operator()(std::uint32_t number, strong_id<Tag>& id) {
    if (is(number, wire::bytes))
      id = strong_id<Tag>{std::string{raw.bytes}};
  }

  template <class Record>
  void operator()(std::uint32_t number, std::vector<Record>& records) {
    if (!is(number, wire::records))
      return;
    records.clear();
    std::string_view one;
    for (input in{raw.bytes}; !broken && !in.done();) {
      broken = records.size() == list_elements_max || !in.take_sized(one)
               || !take_fields(one, records.emplace_back());
    }
  }

  template <class Number>
  std::enable_if_t<std::is_integral_v<Number>> operator()(std::uint32_t number, Number& value) {
    if (!is(number, wire::number))
      return;
    if constexpr (std::is_same_v<Number, bool>)
      value = raw.value != 0;
    else if constexpr (std::is_signed_v<Number>)
      value = static_cast<Number>(unzigzag(raw.value));
    else
      value = static_cast<Number>(raw.value);
  }
};

template <class Record>
bool take_fields(std::string_view bytes, Record& record) {
  for (input in{bytes}; !in.done();) {
    raw_field raw;
    if (!raw.take(in))
      return false;
    field_reader reader{raw};
    each_field(reader, record);
    if (reader.broken)
      return false;
  }
  return true;
}

template <std::size_t Kind>
std::optional<stored> take_record(std::size_t kind, std::string_view fields) {
  if constexpr (Kind == std::variant_size_v<stored>) {
    return std::nullopt;
  } else {
    if (kind != Kind)
      return take_record<Kind + 1>(kind, fields);
    std::variant_alternative_t<Kind, stored> record;
    if (!take_fields(fields, record))
      return std::nullopt;
    return stored{std::move(record)};
  }
}

} // namespace

std::string encode_record(const stored& record) {
  std::string out;
  out.push_back(static_cast<char>(record_version));
  out.push_back(static_cast<char>(record.index()));
  std::visit([&](const auto& x) { put_fields(out, x); }, record);
  return out;
}

std::optional<stored> decode_record(std::string_view bytes) {
  if (bytes.size() < 2 || static_cast<unsigned char>(bytes[0]) != record_version)
    return std::nullopt;
  return take_record<0>(static_cast<unsigned char>(bytes[1]), bytes.substr(2));
}

} // namespace unpod

#include "adapters/http/ws_wire.hpp"

#include "adapters/websocket/channel.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace unpod {

namespace {

constexpr std::size_t control_bytes_max = 125; // RFC 6455 §5.5
constexpr std::size_t mask_bytes = 4;
/// bytes. 16 KB: a buffer that grew beyond it is given back once it is empty.
constexpr std::size_t kept_bytes_max = 16 * 1024;

std::uint8_t byte_at(const char* bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint64_t big_endian(const char* bytes, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i)
    number = (number << 8U) | byte_at(bytes, i);
  return number;
}

bool is_control(ws_opcode opcode) {
  return static_cast<std::uint8_t>(opcode) >= 8;
}

void unmask(char* bytes, std::size_t size, const char* mask) {
  std::array<char, 8> twice{};
  std::memcpy(twice.data(), mask, mask_bytes);
  std::memcpy(twice.data() + mask_bytes, mask, mask_bytes);
  std::uint64_t wide = 0;
  std::memcpy(&wide, twice.data(), sizeof wide);
  std::size_t at = 0;
  for (; at + sizeof wide <= size; at += sizeof wide) {
    std::uint64_t part = 0;
    std::memcpy(&part, bytes + at, sizeof part);
    part ^= wide;
    std::memcpy(bytes + at, &part, sizeof part);
  }
  for (; at < size; ++at)
    bytes[at] = static_cast<char>(bytes[at] ^ twice[at % mask_bytes]);
}

/// How many bytes the character takes that begins so, and what its second byte may be.
struct lead_byte {
  std::size_t bytes = 0;
  std::uint8_t from = 0x80, to = 0xBF;
};

lead_byte lead_of(std::uint8_t first) {
  if (first >= 0xC2 && first <= 0xDF)
    return {2};
  if (first == 0xE0)
    return {3, 0xA0, 0xBF};
  if (first == 0xED)
    return {3, 0x80, 0x9F}; // no surrogates
  if (first >= 0xE1 && first <= 0xEF)
    return {3};
  if (first == 0xF0)
    return {4, 0x90, 0xBF};
  if (first >= 0xF1 && first <= 0xF3)
    return {4};
  if (first == 0xF4)
    return {4, 0x80, 0x8F};
  return {};
}

ws_item bad(std::uint16_t code) {
  return {ws_item::what::bad, {}, code};
}

ws_item close_of(std::string_view payload) {
  constexpr std::uint16_t no_status = 1005;
  if (payload.empty())
    return {ws_item::what::close, {}, no_status};
  if (payload.size() < 2)
    return bad(close_code::protocol_error);
  const auto code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
  payload.remove_prefix(2);
  if (!is_ws_close_code(code) || !is_utf8(payload))
    return bad(close_code::protocol_error);
  return {ws_item::what::close, payload, code};
}

ws_item take_control(ws_opcode opcode, std::string_view bytes) {
  if (opcode == ws_opcode::close)
    return close_of(bytes);
  return {opcode == ws_opcode::ping ? ws_item::what::ping : ws_item::what::pong, bytes, 0};
}

} // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = byte_at(text.data(), at);
    if (first < 0x80) {
      ++at;
      continue;
    }
    const auto lead = lead_of(first);
    if (lead.bytes == 0 || text.size() - at < lead.bytes)
      return false;
    const auto second = byte_at(text.data(), at + 1);
    if (second < lead.from || second > lead.to)
      return false;
    for (std::size_t i = 2; i < lead.bytes; ++i)
      if ((byte_at(text.data(), at + i) & 0xC0U) != 0x80U)
        return false;
    at += lead.bytes;
  }
  return true;
}

bool is_ws_close_code(std::uint16_t code) {
  const bool registered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  return registered || (code >= 3000 && code <= 4999);
}

std::size_t write_ws_head(char* into, ws_opcode opcode, std::size_t length) {
  into[0] = static_cast<char>(0x80U | static_cast<std::uint8_t>(opcode));
  const std::size_t more = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8;
  into[1] = static_cast<char>(more == 0 ? length : more == 2 ? 126 : 127);
  for (std::size_t i = 0; i < more; ++i)
    into[2 + i] = static_cast<char>(std::uint64_t{length} >> (8 * (more - 1 - i)));
  return 2 + more;
}

std::string ws_close_payload(std::uint16_t code, std::string_view reason) {
  constexpr std::uint16_t no_status = 1005;
  if (code == no_status)
    return {};
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  return payload.append(reason.substr(0, control_bytes_max - 2));
}

void ws_reader::feed(char* bytes, std::size_t size) {
  from_held_ = !held_.empty();
  if (from_held_) {
    held_.append(bytes, size);
    input_ = held_.data();
    left_ = held_.size();
  } else {
    input_ = bytes;
    left_ = size;
  }
}

ws_item ws_reader::next() {
  if (given_message_) {
    given_message_ = false;
    message_.clear();
    if (message_.capacity() > kept_bytes_max)
      message_.shrink_to_fit();
  }
  if (input_ == nullptr && !held_.empty())
    feed({}, 0);
  for (;;) {
    const auto head = read_head();
    if (head.wrong != 0)
      return bad(head.wrong);
    if (head.bytes == 0 || left_ - head.bytes < head.length) {
      keep_rest();
      return {};
    }
    const auto length = static_cast<std::size_t>(head.length);
    char* payload = input_ + head.bytes;
    unmask(payload, length, payload - mask_bytes);
    input_ += head.bytes + length;
    left_ -= head.bytes + length;
    if (is_control(head.opcode))
      return take_control(head.opcode, {payload, length});
    if (head.opcode != ws_opcode::more)
      message_is_ = head.opcode;
    if (head.last)
      return take_message({payload, length});
    in_message_ = true;
    message_.append(payload, length);
  }
}

/// A peer that is wrong is told as soon as its head says so: nothing is waited for.
ws_reader::frame_head ws_reader::read_head() const {
  frame_head head;
  if (left_ < 2)
    return head;
  const auto first = byte_at(input_, 0);
  const auto second = byte_at(input_, 1);
  head.last = (first & 0x80U) != 0;
  head.opcode = static_cast<ws_opcode>(first & 0x0FU);
  head.length = second & 0x7FU;
  const bool reserved = (first & 0x70U) != 0;
  const bool masked = (second & 0x80U) != 0;
  if (reserved || !masked) {
    head.wrong = close_code::protocol_error;
    return head;
  }
  const std::size_t more = head.length < 126 ? 0 : head.length == 126 ? 2 : 8;
  if (is_control(head.opcode) && more > 0)
    head.wrong = close_code::protocol_error;
  if (head.wrong != 0 || left_ < 2 + more)
    return head;
  if (more > 0)
    head.length = big_endian(input_ + 2, more);
  const bool minimal = more == 0 || (more == 2 ? head.length > 125 : head.length > 0xFFFF);
  head.wrong = minimal && head.length >> 63U == 0 ? check(head) : close_code::protocol_error;
  if (head.wrong == 0 && left_ >= 2 + more + mask_bytes)
    head.bytes = 2 + more + mask_bytes;
  return head;
}

std::uint16_t ws_reader::check(const frame_head& head) const {
  switch (head.opcode) {
    case ws_opcode::close:
    case ws_opcode::ping:
    case ws_opcode::pong:
      return head.last ? 0 : close_code::protocol_error;
    case ws_opcode::text:
    case ws_opcode::binary:
      if (in_message_)
        return close_code::protocol_error;
      break;
    case ws_opcode::more:
      if (!in_message_)
        return close_code::protocol_error;
      break;
    default:
      return close_code::protocol_error;
  }
  return head.length > message_bytes_max_ - message_.size() ? close_code::too_big : 0;
}

/// What is not whole yet waits in a buffer of ours.
void ws_reader::keep_rest() {
  if (from_held_)
    held_.erase(0, held_.size() - left_);
  else if (input_ != nullptr)
    held_.assign(input_, left_);
  if (held_.empty() && held_.capacity() > kept_bytes_max)
    held_.shrink_to_fit();
  from_held_ = false;
  input_ = nullptr;
  left_ = 0;
}

/// The last frame of a message, or its only one.
ws_item ws_reader::take_message(std::string_view bytes) {
  if (in_message_) {
    in_message_ = false;
    given_message_ = true;
    bytes = message_.append(bytes);
  }
  if (message_is_ == ws_opcode::binary)
    return {ws_item::what::binary, bytes, 0};
  return is_utf8(bytes) ? ws_item{ws_item::what::text, bytes, 0} : bad(close_code::bad_data);
}

} // namespace unpod

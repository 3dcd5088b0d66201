// Records with something in every field, from a seed.
#pragma once

#include "messages/records.hpp"

#include <random>
#include <string>
#include <variant>
#include <vector>

namespace fixtures {

using namespace unpod;

/// Gives each field a random value, bytes of every kind among them.
struct field_filler {
  std::mt19937_64& random;

  void operator()(int, std::string& text) {
    text.resize(random() % 40);
    for (auto& c : text)
      c = static_cast<char>(random());
  }
  void operator()(int number, secret_text& secret) {
    std::string text;
    (*this)(number, text);
    secret = text;
  }
  template <class Tag>
  void operator()(int number, strong_id<Tag>& id) {
    std::string text;
    (*this)(number, text);
    id = strong_id<Tag>{text};
  }
  template <class Record>
  void operator()(int, std::vector<Record>& records) {
    records.resize(random() % 4);
    for (auto& record : records)
      each_field(*this, record);
  }
  void operator()(int, bool& value) {
    value = random() % 2 != 0;
  }
  template <class Number>
  std::enable_if_t<std::is_integral_v<Number>> operator()(int, Number& value) {
    value = static_cast<Number>(random() >> random() % 64); // short and long ones
  }
};

template <class Record>
Record random_record(std::mt19937_64& random) {
  Record record;
  field_filler filler{random};
  each_field(filler, record);
  return record;
}

/// A record of the kind with this place in `stored`.
template <std::size_t Kind = 0>
stored random_of_kind(std::size_t kind, std::mt19937_64& random) {
  if constexpr (Kind + 1 < std::variant_size_v<stored>)
    if (kind != Kind)
      return random_of_kind<Kind + 1>(kind, random);
  return random_record<std::variant_alternative_t<Kind, stored>>(random);
}

inline stored random_stored(std::mt19937_64& random) {
  return random_of_kind(random() % std::variant_size_v<stored>, random);
}

inline call_record make_call(const std::string& id, const std::string& status) {
  call_record call;
  call.id = call_id{id};
  call.status = status;
  return call;
}

inline pipe_record make_pipe(const std::string& id, const std::string& name) {
  pipe_record pipe;
  pipe.id = pipe_id{id};
  pipe.name = name;
  return pipe;
}

inline key_record make_key(const std::string& id) {
  key_record key;
  key.id = id;
  return key;
}

inline token_record make_token(const std::string& hash, wall_ms expires) {
  token_record token;
  token.hash = hash;
  token.expires = expires;
  return token;
}

inline journal_record make_entry(const std::string& call, std::uint64_t seq) {
  journal_record entry;
  entry.call = call_id{call};
  entry.seq = seq;
  entry.kind = "user_turn";
  entry.body = "{\"n\":" + std::to_string(seq) + "}";
  return entry;
}

} // namespace fixtures

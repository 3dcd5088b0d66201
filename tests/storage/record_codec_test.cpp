// Records come back as they went, and nothing else does any harm.
#define BOOST_TEST_MODULE record_codec
#include <boost/test/unit_test.hpp>

#include "storage/record_codec.hpp"
#include "tests/storage/sample_records.hpp"

#include <limits>

using namespace unpod;
using namespace fixtures;

namespace {

/// All of a record's fields in one string, to compare by.
struct field_lister {
  std::string all;

  void operator()(int number, const std::string& text) {
    all += std::to_string(number) + "=" + std::to_string(text.size()) + ":" + text + ";";
  }
  void operator()(int number, const secret_text& secret) {
    (*this)(number, secret.reveal());
  }
  template <class Tag>
  void operator()(int number, const strong_id<Tag>& id) {
    (*this)(number, id.str());
  }
  template <class Record>
  void operator()(int number, std::vector<Record>& records) {
    all += std::to_string(number) + "[";
    for (auto& record : records)
      all += "{", each_field(*this, record), all += "}";
    all += "]";
  }
  template <class Number>
  std::enable_if_t<std::is_integral_v<Number>> operator()(int number, Number value) {
    (*this)(number, std::to_string(value));
  }
};

std::string list_fields(stored record) {
  field_lister lister;
  std::visit([&](auto& x) { each_field(lister, x); }, record);
  return lister.all;
}

std::string header_of(const stored& record) {
  return encode_record(record).substr(0, 2);
}

const std::string token_header = header_of(token_record{});

} // namespace

BOOST_AUTO_TEST_CASE(every_record_comes_back_as_it_went) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 2'000; ++i) {
    const auto record = random_stored(random);
    const auto again = decode_record(encode_record(record));
    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE(again->index() == record.index());
    BOOST_REQUIRE(list_fields(*again) == list_fields(record));
  }
}

BOOST_AUTO_TEST_CASE(the_ends_of_the_number_line_come_back) {
  token_record token;
  for (const auto at : {std::numeric_limits<wall_ms>::min(), std::numeric_limits<wall_ms>::max(),
                        wall_ms{-1}, wall_ms{0}}) {
    token.expires = at;
    BOOST_TEST(decode_as<token_record>(encode_record(token))->expires == at);
  }
  journal_record entry;
  entry.seq = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(decode_as<journal_record>(encode_record(entry))->seq == entry.seq);
}

// These bytes are on people's disks: a change here is a change of format.
BOOST_AUTO_TEST_CASE(the_bytes_are_the_documented_ones) {
  token_record token;
  token.hash = "ab";
  token.expires = -2;
  token.used = true;
  const std::string expected{"\x01\x03\x05\x02"
                             "ab\x09\x00\x0d\x00\x11\x00\x14\x03\x18\x01",
                             16};
  BOOST_TEST(encode_record(token) == expected);
}

BOOST_AUTO_TEST_CASE(a_missing_field_keeps_its_default) {
  const auto call = decode_as<call_record>(header_of(call_record{}));
  BOOST_REQUIRE(call.has_value());
  BOOST_TEST(call->direction == "web");
  BOOST_TEST(call->status == "pending");
}

BOOST_AUTO_TEST_CASE(an_unknown_field_of_any_type_is_skipped) {
  const std::string number{"\xe0\x07\x96\x01", 4}; // field 248, a varint
  const std::string bytes{"\xe1\x07\x03xyz", 6};   // field 248, bytes
  const std::string records{"\xe2\x07\x02\x01\x00", 5};
  const std::string hash{"\x05\x02hi", 4};
  const auto token = decode_as<token_record>(token_header + number + bytes + records + hash);
  BOOST_REQUIRE(token.has_value());
  BOOST_TEST(token->hash == "hi");
}

BOOST_AUTO_TEST_CASE(a_field_of_another_type_is_skipped) {
  const std::string hash_as_number{"\x04\x07", 2};
  const auto token = decode_as<token_record>(token_header + hash_as_number);
  BOOST_REQUIRE(token.has_value());
  BOOST_TEST(token->hash.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_a_whole_record_is_nothing) {
  const auto whole = encode_record(make_call("c1", "active"));
  BOOST_TEST(!decode_record("").has_value());
  BOOST_TEST(!decode_record("\x01").has_value());
  BOOST_TEST(!decode_record("\x02" + whole.substr(1)).has_value()); // another version
  BOOST_TEST(!decode_record(std::string{"\x01\x63", 2} + whole.substr(2)).has_value());
  BOOST_TEST(!decode_record(whole.substr(0, whole.size() - 1)).has_value());
  BOOST_TEST(!decode_record(token_header + "\x05\xff\xff\xff\xff\x7f").has_value());
  BOOST_TEST(!decode_record(token_header + std::string(11, '\xff')).has_value());
  BOOST_TEST(!decode_record(token_header + "\x07").has_value()); // type 3
  BOOST_TEST(!decode_as<pipe_record>(whole).has_value());        // another kind
}

BOOST_AUTO_TEST_CASE(a_few_bytes_cannot_claim_a_huge_list) {
  const auto header = header_of(call_record{});
  const auto list_of = [&](std::size_t count) {
    std::string size;
    for (auto left = count;; left >>= 7) {
      size.push_back(static_cast<char>(left >= 0x80 ? left | 0x80 : left));
      if (left < 0x80)
        break;
    }
    return header + "\x4a" + size + std::string(count, '\0'); // field 18: empty records
  };
  BOOST_TEST(decode_record(list_of(list_elements_max)).has_value());
  BOOST_TEST(!decode_record(list_of(list_elements_max + 1)).has_value());
}

BOOST_AUTO_TEST_CASE(no_bytes_do_any_harm) {
  std::mt19937_64 random{2};
  std::size_t decoded = 0;
  for (int i = 0; i < 100'000; ++i) {
    auto bytes = encode_record(random_stored(random));
    if (random() % 4 == 0)
      bytes.resize(random() % (bytes.size() + 1));
    for (auto flips = random() % 4; flips > 0 && !bytes.empty(); --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    // A copy of its exact size on the heap, so that a sanitizer sees a byte too far.
    const std::vector<char> exact{bytes.begin(), bytes.end()};
    if (const auto record = decode_record({exact.data(), exact.size()})) {
      ++decoded;
      BOOST_REQUIRE(decode_record(encode_record(*record)).has_value());
    }
  }
  BOOST_TEST(decoded > 1'000u); // the fuzz got past the first byte
}

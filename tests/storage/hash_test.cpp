// Hashes are the known ones, randomness is spread, keys are told from what is not one.
#define BOOST_TEST_MODULE hash
#include <boost/test/unit_test.hpp>

#include "storage/hash.hpp"
#include "storage/memory_backend.hpp"
#include "storage/reader.hpp"
#include "storage/record_codec.hpp"

#include <array>
#include <set>

using namespace unpod;

// FIPS 180-4 examples.
BOOST_AUTO_TEST_CASE(hmac_is_hmac) { // RFC 4231 §4.3
  BOOST_TEST(hmac_sha256_hex("Jefe", "what do ya want for nothing?")
             == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_CASE(sha256_is_sha256) {
  BOOST_TEST(sha256_hex("abc")
             == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(random_names_have_their_size_and_never_meet) {
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i)
    seen.insert(random_base62(12));
  BOOST_TEST(seen.size() == 2'000u);
  BOOST_TEST(random_hex(16).size() == 32u);
  BOOST_TEST(random_hex(0).empty());
  BOOST_TEST(random_base62(0).empty());
}

BOOST_AUTO_TEST_CASE(ids_sort_by_when_they_were_made) {
  const auto first = random_id("SCL_", 1'700'000'000'000),
             then = random_id("SCL_", 1'700'000'000'001);
  BOOST_TEST(first.size() == 4 + id_time_size + id_random_size);
  BOOST_TEST(first.rfind("SCL_", 0) == 0u);
  BOOST_TEST(first < then);
  BOOST_TEST(random_id("A_", 61) < random_id("A_", 62));
  BOOST_TEST(random_id("A_", 5) != random_id("A_", 5));
}

BOOST_AUTO_TEST_CASE(every_base62_digit_is_equally_likely) {
  std::array<int, 128> counts{};
  const int size = 62 * 2'000;
  for (const char c : random_base62(size))
    ++counts.at(static_cast<std::size_t>(c));
  for (const char c : std::string{"09AZaz"}) // 2,000 each; 10 sigma are 447
    BOOST_TEST((counts.at(static_cast<std::size_t>(c)) > 1'553
                && counts.at(static_cast<std::size_t>(c)) < 2'447));
}

BOOST_AUTO_TEST_CASE(equal_is_equal) {
  BOOST_TEST(equal_in_constant_time("secret", "secret"));
  BOOST_TEST(equal_in_constant_time("", ""));
  BOOST_TEST(!equal_in_constant_time("secret", "secreT"));
  BOOST_TEST(!equal_in_constant_time("secret", "secre"));
}

BOOST_AUTO_TEST_CASE(a_key_is_split_and_nothing_else_is) {
  const auto key = random_api_key();
  const auto split = split_api_key(key.text());
  BOOST_REQUIRE(split.has_value());
  BOOST_TEST(split->id == key.id);
  BOOST_TEST(split->secret == key.secret);
  for (const std::string bad : {"", "sk_", "sk__", "sk_a", "sk_a_", "sk__b", "sk_a_b_c", "pk_a_b",
                                "sk_a_b c", "sk_a_b\n", "sk_\xc3\xa9_b"})
    BOOST_TEST(!split_api_key(bad).has_value(), bad);
  BOOST_TEST(!split_api_key("sk_a_" + std::string(api_key_bytes_max, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(a_record_knows_its_secret_and_keeps_none) {
  const auto key = random_api_key();
  auto record = record_of(key, 5);
  BOOST_TEST(verify(record, key.secret.reveal()));
  BOOST_TEST(!verify(record, key.secret.reveal() + "x"));
  BOOST_TEST(!verify(record, ""));
  BOOST_TEST(encode_record(record).find(key.secret.reveal()) == std::string::npos);
  BOOST_TEST(record_of(key, 5).hash != record.hash); // its own salt
  record.status = "revoked";
  BOOST_TEST(!verify(record, key.secret.reveal()));
}

BOOST_AUTO_TEST_CASE(a_presented_key_is_looked_up) {
  const auto disk = std::make_shared<memory_backend>();
  const auto reader = make_reader(disk, {});
  const auto key = random_api_key();
  disk->commit({{space::config, "key/" + key.id, encode_record(record_of(key, 5))}});
  const auto found = check_api_key(*reader, key.text());
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->id == key.id);
  BOOST_TEST(!check_api_key(*reader, "sk_" + key.id + "_wrong").has_value());
  BOOST_TEST(!check_api_key(*reader, "sk_unknown_" + key.secret.reveal()).has_value());
  BOOST_TEST(!check_api_key(*reader, "Bearer").has_value());
}

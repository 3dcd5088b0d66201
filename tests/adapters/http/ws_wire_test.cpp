// WebSocket frames as bytes: cut anywhere, in pieces, wrong in every way.
#define BOOST_TEST_MODULE http_ws_wire
#include <boost/test/unit_test.hpp>

#include "adapters/http/ws_wire.hpp"

#include <random>
#include <vector>

using namespace unpod;

namespace {

constexpr std::size_t message_max = 70'000;

/// A client's frame.
std::string frame(int opcode, const std::string& payload, bool last = true) {
  std::string bytes;
  bytes += static_cast<char>((last ? 0x80 : 0) | opcode);
  const auto size = payload.size();
  const int more = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
  bytes += static_cast<char>(0x80 | (more == 0 ? static_cast<int>(size) : more == 2 ? 126 : 127));
  for (int i = more - 1; i >= 0; --i)
    bytes += static_cast<char>(size >> (8 * i));
  const std::string mask = "\x12\xAB\x7F\x01";
  bytes += mask;
  for (std::size_t i = 0; i < size; ++i)
    bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
  return bytes;
}

/// All that is said by these bytes, fed `step` at a time.
std::vector<std::string> said(const std::string& bytes, std::size_t step) {
  ws_reader reader{message_max};
  std::vector<std::string> all;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    auto part = bytes.substr(at, step);
    reader.feed(part.data(), part.size());
    for (;;) {
      const auto item = reader.next();
      if (item.is == ws_item::what::nothing)
        break;
      all.push_back(std::to_string(static_cast<int>(item.is)) + ":" + std::to_string(item.code)
                    + ":" + std::string{item.bytes});
      if (item.is == ws_item::what::bad)
        return all;
    }
    part.assign(part.size(), '#'); // nothing may still look there
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(however_the_bytes_are_cut_the_same_is_said) {
  const std::string wide(66'000, 'w');
  const auto bytes = frame(2, "") + frame(1, "hello") + frame(1, "in ", false) + frame(9, "ping")
                     + frame(0, "three ", false) + frame(0, "parts") + frame(2, wide)
                     + frame(10, "pong") + frame(2, std::string(300, 'm'))
                     + frame(8, std::string{"\x03\xE8"} + "bye");
  const std::vector<std::string> wanted{"2:0:",
                                        "1:0:hello",
                                        "3:0:ping",
                                        "1:0:in three parts",
                                        "2:0:" + wide,
                                        "4:0:pong",
                                        "2:0:" + std::string(300, 'm'),
                                        "5:1000:bye"};
  for (const std::size_t step : {1u, 2u, 3u, 7u, 100u, 4096u, 1'000'000u})
    BOOST_TEST(said(bytes, step) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_nobody_asked_for_yet_is_kept) {
  ws_reader reader{message_max};
  auto bytes = frame(1, "one") + frame(1, "two") + frame(1, "three").substr(0, 8);
  reader.feed(bytes.data(), bytes.size());
  BOOST_TEST(std::string{reader.next().bytes} == "one");
  reader.hold();
  bytes.assign(bytes.size(), '#');
  BOOST_TEST(std::string{reader.next().bytes} == "two");
  reader.hold();
  auto rest = frame(1, "three").substr(8);
  reader.feed(rest.data(), rest.size());
  BOOST_TEST(std::string{reader.next().bytes} == "three");
  BOOST_TEST((reader.next().is == ws_item::what::nothing));
}

BOOST_AUTO_TEST_CASE(a_wrong_frame_is_told_by_its_head) {
  const auto code_of = [](const std::string& bytes) {
    const auto all = said(bytes, bytes.size());
    return all.empty() ? std::string{"none"} : all.back().substr(0, 6);
  };
  BOOST_TEST(code_of(frame(2, std::string(message_max + 1, 'x')).substr(0, 14)) == "6:1009");
  BOOST_TEST(code_of(frame(2, std::string(message_max, 'x'), false) + frame(0, "x")) == "6:1009");
  BOOST_TEST(code_of(frame(3, "")) == "6:1002");
  BOOST_TEST(code_of(frame(0, "")) == "6:1002");
  BOOST_TEST(code_of(frame(1, "a", false) + frame(1, "b")) == "6:1002");
  BOOST_TEST(code_of(frame(9, "", false)) == "6:1002");
  BOOST_TEST(code_of(frame(8, "x")) == "6:1002");
  BOOST_TEST(code_of(frame(8, "\x03\xED")) == "6:1002"); // 1005 is never sent
  BOOST_TEST(code_of(frame(1, "\xC0\xAF")) == "6:1007");
  BOOST_TEST(code_of(std::string{"\x81\x01x"}) == "6:1002"); // not masked
  BOOST_TEST(code_of(frame(8, "")) == "5:1005");
}

BOOST_AUTO_TEST_CASE(text_is_utf8_or_it_is_not) {
  for (const char* good : {"", "plain", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                           "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF"})
    BOOST_TEST(is_utf8(good), good);
  for (const char* wrong : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
                            "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF", "\xE2\x82"})
    BOOST_TEST(!is_utf8(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(a_head_says_how_long_its_frame_is) {
  const auto head = [](std::size_t length) {
    char bytes[10];
    return std::string(bytes, write_ws_head(bytes, ws_opcode::binary, length));
  };
  BOOST_TEST(head(125) == std::string("\x82\x7D", 2));
  BOOST_TEST(head(126) == std::string("\x82\x7E\0\x7E", 4));
  BOOST_TEST(head(65'535) == std::string("\x82\x7E\xFF\xFF", 4));
  BOOST_TEST(head(65'536) == std::string("\x82\x7F\0\0\0\0\0\1\0\0", 10));
}

BOOST_AUTO_TEST_CASE(random_bytes_never_get_a_message_that_is_too_long) {
  std::mt19937 random{7};
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes;
    for (std::size_t n = random() % 400; n > 0; --n)
      bytes += static_cast<char>(random() % 3 == 0 ? random() : 0x80u + random() % 3);
    ws_reader reader{100};
    for (std::size_t at = 0; at < bytes.size(); at += 13) {
      auto part = bytes.substr(at, 13);
      reader.feed(part.data(), part.size());
      auto item = reader.next();
      for (; item.is != ws_item::what::nothing && item.is != ws_item::what::bad;
           item = reader.next())
        BOOST_REQUIRE(item.bytes.size() <= 125);
      if (item.is == ws_item::what::bad)
        break;
    }
  }
}

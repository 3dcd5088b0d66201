// A hundred and more answers that no brain should give, each in a call of its own: every
// call says something, or that it is sorry, goes on, and ends when the caller hangs up.
#define BOOST_TEST_MODULE llm_hostile
#include <boost/test/unit_test.hpp>

#include "tests/adapters/llm/call_with_brain.hpp"

using namespace unpod;
using fixtures::answer_with;
using fixtures::call_with_brain;
using fixtures::open_head;
using fixtures::raw_http_server;
using peer = fixtures::raw_http_server::peer;

namespace {

struct hostile {
  std::string name;
  std::function<void(peer&)> play;
};

hostile says(const std::string& name, const std::string& bytes) {
  return {name, [bytes](peer& caller) { caller.send(bytes); }};
}

/// The same again and again, without end.
hostile floods(const std::string& name, const std::string& first, const std::string& again) {
  return {name, [first, again](peer& caller) {
            for (caller.send(first); caller.send(again);) {
            }
          }};
}

/// A byte now and then.
hostile drips(const std::string& name, const std::string& first, const std::string& byte) {
  return {name, [first, byte](peer& caller) {
            for (caller.send(first); caller.send(byte) && caller.pause(30);) {
            }
          }};
}

hostile stalls(const std::string& name, const std::string& bytes) {
  return {name, [bytes](peer& caller) {
            caller.send(bytes);
            caller.hang_up_seen();
          }};
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  while (times-- > 0)
    all += text;
  return all;
}

/// What is wrong with the message itself.
std::vector<hostile> bad_http() {
  std::vector<hostile> all{
    says("nothing at all", ""),
    says("not HTTP", "220 mail.example ESMTP\r\n"),
    says("half a status line", "HTTP/1.1 2"),
    says("a status of letters", "HTTP/1.1 abc OK\r\n\r\n"),
    says("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),
    says("a huge length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello"),
    says("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello"),
    says("less than its length", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello"),
    says("a bad chunk",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
    says("a chunk without end",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello"),
    says("chunks cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
    says("NUL in its head", std::string{"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\nhello", 34}),
    says("a version of its own", "HTTP/9.9 200 OK\r\n\r\nhello"),
    says("HTTP/0.9", "hello"),
    says("a gzip that is none",
         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
    says("an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
    floods("a head without end", "HTTP/1.1 200 OK\r\n", "X-A: " + repeated("x", 500) + "\r\n"),
    floods("one header without end", "HTTP/1.1 200 OK\r\nX-A: ", repeated("x", 5'000)),
    floods("100 Continue without end", "", "HTTP/1.1 100 Continue\r\n\r\n"),
    drips("a head that drips", "HTTP/1.1 200 OK\r\n", "X"),
    stalls("a head that stalls", "HTTP/1.1 200 OK\r\nContent-Type: tex"),
    stalls("silence", ""),
  };
  for (const auto* status :
       {"201 Created", "204 No Content", "206 Partial", "300 Choices", "304 Same",
        "400 Bad",     "401 Who",        "402 Pay",     "403 No",      "404 Gone",
        "407 Proxy",   "418 Tea",        "429 Slow",    "451 Law",     "500 Oops",
        "502 Bad",     "503 Busy",       "504 Late",    "599 Odd",     "999 Odder"})
    all.push_back(says(std::string{"status "} + status, answer_with("", "text/plain", status)));
  for (const auto* place :
       {"http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:22/", "http://[::1]/",
        "http://10.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:70/", "//evil.example/",
        "http://0x7f000001/", "https://user:pw@evil.example/", "\t", "javascript:1"})
    for (const auto* status : {"301 Moved", "307 There"})
      all.push_back(says(std::string{"redirect to "} + place, "HTTP/1.1 " + std::string{status}
                                                                + "\r\nLocation: " + place
                                                                + "\r\nContent-Length: 0\r\n\r\n"));
  return all;
}

/// What is wrong with what it says.
std::vector<hostile> bad_words() {
  const auto block = repeated("x", 60'000);
  std::vector<hostile> all{
    floods("words without end", open_head(), repeated("words without end ", 3'000)),
    floods("blanks without end", open_head(), repeated(" ", 50'000)),
    floods("JSON without end", open_head("application/json"), block),
    floods("a line without end", open_head("text/event-stream") + "data: ", block),
    floods("comments without end", open_head("text/event-stream"), ": ping\n"),
    floods("empty events without end", open_head("text/event-stream"), "data: \n\n"),
    floods("deltas without end", open_head("text/event-stream"),
           "data: {\"choices\":[{\"delta\":{\"content\":\"and so on \"}}]}\n\n"),
    says("100 MB announced", "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\nhello"),
    says("100 MB", open_head() + repeated("x", 5'000'000)),
    drips("words that drip", open_head(), "a"),
    drips("blanks that drip", open_head(), " "),
    drips("pings that drip", open_head("text/event-stream"), ":\n"),
    drips("JSON that drips", open_head("application/json"), "{"),
    stalls("half a sentence", open_head() + "We open"),
    stalls("half an event", open_head("text/event-stream") + "data: {\"cho"),
    stalls("half an object", open_head("application/json") + R"({"text":"We)"),
  };
  for (const auto* body : {"",
                           "null",
                           "true",
                           "7",
                           "[]",
                           "{}",
                           "\"text\"",
                           "{",
                           "{\"text\"",
                           "{\"text\":}",
                           "{\"text\":null}",
                           "{\"text\":7}",
                           "{\"text\":[\"a\"]}",
                           "{\"text\":{\"text\":\"a\"}}",
                           "{\"error\":\"no\"}",
                           "{\"error\":{\"message\":\"no\"},\"text\":\"a\"}",
                           "{\"choices\":7}",
                           "{\"choices\":[7]}",
                           "{\"choices\":[{\"delta\":7}]}",
                           "{\"text\":\"\\ud800\"}",
                           "{\"text\":\"\xFF\"}",
                           "{\"text\":\"\xC0\xAF\"}",
                           "{\"text\":\"a\"}{\"text\":\"b\"}",
                           "{'text':'a'}",
                           "{\"text\":\"a\",}",
                           "NaN",
                           "<html><body>Bad gateway</body></html>"}) {
    all.push_back(says(std::string{"JSON "} + body, answer_with(body, "application/json")));
    all.push_back(says(std::string{"event "} + body,
                       answer_with("data: " + std::string{body} + "\n\n", "text/event-stream")));
  }
  for (const auto* bytes : {"\xFF", "\xC3", "caf\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\xFE",
                            "\xE2\x82", "\x80", "\x01\x02\x03", "\xEF\xBB\xBF", "\x7F"})
    all.push_back(
      says(std::string{"bytes of "} + std::to_string(std::strlen(bytes)), answer_with(bytes)));
  all.push_back(says("deep JSON", answer_with(repeated("[", 100'000), "application/json")));
  all.push_back(says("NUL bytes", answer_with(std::string(1'000, '\0'))));
  all.push_back(says("only fullstops", answer_with(repeated(".", 10'000))));
  all.push_back(says("a word without end", answer_with(repeated("a", 15'000))));
  return all;
}

/// One call that meets it, or twice.
void meet(const hostile& answer, bool model, int turns = 1) {
  BOOST_TEST_CONTEXT(answer.name << (model ? ", as a model" : ", as a webhook")) {
    call_with_brain house;
    house.bounds.brain.first_byte = milliseconds{80};
    house.bounds.brain.quiet = milliseconds{60};
    house.bounds.brain.answer_wait = milliseconds{300};
    raw_http_server server{answer.play};
    if (model)
      house.begin_with(R"({"type":"endpoint","ref":")" + server.url() + R"("})");
    else
      house.begin_at(server.url());
    for (int turn = 0; turn < turns && !house.is_gone(); ++turn) {
      house.say("when do you open");
      // Its turn is over: it said something, or the CALL did, or it had nothing to say.
      BOOST_TEST(house.until([&] {
        house.play();
        return house.is_gone() || house.phase() == "listening" || house.phase() == "closing";
      }));
    }
    if (!house.is_gone())
      house.tell(house.subject, hang_up{end_reason::caller_hangup});
    BOOST_TEST(house.until([&] { return house.is_gone(); }));
    BOOST_TEST((house.ended_with == "caller_hangup" || house.ended_with == "runner_lost"),
               house.ended_with);
    house.expect_nobody_left();
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(there_are_enough_of_them) {
  BOOST_TEST(bad_http().size() + bad_words().size() >= 100U);
}

BOOST_AUTO_TEST_CASE(calls_outlive_bad_messages) {
  int n = 0;
  for (const auto& one : bad_http()) {
    meet(one, n % 2 == 0, n % 6 == 5 ? 2 : 1);
    ++n;
  }
}

BOOST_AUTO_TEST_CASE(calls_outlive_bad_words) {
  int n = 0;
  for (const auto& one : bad_words()) {
    meet(one, n % 2 == 0, n % 6 == 5 ? 2 : 1);
    ++n;
  }
}

/// What only a model would be believed, or only a webhook.
BOOST_AUTO_TEST_CASE(calls_outlive_streams_from_either) {
  for (const auto& one : bad_words())
    if (one.name.find("without end") != std::string::npos)
      for (const bool model : {true, false})
        meet(one, model);
}

BOOST_AUTO_TEST_CASE(a_brain_whose_name_changes_its_address_is_left) {
  call_with_brain house;
  raw_http_server server{[](peer& caller) { caller.send(answer_with("Hello there.")); }};
  auto asked = std::make_shared<std::atomic<int>>(0);
  house.way_out.rules.allowed = {{"brain.example", 0}};
  house.way_out.bounds.name_life = seconds{0};
  house.way_out.resolve = [asked](const std::string&, auto done) {
    done({*read_ip(++*asked == 1 ? "127.0.0.1" : "169.254.169.254")}, "");
  };
  house.begin_at("http://brain.example:" + std::to_string(server.port()) + "/");
  house.say("hello");
  BOOST_TEST(house.until([&] { return house.has_said("Hello there."); }));
  house.run();
  house.play();
  house.say("hello again");
  BOOST_TEST(house.until([&] {
    house.play();
    return house.is_gone();
  }));
  house.expect_ended("runner_lost");
  BOOST_TEST(server.connections() == 1);
}

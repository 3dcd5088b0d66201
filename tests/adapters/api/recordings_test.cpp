// Recordings over the API: who gets a link, what it opens, and which bytes of the file.
#define BOOST_TEST_MODULE recordings
#include <boost/test/unit_test.hpp>

#include "adapters/api/reading_thread.hpp"
#include "adapters/api/recording_link.hpp"
#include "tests/adapters/api/api_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

using namespace fixtures;

namespace {

namespace fs = std::filesystem;

struct folder {
  fs::path path = make();

  ~folder() {
    fs::remove_all(path);
  }
  static fs::path make() {
    auto pattern = (fs::temp_directory_path() / "recordings.XXXXXX").string();
    return mkdtemp(pattern.data());
  }
};

struct recordings_fixture : folder, api_fixture {
  explicit recordings_fixture(const std::string& url = {})
    : api_fixture([this, url](api_setup& setup) {
        setup.recordings_dir = path.string();
        setup.public_url = url;
      }) {}

  /// A call that is over, and its recording of so many bytes: 0, 1, … 250, 0, 1, …
  void record(const std::string& id, std::size_t bytes) {
    add_call(id, "completed");
    auto call = *find<call_record>(*stored.records, table::calls, id);
    call.recording = id + ".wav";
    stored.records->put(call);
    std::ofstream file{path / call.recording, std::ios::binary};
    file << pattern(0, bytes);
  }

  static std::string pattern(std::size_t from, std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i)
      text[i] = static_cast<char>((from + i) % 251);
    return text;
  }

  http_response fetch(const std::string& target, const std::string& range = {},
                      const std::string& method = "GET") {
    auto exchange = std::make_shared<fake_exchange>();
    auto& asked = exchange->asked;
    asked.method = method;
    const auto mark = target.find('?');
    asked.path = target.substr(0, mark);
    asked.query = mark == std::string::npos ? "" : target.substr(mark + 1);
    if (!range.empty())
      asked.headers.emplace_back("range", range);
    api(exchange);
    run();
    BOOST_TEST(exchange->answers == 1);
    return exchange->got;
  }

  /// The whole body, as the server would pull it.
  static std::string body_of(const http_response& response) {
    auto body = response.body;
    if (!response.more)
      return body;
    const auto all = body.size() + response.more->bytes;
    while (body.size() < all) {
      std::string piece;
      response.more->next([&](std::string got) { piece = std::move(got); });
      BOOST_REQUIRE(!piece.empty());
      body += piece;
    }
    return body;
  }

  /// Path and query of the link that the call shows.
  std::string link(const std::string& id) {
    const auto call_shown = data(call("GET", "/v1/calls/" + id), 200);
    return json::text(call_shown, "recording_url").value_or("");
  }
};

struct named_fixture : recordings_fixture {
  named_fixture() : recordings_fixture("wss://voice.example/") {}
};

std::string range_text(const std::string& header, std::uint64_t bytes = 100) {
  const auto range = range_of(header, bytes);
  if (range.is == byte_range::what::whole)
    return "whole";
  if (range.is == byte_range::what::unsatisfiable)
    return "none";
  return std::to_string(range.first) + "+" + std::to_string(range.bytes);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_range_is_read_as_the_rfc_says) {
  const std::pair<const char*, const char*> table[] = {{"", "whole"},
                                                       {"bytes=0-", "0+100"},
                                                       {"bytes=0-0", "0+1"},
                                                       {"bytes=10-19", "10+10"},
                                                       {"bytes=90-500", "90+10"},
                                                       {"bytes=-10", "90+10"},
                                                       {"bytes=-500", "0+100"},
                                                       {"bytes=99-", "99+1"},
                                                       {"bytes=100-", "none"},
                                                       {"bytes=200-300", "none"},
                                                       {"bytes=-0", "none"},
                                                       {"bytes=20-10", "whole"},
                                                       {"bytes=1-2,5-6", "whole"},
                                                       {"bytes=x-", "whole"},
                                                       {"bytes=-", "whole"},
                                                       {"bytes=1", "whole"},
                                                       {"lines=1-2", "whole"},
                                                       {"bytes=99999999999999999999-", "whole"}};
  for (const auto& [header, wanted] : table)
    BOOST_TEST(range_text(header) == wanted, header);
  BOOST_TEST(range_text("bytes=0-", 0) == "none");
  BOOST_TEST(range_text("", 0) == "whole");
}

BOOST_AUTO_TEST_CASE(a_link_holds_for_its_file_its_time_and_its_process) {
  const auto link = recording_link("secret", "SCL_1.wav", 2'000'000);
  BOOST_TEST(link.rfind("/v1/recordings/SCL_1.wav?expires=2000&signature=", 0) == 0);
  const auto signature = link.substr(link.rfind('=') + 1);
  BOOST_TEST(signature.size() == 64u);
  BOOST_TEST(link_mistake("secret", "SCL_1.wav", "2000", signature, 2'000'999) == "");
  BOOST_TEST(link_mistake("secret", "SCL_1.wav", "2000", signature, 2'001'000).find("past")
             != std::string::npos);
  for (const auto& wrong : {link_mistake("other", "SCL_1.wav", "2000", signature, 1),
                            link_mistake("secret", "SCL_2.wav", "2000", signature, 1),
                            link_mistake("secret", "SCL_1.wav", "2001", signature, 1),
                            link_mistake("secret", "SCL_1.wav", "2000", "", 1),
                            link_mistake("secret", "SCL_1.wav", "", signature, 1),
                            link_mistake("secret", "SCL_1.wav", "2000", signature + "0", 1)})
    BOOST_TEST(wrong.find("do not fit") != std::string::npos, wrong);
  BOOST_TEST(call_of_recording("SCL_1.wav") == "SCL_1");
  for (const auto* bad :
       {"", ".wav", "SCL_1", "../SCL_1.wav", "a/b.wav", "SCL_1.WAV", "a b.wav", "\xc3\xa4.wav"})
    BOOST_TEST(call_of_recording(bad) == "", bad);
}

BOOST_FIXTURE_TEST_SUITE(recordings_tests, recordings_fixture)

BOOST_AUTO_TEST_CASE(a_link_opens_the_file_without_a_key) {
  record("SCL_1", 600'000); // more than two pieces
  const auto answer = fetch(link("SCL_1"));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.content_type == "audio/wav");
  BOOST_TEST(has_header(answer, "Accept-Ranges", "bytes"));
  BOOST_TEST((body_of(answer) == pattern(0, 600'000)));
  const auto head = fetch(link("SCL_1"), {}, "HEAD");
  BOOST_TEST(head.status == 200);
  BOOST_TEST(head.more->bytes == 600'000u);
}

BOOST_AUTO_TEST_CASE(a_part_of_it_may_be_asked_for) {
  record("SCL_1", 1'000);
  const auto part = fetch(link("SCL_1"), "bytes=100-299");
  BOOST_TEST(part.status == 206);
  BOOST_TEST(has_header(part, "Content-Range", "bytes 100-299/1000"));
  BOOST_TEST((body_of(part) == pattern(100, 200)));
  const auto tail = fetch(link("SCL_1"), "bytes=-1");
  BOOST_TEST((body_of(tail) == pattern(999, 1)));
  const auto beyond = fetch(link("SCL_1"), "bytes=1000-");
  BOOST_TEST(beyond.status == 416);
  BOOST_TEST(has_header(beyond, "Content-Range", "bytes */1000"));
}

BOOST_AUTO_TEST_CASE(nothing_opens_without_a_sound_link) {
  record("SCL_1", 100);
  const auto good = link("SCL_1");
  BOOST_TEST(fetch("/v1/recordings/SCL_1.wav").status == 403);
  BOOST_TEST(fetch(good + "0").status == 403);
  BOOST_TEST(ask_as("Bearer good", "GET", "/v1/recordings/SCL_1.wav").status == 403);
  BOOST_TEST(fetch("/v1/recordings/..%2F..%2Fetc%2Fpasswd.wav").status == 404);
  BOOST_TEST(fetch("/v1/recordings/SCL_1").status == 404);
  const auto expired = recording_link("the-token", "SCL_1.wav", wall_now() - 5'000);
  const auto words = detail(fetch(expired), 403);
  BOOST_TEST(words.find("recording_url is a fresh link") != std::string::npos, words);
}

BOOST_AUTO_TEST_CASE(only_what_a_call_names_is_opened) {
  const auto later = wall_now() + 60'000;
  std::ofstream{path / "stray.wav"} << "x";
  BOOST_TEST(fetch(recording_link("the-token", "stray.wav", later)).status == 404);
  record("SCL_1", 100);
  const auto good = link("SCL_1");
  fs::remove(path / "SCL_1.wav");
  BOOST_TEST(fetch(good).status == 404);
  fs::create_symlink("/etc/passwd", path / "SCL_1.wav");
  BOOST_TEST(fetch(good).status == 404);
  fs::remove(path / "SCL_1.wav");
  fs::create_directory(path / "SCL_1.wav");
  BOOST_TEST(fetch(good).status == 404);
}

BOOST_AUTO_TEST_CASE(a_file_that_shrinks_breaks_off) {
  record("SCL_1", 1'000);
  const auto answer = fetch(link("SCL_1"));
  fs::resize_file(path / "SCL_1.wav", 0);
  std::string piece = "?";
  answer.more->next([&](std::string got) { piece = std::move(got); });
  BOOST_TEST(piece.empty());
}

BOOST_AUTO_TEST_CASE(only_recorded_calls_that_are_over_are_listed) {
  record("SCL_1", 10);
  record("SCL_2", 10);
  add_call("SCL_3", "completed");
  add_call("SCL_4", "active");
  auto live = *find<call_record>(*stored.records, table::calls, "SCL_4");
  live.recording = "SCL_4.wav";
  stored.records->put(live);
  const auto all = data(call("GET", "/v1/recordings"), 200);
  BOOST_REQUIRE_EQUAL(all.Size(), 2u);
  BOOST_TEST(json::text(all[0], "recording_url")->rfind("/v1/recordings/SCL_2.wav?", 0) == 0);
  BOOST_TEST(data(call("GET", "/v1/recordings?call_id=SCL_1"), 200).Size() == 1u);
  BOOST_TEST(data(call("GET", "/v1/recordings?limit=1"), 200).Size() == 1u);
  BOOST_TEST(data(ask_as("Bearer other", "GET", "/v1/recordings"), 200).Size() == 0u);
  BOOST_TEST(link("SCL_4") == "");
  BOOST_TEST(link("SCL_3") == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(a_link_begins_with_the_nodes_public_name, named_fixture) {
  record("SCL_1", 10);
  BOOST_TEST(link("SCL_1").rfind("https://voice.example/v1/recordings/SCL_1.wav?", 0) == 0);
}

BOOST_AUTO_TEST_CASE(the_reading_thread_does_what_it_is_given_in_order) {
  reading_thread reader;
  std::string said;
  std::promise<void> done;
  BOOST_TEST(reader.run([&] { said += "a"; }));
  BOOST_TEST(reader.run([] { throw std::runtime_error("a job that fails"); }));
  BOOST_TEST(reader.run([&] { said += "b", done.set_value(); }));
  done.get_future().wait();
  BOOST_TEST(said == "ab");
  reader.stop();
  BOOST_TEST(!reader.run([] {}));
}

BOOST_AUTO_TEST_CASE(a_reading_thread_turns_away_what_is_too_much) {
  reading_thread reader;
  std::promise<void> begun, go;
  reader.run([&] { begun.set_value(), go.get_future().wait(); });
  begun.get_future().wait();
  for (std::size_t i = 0; i < reading_jobs_max; ++i)
    BOOST_TEST(reader.run([] {}));
  BOOST_TEST(!reader.run([] {}));
  go.set_value();
}

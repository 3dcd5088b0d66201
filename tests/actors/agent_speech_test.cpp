// What the agent says, cut into pieces that can be spoken, and what of it was heard.
#define BOOST_TEST_MODULE agent_speech
#include <boost/test/unit_test.hpp>

#include "actors/agent_speech.hpp"
#include "actors/spoken_form.hpp"
#include "actors/text_splitter.hpp"
#include "tests/fixtures/fake_media_port.hpp"

#include <random>

using namespace unpod;

namespace {

const char* const fragments[] = {
  "Sure! ",
  "The table for **four** is booked. ",
  "At 3.50 a kilo, ",
  "Dr. Smith e.g. ",
  "naïve café ",
  "https://a.example/b?c=d ",
  "🙂 ",
  "日本語。",
  "one, two; three: ",
  "\n- item\n",
  "Wait... what?! ",
  "`code` # head\n",
  "x",
  " ",
  "aVeryLongWordThatHasNoBlankAtAll",
};

std::string random_text(std::mt19937& seeded) {
  std::string text;
  for (auto parts = 1 + seeded() % 30; parts > 0; --parts)
    text += fragments[seeded() % std::size(fragments)];
  return text;
}

bool is_boundary(const std::string& text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

/// All pieces of a text that arrives in chunks of these sizes.
std::vector<text_piece> split(const std::string& text, std::size_t chunk_max,
                              std::mt19937& seeded) {
  text_splitter splitter{600};
  std::vector<text_piece> all;
  const auto take = [&](std::vector<text_piece> some) {
    all.insert(all.end(), some.begin(), some.end());
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto size = 1 + seeded() % chunk_max;
    take(splitter.add(std::string_view{text}.substr(at, size)));
    at += size;
  }
  take(splitter.finish());
  return all;
}

std::vector<std::string> spoken(const std::string& text) {
  std::mt19937 seeded{1};
  std::vector<std::string> all;
  for (const auto& piece : split(text, text.size(), seeded))
    all.push_back(piece.spoken);
  return all;
}

/// Speech that is played as the house plays it: pieces are asked for, some are
/// measured (with or without word times), the port is at some sample.
struct played_speech {
  agent_speech speech;
  fixtures::fake_media_port port;
  std::string own; // all of the runner's text

  generation say(const std::string& text, bool ours, std::size_t measured, std::mt19937& seeded) {
    const auto id = speech.append(text, ours);
    own += ours ? "" : text;
    std::uint32_t number = 0;
    for (const auto& piece : split(text, 40, seeded)) {
      speech.place({id, number, piece.begin, piece.end, mono_time{1}});
      if (number < measured)
        speech.measure(measure(id, number, piece, text, seeded));
      ++number;
    }
    speech.complete();
    return id;
  }

  /// Half of the voices tell where each word ends.
  voice_piece measure(generation id, std::uint32_t number, const text_piece& piece,
                      const std::string& text, std::mt19937& seeded) {
    const std::uint64_t samples = (piece.end - piece.begin) * (500 + seeded() % 2'000);
    voice_piece event{id, number, piece.begin, piece.end, samples, {}};
    if (seeded() % 2 == 0)
      for (auto at = piece.begin; at < piece.end; ++at)
        if (text[at] == ' ' && at > piece.begin)
          event.words.push_back(
            {piece.begin, at, samples * (at - piece.begin) / (piece.end - piece.begin)});
    port.given_to[id] += samples;
    return event;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(pieces_cover_the_text_however_it_arrives) {
  std::mt19937 seeded{3};
  for (int round = 0; round < 500; ++round) {
    const auto text = random_text(seeded);
    std::uint32_t reached = 0;
    for (const auto& piece : split(text, 1 + seeded() % 50, seeded)) {
      BOOST_REQUIRE_EQUAL(piece.begin, reached);
      BOOST_REQUIRE_GT(piece.end, piece.begin);
      BOOST_REQUIRE_LE(piece.end, text.size());
      BOOST_REQUIRE_LE(piece.end - piece.begin, 600u + 16u);
      BOOST_REQUIRE(is_boundary(text, piece.end));
      BOOST_REQUIRE_EQUAL(piece.spoken.size(), piece.source.size());
      for (std::size_t i = 0; i < piece.spoken.size(); ++i) {
        BOOST_REQUIRE(piece.source[i] >= piece.begin && piece.source[i] < piece.end);
        BOOST_REQUIRE(piece.spoken[i] == ' ' || piece.spoken[i] == text[piece.source[i]]);
      }
      reached = piece.end;
    }
    BOOST_REQUIRE_EQUAL(reached, text.size());
  }
}

BOOST_AUTO_TEST_CASE(a_text_without_any_blank_is_cut_between_characters) {
  std::mt19937 seeded{4};
  std::string text;
  for (int i = 0; i < 1'000; ++i)
    text += "語";
  std::uint32_t reached = 0;
  for (const auto& piece : split(text, 7, seeded)) {
    BOOST_REQUIRE_EQUAL(piece.begin, reached);
    BOOST_REQUIRE_EQUAL(piece.begin % 3, 0u);
    BOOST_REQUIRE_LE(piece.end - piece.begin, 600u);
    reached = piece.end;
  }
  BOOST_TEST(reached == text.size());
}

BOOST_AUTO_TEST_CASE(a_sentence_ends_where_a_listener_would_say_it_does) {
  std::mt19937 seeded{5};
  const auto pieces_of = [&](const std::string& text) { return split(text, 3, seeded).size(); };
  BOOST_TEST(pieces_of("The table is booked. See you soon then.") == 2u);
  BOOST_TEST(pieces_of("It costs 3.50 a kilo at the market") == 1u);
  BOOST_TEST(pieces_of("Please ask Dr. Smith about that one") == 1u);
  BOOST_TEST(pieces_of("Look at https://a.example/b.html for it") == 1u);
  BOOST_TEST(pieces_of("Well of course, here is a first clause.") == 2u); // the first may be short
}

BOOST_AUTO_TEST_CASE(a_first_clause_goes_out_before_the_rest_is_there) {
  text_splitter splitter{600};
  BOOST_TEST(splitter.add("Well of course").empty());
  BOOST_TEST(splitter.add(", I can").size() == 1u);
  BOOST_TEST(splitter.add(" do that").empty());
}

BOOST_AUTO_TEST_CASE(what_no_voice_can_say_is_left_out) {
  for (const auto& piece : spoken("**Bold** and _thin_ and `code` 🙂 done."))
    BOOST_TEST(piece.find_first_of("*_`\xF0") == std::string::npos);
  for (const auto& piece : spoken("🙂🙂"))
    BOOST_TEST(piece.empty()); // still a piece: its text is covered
}

BOOST_AUTO_TEST_CASE(heard_is_a_prefix_of_the_runners_own_text_and_only_grows) {
  std::mt19937 seeded{6};
  for (int round = 0; round < 400; ++round) {
    played_speech played;
    std::vector<generation> ids;
    for (auto count = 1 + seeded() % 3; count > 0; --count)
      ids.push_back(played.say(random_text(seeded), seeded() % 3 == 0, seeded() % 12, seeded));
    BOOST_REQUIRE_EQUAL(played.speech.text(), played.own);
    std::size_t heard_before = 0;
    for (const auto id : ids) {
      auto& port = played.port;
      const auto all = port.given_to[id];
      for (std::uint64_t sample = 0; sample <= all; sample += 1 + all / 17) {
        port.sent[id] = port.heard[id] = sample;
        const auto heard = played.speech.heard(port);
        BOOST_REQUIRE_EQUAL(played.own.compare(0, heard.size(), heard), 0);
        BOOST_REQUIRE(is_boundary(played.own, heard.size()));
        BOOST_REQUIRE_GE(heard.size(), heard_before);
        heard_before = heard.size();
      }
      port.sent[id] = port.heard[id] = all;
      played.speech.drained(id);
    }
    BOOST_REQUIRE_EQUAL(played.speech.heard(played.port), played.own);
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_reports_less_is_believed) {
  std::mt19937 seeded{8};
  played_speech played;
  const auto id = played.say("one two three four", false, 9, seeded);
  const auto all = played.port.given_to[id];
  played.port.sent[id] = all;
  played.port.heard[id] = all / 2;
  played.speech.drained(id);
  const auto heard = played.speech.heard(played.port);
  BOOST_TEST(heard.size() < 18u);
  BOOST_TEST(heard.size() > 0u);
}

BOOST_AUTO_TEST_CASE(nothing_was_heard_before_the_first_sample) {
  std::mt19937 seeded{9};
  played_speech played;
  played.say("one two three", false, 0, seeded);
  BOOST_TEST(played.speech.heard(played.port).empty());
  BOOST_TEST(!played.speech.is_silent());
}

BOOST_AUTO_TEST_CASE(our_own_words_are_never_mixed_with_the_runners) {
  agent_speech speech;
  const auto ours = speech.append("Welcome. ", true);
  const auto theirs = speech.append("Hello ", false);
  BOOST_TEST(theirs == ours + 1);
  BOOST_TEST(speech.append("there", false) == theirs);
  BOOST_TEST(speech.text() == "Hello there");
  BOOST_TEST(speech.complete() == theirs);
  BOOST_TEST(speech.complete() == 0u);
  BOOST_TEST(speech.append("more", false) == theirs + 1);
  speech.begin_turn();
  BOOST_TEST(speech.is_silent());
  BOOST_TEST(!speech.has(theirs));
  BOOST_TEST(speech.append("next", false) == theirs + 2); // generations go on
}

BOOST_AUTO_TEST_CASE(a_piece_is_found_by_the_sample_it_begins_at) {
  agent_speech speech;
  const auto id = speech.append("One. Two.", false);
  speech.place({id, 0, 0, 5, mono_time{1}});
  speech.place({id, 1, 5, 9, mono_time{1}});
  BOOST_TEST(*speech.start_of(id, 0) == 0u);
  BOOST_TEST(!speech.start_of(id, 1)); // the one before is not measured
  speech.measure({id, 0, 0, 5, 4'000, {}});
  BOOST_TEST(*speech.start_of(id, 1) == 4'000u);
  BOOST_TEST(speech.text_at(id, 0) == "One. ");
  BOOST_TEST(speech.text_at(id, 4'000) == "Two.");
  BOOST_TEST(speech.text_at(id, 1).empty());
  BOOST_TEST(speech.text_at(id + 1, 0).empty());
}

BOOST_AUTO_TEST_CASE(figures_said_in_words_are_heard_as_the_runner_wrote_them) {
  const std::string text = "Pay £1,250.50 by 2024-05-03, ok? It is [here](https://a.co) at 5pm.";
  constexpr std::uint64_t word_samples = 1'000;
  text_splitter splitter{600, "en-US"};
  auto pieces = splitter.add(text);
  for (auto& piece : splitter.finish())
    pieces.push_back(std::move(piece));
  agent_speech speech;
  fixtures::fake_media_port port;
  const auto id = speech.append(text, false);
  std::uint32_t number = 0;
  for (const auto& piece : pieces) {
    speech.place({id, number, piece.begin, piece.end, mono_time{1}});
    voice_piece event{id, number++, piece.begin, piece.end, 0, {}};
    const auto& said = piece.spoken;
    for (std::size_t end = 1; end <= said.size(); ++end)
      if (said[end - 1] != ' ' && (end == said.size() || said[end] == ' ')) {
        event.samples += word_samples;
        event.words.push_back(
          {piece.begin, written_end(piece.source, end, piece.end), event.samples});
      }
    speech.measure(event);
    port.given_to[id] += event.samples;
  }
  speech.complete();
  std::vector<std::string> heard;
  for (std::uint64_t sample = word_samples; sample <= port.given_to[id]; sample += word_samples) {
    port.sent[id] = sample;
    const auto now = speech.heard(port);
    BOOST_TEST(text.rfind(now, 0) == 0u, now);
    BOOST_TEST((heard.empty() || now.size() >= heard.back().size()));
    if (heard.empty() || now != heard.back())
      heard.push_back(now);
  }
  for (const auto* stop : {"Pay", "Pay £1,250.50", "Pay £1,250.50 by"})
    BOOST_TEST(std::count(heard.begin(), heard.end(), stop) == 1, stop);
  BOOST_TEST(std::count(heard.begin(), heard.end(), "Pay £1,250") == 0);
  BOOST_TEST(std::count(heard.begin(), heard.end(), "Pay £") == 0);
  BOOST_TEST(heard.back() == text);
}

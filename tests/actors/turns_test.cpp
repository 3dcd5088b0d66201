// When the caller's turn is over, when the caller cuts in, and where a turn's time went.
#define BOOST_TEST_MODULE turns
#include <boost/test/unit_test.hpp>

#include "actors/restart_budget.hpp"
#include "actors/rolling_times.hpp"
#include "actors/turn_detector.hpp"
#include "actors/turn_ledger.hpp"

#include <random>

using namespace unpod;

namespace {

constexpr mono_time ms(std::int64_t count) {
  return milliseconds{count};
}

/// 16 samples a millisecond.
constexpr sample_index sample_at(std::int64_t at_ms) {
  return static_cast<sample_index>(at_ms) * 16;
}

/// What happens to the detector, and when.
struct happening {
  enum class kind { starts, ends, partial, words };

  std::int64_t at;
  kind what;
  std::string text = {};
  std::int64_t until = 0; // ms: the last speech, or what a final covers
};

happening starts(std::int64_t at) {
  return {at, happening::kind::starts};
}
/// Said after the VAD's hang-over; the last speech was at `last`.
happening ends(std::int64_t last) {
  return {last + 240, happening::kind::ends, {}, last};
}
happening guess(std::int64_t at, std::string text) {
  return {at, happening::kind::partial, std::move(text)};
}
happening words(std::int64_t at, std::string text, std::int64_t until) {
  return {at, happening::kind::words, std::move(text), until};
}

/// Plays happenings to a detector; looks at it every 10 ms, as the CALL's timer would.
struct listener {
  turn_detector detector{turn_limits{}};
  std::vector<std::pair<std::int64_t, decided_turn>> turns;
  std::vector<std::int64_t> asked_for_final;
  std::int64_t cut_in = -1;

  void take(const happening& event) {
    switch (event.what) {
      case happening::kind::starts:
        return detector.speech_started(ms(event.at));
      case happening::kind::ends:
        return detector.speech_ended(sample_at(event.until), ms(event.until));
      case happening::kind::partial:
        return detector.partial(event.text);
      case happening::kind::words:
        return detector.final(event.text, sample_at(event.until), ms(event.at));
    }
  }

  /// What the port says: from the first voice to the last so far.
  static mono_time voiced(const std::vector<happening>& story, std::int64_t now) {
    std::int64_t since = -1, last = now;
    for (const auto& event : story)
      if (event.what == happening::kind::starts && event.at <= now)
        since = event.at, last = now;
      else if (event.what == happening::kind::ends && event.until <= now)
        last = event.until;
    return since < 0 ? ms(0) : ms(last - since);
  }

  explicit listener(const std::vector<happening>& story, std::int64_t until = 10'000) {
    auto next = story.begin();
    for (std::int64_t at = 0; at <= until; at += 10) {
      for (; next != story.end() && next->at <= at; ++next)
        take(*next);
      detector.voice_lasted(voiced(story, at));
      if (cut_in < 0 && detector.cuts_in())
        cut_in = at;
      if (detector.wants_final(ms(at)))
        asked_for_final.push_back(at);
      if (detector.is_over(ms(at)))
        turns.emplace_back(at, detector.take_turn(ms(at)));
    }
  }
};

struct turn_case {
  const char* name;
  std::vector<happening> story;
  std::vector<std::pair<std::int64_t, std::string>> turns; // when, what
};

const turn_case turn_cases[] = {
  {"final before the silence is over",
   {starts(1'000), ends(2'000), words(2'300, "book a table", 2'000)},
   {{2'500, "book a table"}}},
  {"final before the VAD says that speech ended",
   {starts(1'000), words(2'100, "book a table", 1'990), ends(2'000), words(2'520, "", 2'000)},
   {{2'520, "book a table"}}},
  {"final after the silence is over", // decided the moment it comes
   {starts(1'000), ends(2'000), words(2'900, "hello", 2'000)},
   {{2'900, "hello"}}},
  {"a final that ends a little before the VAD does is whole",
   {starts(1'000), ends(2'000), words(2'100, "hello", 1'800)},
   {{2'500, "hello"}}},
  {"two finals are one turn",
   {starts(1'000), words(1'500, "well", 1'400), ends(2'000), words(2'400, "yes please", 2'000)},
   {{2'500, "well yes please"}}},
  {"speech that resumes within the silence is the same turn",
   {starts(1'000), ends(2'000), words(2'300, "I want", 2'000), starts(2'400), ends(3'000),
    words(3'300, "a pizza", 3'000)},
   {{3'500, "I want a pizza"}}},
  {"only partials: patience, then the partial counts",
   {starts(1'000), guess(1'500, "hel"), guess(2'000, "hello"), ends(2'000)},
   {{5'000, "hello"}}},
  {"a final that comes after its partial was taken is no second turn",
   {starts(1'000), guess(2'000, "hello"), ends(2'000), words(5'500, "hello", 2'000)},
   {{5'000, "hello"}}},
  {"a noise without words is no turn", {starts(1'000), ends(2'000), words(2'600, "", 2'000)}, {}},
  {"silence is no turn", {}, {}},
  {"two turns", // each with its own words
   {starts(1'000), ends(1'500), words(1'700, "one", 1'500), starts(3'000), ends(3'500),
    words(3'700, "two", 3'500)},
   {{2'000, "one"}, {4'000, "two"}}},
};

} // namespace

BOOST_AUTO_TEST_CASE(a_turn_is_over_when_the_table_says) {
  for (const auto& row : turn_cases) {
    BOOST_TEST_CONTEXT(row.name) {
      const listener heard{row.story};
      BOOST_REQUIRE_EQUAL(heard.turns.size(), row.turns.size());
      for (std::size_t i = 0; i < row.turns.size(); ++i) {
        BOOST_TEST(heard.turns[i].first == row.turns[i].first);
        BOOST_TEST(heard.turns[i].second.text == row.turns[i].second);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_turn_carries_its_stamps) {
  const listener heard{{starts(1'000), ends(2'000), words(2'700, "hello", 2'000)}};
  BOOST_REQUIRE_EQUAL(heard.turns.size(), 1u);
  const auto& turn = heard.turns[0].second;
  BOOST_TEST(turn.last_speech.count() == ms(2'000).count());
  BOOST_TEST(turn.silence_over.count() == ms(2'500).count());
  BOOST_TEST(turn.final_at.count() == ms(2'700).count());
  BOOST_TEST(turn.decided.count() == ms(2'700).count());
}

BOOST_AUTO_TEST_CASE(the_final_is_asked_for_once_a_silence) {
  const listener late{{starts(1'000), ends(2'000), words(4'000, "hello", 2'000)}};
  BOOST_REQUIRE_EQUAL(late.asked_for_final.size(), 1u);
  BOOST_TEST(late.asked_for_final[0] == 2'500);

  const listener there{{starts(1'000), ends(2'000), words(2'400, "hello", 2'000)}};
  BOOST_TEST(there.asked_for_final.empty());

  const listener twice{{starts(1'000), ends(2'000), starts(2'800), ends(3'000)}};
  BOOST_REQUIRE_EQUAL(twice.asked_for_final.size(), 2u);
  BOOST_TEST(twice.asked_for_final[1] == 3'500);
}

BOOST_AUTO_TEST_CASE(a_caller_cuts_in_by_time_or_by_words) {
  BOOST_TEST(listener({starts(1'000), ends(2'000)}).cut_in == 1'300);
  BOOST_TEST(listener({starts(1'000), ends(1'290)}).cut_in == -1);
  BOOST_TEST(listener({starts(1'000), guess(1'100, "wait")}, 1'290).cut_in == -1);
  BOOST_TEST(listener({starts(1'000), guess(1'100, "wait please")}).cut_in == 1'100);
  BOOST_TEST(listener({starts(1'000), words(1'100, "wait", 1'090), guess(1'200, "a")}).cut_in
             == 1'200);
}

BOOST_AUTO_TEST_CASE(a_cough_does_not_cut_in) {
  turn_detector detector{turn_limits{}};
  detector.speech_started(ms(1'000));
  detector.voice_lasted(ms(100)); // and no more, while the VAD still waits for its end
  BOOST_TEST(!detector.cuts_in());
  BOOST_TEST(detector.next_check(ms(1'320))->count() == ms(1'340).count());
  detector.speech_ended(sample_at(1'100), ms(1'100));
  BOOST_TEST(!detector.cuts_in());
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_taken_turn_does_not_cut_in) {
  const listener heard{{starts(1'000), guess(2'000, "I would like"), ends(2'000),
                        guess(5'500, "I would like a pizza")}};
  BOOST_TEST(heard.turns.size() == 1u);
  BOOST_TEST(!heard.detector.cuts_in());
}

/// A CALL sets one timer for `next_check`: nothing may change unseen before it.
BOOST_AUTO_TEST_CASE(nothing_changes_by_time_alone_before_the_next_check) {
  std::mt19937 seeded{7};
  for (int round = 0; round < 300; ++round) {
    turn_detector detector{turn_limits{}};
    std::int64_t at = 10'000; // a clock that has gone for a while
    for (int step = 0; step < 12; ++step) {
      at += static_cast<std::int64_t>(seeded() % 700);
      switch (seeded() % 4) {
        case 0:
          detector.speech_started(ms(at));
          break;
        case 1:
          detector.speech_ended(sample_at(at), ms(at));
          break;
        case 2:
          detector.partial("a");
          break;
        default:
          detector.final("a", sample_at(at), ms(at));
          break;
      }
      detector.wants_final(ms(at));
      if (detector.is_over(ms(at)))
        detector.take_turn(ms(at));
      const auto next = detector.next_check(ms(at));
      const auto until = next ? *next - ms(1) : ms(at + 5'000);
      auto copy = detector;
      BOOST_REQUIRE(!detector.is_over(until));
      BOOST_REQUIRE(!copy.wants_final(until));
    }
  }
}

BOOST_AUTO_TEST_CASE(words_are_counted_by_blanks) {
  BOOST_TEST(count_words("") == 0u);
  BOOST_TEST(count_words("  \n") == 0u);
  BOOST_TEST(count_words("yes") == 1u);
  BOOST_TEST(count_words(" yes,  I do\n") == 3u);
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_ledger_sum_to_its_total) {
  std::mt19937 seeded{11};
  for (int round = 0; round < 1'000; ++round) {
    turn_ledger ledger;
    for (std::size_t i = 0; i < turn_ledger::stamps; ++i)
      ledger.note(static_cast<turn_ledger::stamp>(i), mono_time{1 + seeded() % 1'000'000});
    BOOST_TEST(ledger.is_complete());
    mono_time sum{0};
    for (std::size_t i = 1; i < turn_ledger::stamps; ++i) {
      const auto part = ledger.part(static_cast<turn_ledger::stamp>(i));
      BOOST_TEST(part.count() >= 0);
      sum += part;
    }
    BOOST_TEST(sum.count() == ledger.total().count());
  }
}

BOOST_AUTO_TEST_CASE(a_ledger_keeps_the_first_stamp_and_knows_when_one_is_missing) {
  turn_ledger ledger;
  ledger.note(turn_ledger::first_delta, mono_time{5});
  ledger.note(turn_ledger::first_delta, mono_time{9});
  BOOST_TEST(ledger.at[turn_ledger::first_delta].count() == 5);
  BOOST_TEST(ledger.has(turn_ledger::first_delta));
  BOOST_TEST(!ledger.is_complete());
}

BOOST_AUTO_TEST_CASE(a_restart_budget_is_spent_within_its_window_and_then_whole_again) {
  restart_budget budget{2, seconds{10}};
  BOOST_TEST(budget.spend(seconds{1}));
  BOOST_TEST(budget.spend(seconds{2}));
  BOOST_TEST(!budget.spend(seconds{3}));
  BOOST_TEST(!budget.spend(ms(10'999)));
  BOOST_TEST(budget.spend(seconds{11})); // the first is forgotten
  BOOST_TEST(!budget.spend(ms(11'500)));
  BOOST_TEST(budget.spend(seconds{12}));
  restart_budget none{0, seconds{10}};
  BOOST_TEST(!none.spend(seconds{1}));
}

BOOST_AUTO_TEST_CASE(percentiles_are_of_the_last_kept_ones) {
  rolling_times times;
  BOOST_TEST(times.percentile(0.5) < 0);
  times.add(7);
  BOOST_TEST(times.percentile(0.0) == 7);
  BOOST_TEST(times.percentile(1.0) == 7);
  for (std::size_t i = 0; i < rolling_times::kept_max; ++i)
    times.add(1'000);
  BOOST_TEST(times.percentile(0.0) == 1'000); // the 7 is forgotten
  for (std::size_t i = 1; i <= rolling_times::kept_max; ++i)
    times.add(static_cast<double>(i));
  BOOST_TEST(times.percentile(0.5) == 129);
  BOOST_TEST(times.percentile(0.99) == 254);
  BOOST_TEST(times.percentile(1.0) == 256);
}

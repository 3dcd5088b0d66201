// PROVIDERS and PROVIDER: who is asked first, who is left alone, and what probes find out.
#define BOOST_TEST_MODULE providers
#include <boost/test/unit_test.hpp>

#include "actors/providers.hpp"
#include "messages/refusal.hpp"
#include "tests/fixtures/deterministic_system.hpp"

using namespace unpod;

namespace {

struct providers_fixture : fixtures::deterministic_system {
  providers_actor subject;
  profile_catalogue catalogue;

  providers_fixture() {
    voice_profile profile;
    profile.id = "VP_1";
    profile.name = "Nova";
    profile.stt = {"a", "b", "c"};
    profile.tts = {"b", "a"};
    put(profile);
    subject = sys.spawn(speech_providers, providers_setup{catalogue, {"a", "b", "c"}});
    run();
  }
  ~providers_fixture() {
    end(subject, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }

  void put(const voice_profile& only) {
    catalogue.put(std::make_shared<const std::vector<voice_profile>>(std::vector{only}));
  }

  void report(const std::string& provider, bool ok, int times = 1) {
    for (; times > 0; --times)
      tell(subject, provider_report{provider, ok, ok ? "" : "quota", -1,
                                    ok ? trouble::none : trouble::refused});
  }

  std::string order() {
    const auto answer = ask<picked_providers>(subject, pick_providers{"VP_1"});
    std::string names;
    for (const auto& one : answer->profile.stt)
      names += one;
    names += "/";
    for (const auto& one : answer->profile.tts)
      names += one;
    return names;
  }

  /// Test only: the handle of a child nobody else is given.
  provider_actor child(const std::string& provider) {
    auto* actor = caf::actor_cast<caf::abstract_actor*>(subject);
    return dynamic_cast<providers_state::self_pointer>(actor)->state.known.at(provider).actor;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(speech, providers_fixture)

BOOST_AUTO_TEST_CASE(a_profile_is_found_by_id_or_name_and_keeps_its_order) {
  BOOST_TEST(order() == "abc/ba");
  BOOST_TEST(ask<picked_providers>(subject, pick_providers{"Nova"})->profile.id == "VP_1");
  const auto unknown = ask<picked_providers>(subject, pick_providers{"Echo"});
  BOOST_REQUIRE(!unknown);
  BOOST_TEST((refusal_of(unknown.error()) == refusal::not_found));
}

BOOST_AUTO_TEST_CASE(profiles_that_were_read_again_are_picked_from_then_on) {
  voice_profile next;
  next.id = "VP_1";
  next.stt = {"c"};
  next.tts = {"c"};
  put(next);
  BOOST_TEST(order() == "c/c");
}

BOOST_AUTO_TEST_CASE(a_profile_that_this_node_cannot_use_says_what_it_lacks) {
  voice_profile far;
  far.id = "VP_1";
  far.name = "far";
  far.stt = far.tts = {"deepgram"};
  far.available = false;
  far.missing = "DEEPGRAM_API_KEY";
  put(far);
  const auto refused = ask<picked_providers>(subject, pick_providers{"far"});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refusal_of(refused.error()) == refusal::unavailable));
  BOOST_TEST(words_of(refused.error()).find("lacks: DEEPGRAM_API_KEY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_fails_three_times_in_a_row_goes_behind_until_it_works) {
  report("a", false, 2);
  BOOST_TEST(order() == "abc/ba");
  report("a", true);
  report("a", false, 2);
  BOOST_TEST(order() == "abc/ba"); // not in a row
  report("a", false);
  BOOST_TEST(order() == "bca/ba");
  report("b", false, 3);
  BOOST_TEST(order() == "cab/ba"); // all of its voices failing, the order stands
  report("a", true);
  BOOST_TEST(order() == "acb/ab");
}

BOOST_AUTO_TEST_CASE(a_failure_is_forgiven_after_a_while) {
  report("a", false, 5);
  advance(std::chrono::seconds{29});
  BOOST_TEST(order() == "bca/ba");
  advance(std::chrono::seconds{2});
  BOOST_TEST(order() == "abc/ba");
}

BOOST_AUTO_TEST_CASE(a_report_of_nobody_we_know_changes_nothing) {
  report("nobody", false, 9);
  BOOST_TEST(order() == "abc/ba");
}

BOOST_AUTO_TEST_CASE(a_provider_counts_what_it_is_told) {
  report("a", false, 2);
  tell(subject, provider_report{"a", true, {}, 40}, provider_report{"a", true, {}, 80});
  const auto health = ask<provider_health>(child("a"), caf::get_atom_v);
  BOOST_REQUIRE(health);
  BOOST_TEST(health->successes == 2u);
  BOOST_TEST(health->failures == 2u);
  BOOST_TEST(health->failures_in_a_row == 0u);
  BOOST_TEST(health->last_failure == "quota");
  BOOST_TEST(health->first_byte_p99_ms == 80);
}

BOOST_AUTO_TEST_CASE(a_provider_that_dies_is_started_again_and_its_order_is_kept) {
  for (const auto& reason :
       {caf::error{caf::exit_reason::kill}, caf::error{caf::sec::runtime_error}}) {
    report("a", false, 3);
    const auto victim = child("a");
    end(victim, reason);
    BOOST_TEST(living().size() == 4u);
    BOOST_TEST((child("a") != victim));
    BOOST_TEST(order() == "bca/ba");
  }
}

BOOST_AUTO_TEST_SUITE_END()

// -- the breaker ------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_loss_opens_a_breaker_and_a_probe_follows_at_once) {
  using namespace std::chrono_literals;
  circuit_breaker breaker{true};
  BOOST_TEST(!breaker.takes_probe(100s));
  breaker.failed(trouble::closed, 100s);
  BOOST_TEST(!breaker.is_closed());
  BOOST_TEST(breaker.state(100s) == "half_open");
  BOOST_TEST(breaker.takes_probe(100s));
  BOOST_TEST(!breaker.takes_probe(101s)); // one is on
  breaker.probe_worked();
  BOOST_TEST(breaker.is_closed());
  BOOST_TEST(breaker.open_for(200s).count() == 0);
}

BOOST_AUTO_TEST_CASE(an_outage_is_probed_less_and_less) {
  using namespace std::chrono_literals;
  circuit_breaker breaker{true};
  breaker.failed(trouble::unreachable, 100s);
  BOOST_TEST(breaker.takes_probe(100s));
  breaker.probe_failed(101s);
  breaker.failed(trouble::unreachable, 105s); // of a call that had begun before
  BOOST_TEST(breaker.state(105s) == "open");
  BOOST_TEST(!breaker.takes_probe(105s));
  BOOST_TEST(breaker.state(106s) == "half_open");
  BOOST_TEST(breaker.takes_probe(106s));
  breaker.probe_failed(107s);
  BOOST_TEST(!breaker.takes_probe(116s));
  BOOST_TEST(breaker.takes_probe(117s));
  for (mono_time at = 117s; at < 1'000s; at += 60s) {
    breaker.probe_failed(at);
    BOOST_TEST(breaker.takes_probe(at + 60s));
  }
  breaker.succeeded(); // a call that had no other
  BOOST_TEST(breaker.is_closed());
}

BOOST_AUTO_TEST_CASE(who_passes_probes_and_loses_calls_waits_longer_each_time) {
  using namespace std::chrono_literals;
  circuit_breaker breaker{true};
  for (int relapse = 0; relapse < 3; ++relapse) {
    breaker.failed(trouble::stalled, 100s);
    BOOST_TEST(breaker.takes_probe(100s));
    breaker.probe_worked();
  }
  breaker.failed(trouble::stalled, 100s);
  BOOST_TEST(!breaker.takes_probe(104s));
  BOOST_TEST(breaker.takes_probe(105s));
  breaker.probe_worked();
  breaker.failed(trouble::stalled, 200s);
  BOOST_TEST(!breaker.takes_probe(209s));
  BOOST_TEST(breaker.takes_probe(210s));
  breaker.probe_worked();
  breaker.succeeded();
  breaker.failed(trouble::stalled, 300s);
  BOOST_TEST(breaker.takes_probe(300s)); // all is forgiven
}

BOOST_AUTO_TEST_CASE(who_is_busy_is_left_alone_for_a_while) {
  using namespace std::chrono_literals;
  circuit_breaker breaker{true};
  breaker.failed(trouble::busy, 100s);
  BOOST_TEST(breaker.state(100s) == "open");
  BOOST_TEST(!breaker.takes_probe(104s));
  BOOST_TEST(breaker.takes_probe(105s));
}

BOOST_AUTO_TEST_CASE(slowness_counts_less_and_what_is_our_own_doing_not_at_all) {
  using namespace std::chrono_literals;
  circuit_breaker breaker{true};
  for (int i = 0; i < 9; ++i)
    breaker.failed(i % 2 == 0 ? trouble::full : trouble::unable, 100s);
  breaker.failed(trouble::slow, 100s);
  breaker.failed(trouble::slow, 100s);
  BOOST_TEST(breaker.is_closed());
  breaker.succeeded();
  breaker.failed(trouble::slow, 100s);
  breaker.failed(trouble::slow, 100s);
  BOOST_TEST(breaker.is_closed());
  breaker.failed(trouble::slow, 100s);
  BOOST_TEST(!breaker.is_closed());
}

BOOST_AUTO_TEST_CASE(who_cannot_be_probed_is_lost_after_three_in_a_row) {
  using namespace std::chrono_literals;
  circuit_breaker breaker;
  breaker.failed(trouble::died, 100s);
  breaker.failed(trouble::died, 100s);
  BOOST_TEST(breaker.is_closed());
  breaker.failed(trouble::died, 100s);
  BOOST_TEST((breaker.open_for(130s) == 30s));
  breaker.failed(trouble::died, 140s);
  BOOST_TEST((breaker.open_for(150s) == 10s));
}

/// "a" can be probed, as a voice and perhaps as a recogniser; "b" cannot.
struct probed_fixture : fixtures::deterministic_system {
  enum class manner { works, fails, is_silent, dies };
  manner how = manner::fails;
  int opened = 0, streams = 0;
  std::vector<media_port_ptr> ports;
  providers_actor subject;

  probed_fixture() {
    voice_profile profile;
    profile.id = "VP_1";
    profile.tts = {"a", "b"};
    profile.speakers = {{"a", "model-a", "voice-a"}};
    speech_provider a{"a",
                      [](caf::local_actor*, stt_listener, media_port_ptr, stt_settings,
                         sample_index, std::string) -> stt_stream_actor {
                        BOOST_FAIL("no profile hears with it");
                        return {};
                      },
                      opener()};
    profile_catalogue catalogue;
    catalogue.put(std::make_shared<const std::vector<voice_profile>>(std::vector{profile}));
    subject = sys.spawn(speech_providers, providers_setup{catalogue, {"a", "b"}, {{"a", a}}});
    run();
  }
  ~probed_fixture() {
    end(subject, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }
  tts_spawner opener() {
    return [this](caf::local_actor*, tts_listener listener, media_port_ptr port,
                  tts_settings settings, std::string) {
      ++opened;
      ports.push_back(port);
      BOOST_TEST(settings.voice == "voice-a");
      return sys.spawn(
        [this, listener](tts_stream_actor::pointer self) -> tts_stream_actor::behavior_type {
          return {[this, self, listener](const tts_speak& piece) { speak(self, listener, piece); },
                  [](const tts_cancel&) {}};
        });
    };
  }
  void speak(tts_stream_actor::pointer self, const tts_listener& listener, const tts_speak& piece) {
    if (how == manner::works)
      self->send(listener, tts_first_byte{piece.utterance, 0, {}});
    else if (how == manner::fails)
      self->send(listener, tts_failed{"a", "down"});
    else if (how == manner::dies)
      self->quit(caf::sec::runtime_error);
  }
  void lose_a_call(trouble kind = trouble::closed) {
    tell(subject, provider_report{"a", false, "down", -1, kind});
  }
  std::string first() {
    return ask<picked_providers>(subject, pick_providers{"VP_1"})->profile.tts.front();
  }
  provider_health health() {
    const auto all = ask<provider_list>(subject, list_providers{});
    BOOST_REQUIRE(all);
    BOOST_REQUIRE(all->rows.size() == 2u);
    return all->rows.front();
  }
  void pass(int seconds_long) {
    for (; seconds_long > 0; --seconds_long)
      advance(std::chrono::seconds{1});
  }
};

BOOST_FIXTURE_TEST_CASE(one_call_learns_of_an_outage_and_the_others_begin_elsewhere,
                        probed_fixture) {
  BOOST_TEST(first() == "a");
  lose_a_call();
  BOOST_TEST(first() == "b");
  BOOST_TEST(opened == 1); // the node tries it at once, into a port of no call
  BOOST_TEST(ports.front()->play(1, nullptr, 0, 8'000));
  BOOST_TEST(ports.front()->given(1) == 0u);
  pass(17); // after 5 s, and 10 s after that
  BOOST_TEST(opened == 3);
  BOOST_TEST(health().state == "open");
  BOOST_TEST(first() == "b"); // however long it takes
  how = manner::works;
  pass(25);
  BOOST_TEST(opened == 4);
  BOOST_TEST(first() == "a");
  BOOST_TEST(health().state == "closed");
  BOOST_TEST(health().probes == 1u);
  BOOST_TEST(health().probes_failed == 3u);
  BOOST_TEST(health().failures == 1u);
  BOOST_TEST(health().by_kind[static_cast<std::size_t>(trouble::closed)] == 1u);
  pass(120);
  BOOST_TEST(opened == 4); // nobody asks any more
}

BOOST_FIXTURE_TEST_CASE(a_chance_loss_is_forgotten_as_soon_as_a_probe_works, probed_fixture) {
  how = manner::works;
  lose_a_call();
  BOOST_TEST(opened == 1);
  BOOST_TEST(first() == "a");
}

BOOST_FIXTURE_TEST_CASE(a_probe_that_is_silent_or_dies_has_failed, probed_fixture) {
  how = manner::is_silent;
  lose_a_call();
  BOOST_TEST(first() == "b");
  pass(6);
  BOOST_TEST(health().probes_failed == 1u);
  how = manner::dies;
  pass(6);
  BOOST_TEST(opened == 2);
  BOOST_TEST(health().probes_failed == 2u);
  BOOST_TEST(first() == "b");
}

BOOST_FIXTURE_TEST_CASE(a_provider_that_dies_while_it_is_open_is_probed_on, probed_fixture) {
  lose_a_call();
  auto* actor = caf::actor_cast<caf::abstract_actor*>(subject);
  end(dynamic_cast<providers_state::self_pointer>(actor)->state.known.at("a").actor,
      caf::exit_reason::kill);
  how = manner::works;
  pass(7);
  BOOST_TEST(opened == 2);
  BOOST_TEST(first() == "a");
}

BOOST_FIXTURE_TEST_CASE(a_provider_is_tried_when_somebody_asks, probed_fixture) {
  how = manner::works;
  const auto good = ask<tested_provider>(subject, test_provider{"a"});
  BOOST_REQUIRE(good);
  BOOST_TEST(good->ok);
  how = manner::fails;
  const auto bad = ask<tested_provider>(subject, test_provider{"a"});
  BOOST_REQUIRE(bad);
  BOOST_TEST(!bad->ok);
  BOOST_TEST(bad->why == "down");
  BOOST_TEST(first() == "b"); // what a test finds out counts
  const auto built_in = ask<tested_provider>(subject, test_provider{"b"});
  BOOST_REQUIRE(!built_in);
  BOOST_TEST((refusal_of(built_in.error()) == refusal::conflict));
  BOOST_TEST(
    (refusal_of(ask<tested_provider>(subject, test_provider{"c"}).error()) == refusal::not_found));
}

BOOST_FIXTURE_TEST_CASE(what_calls_used_is_added_up_by_provider, probed_fixture) {
  tell(subject, provider_used{"a", 1.5, 0}, provider_used{"a", 0.5, 20}, provider_used{"c", 9, 9});
  BOOST_TEST(health().stt_s == 2);
  BOOST_TEST(health().tts_characters == 20u);
  tell(subject, provider_report{"a", true, {}, 120});
  BOOST_TEST(
    ask<picked_providers>(subject, pick_providers{"VP_1"})->profile.first_byte_p99_ms.front()
    == 120);
}

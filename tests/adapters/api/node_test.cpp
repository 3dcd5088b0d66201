// The node over its API: profiles by language, read again, and backups.
#define BOOST_TEST_MODULE node
#include <boost/test/unit_test.hpp>

#include "tests/adapters/api/accounts_fixture.hpp"

using namespace unpod;
using namespace fixtures;

namespace {

struct node_fixture : accounts_fixture {
  node_fixture() {
    put({speaker("VP_1", "near", "en-US"), speaker("VP_2", "fern", "de"),
         speaker("VP_3", "afar", "english")});
  }

  static voice_profile speaker(const std::string& id, const std::string& name,
                               const std::string& language) {
    voice_profile one;
    one.id = id;
    one.name = name;
    one.language = language;
    one.stt = {"embedded"};
    one.tts = {"embedded"};
    return one;
  }
  void put(std::vector<voice_profile> all) {
    catalogue.put(std::make_shared<const std::vector<voice_profile>>(std::move(all)));
  }
  std::string named(const std::string& query) {
    std::string names;
    const auto all = data(as("reader", "GET", "/voice-profiles/" + query), 200);
    for (const auto& row : all.GetArray())
      names += *json::text(row, "name") + " ";
    return names;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node, node_fixture)

BOOST_AUTO_TEST_CASE(a_language_is_asked_for_by_the_beginning_of_its_tag) {
  BOOST_TEST(named("") == "near fern afar ");
  for (const auto* wanted : {"en", "EN", "en-US", "en_us"})
    BOOST_TEST(named(std::string{"?language="} + wanted) == "near ", wanted);
  BOOST_TEST(named("?language=de") == "fern ");
  for (const auto* none : {"e", "en-GB", "en-USA", "hi"})
    BOOST_TEST(named(std::string{"?language="} + none) == "", none);
  auto both = speaker("VP_4", "both", "fr");
  both.languages = {"de-AT"};
  put({both});
  BOOST_TEST(named("?language=de") == "both ");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_of_a_profile_is_null_and_what_is_missing_is_said) {
  auto far = speaker("VP_5", "far", "en");
  far.available = false;
  far.missing = "DEEPGRAM_API_KEY";
  far.latency_ms = -1;
  far.cost_per_min_usd = -1;
  far.speakers = {{"cartesia", "sonic-3", "v"}};
  put({far});
  const auto shown = data(as("reader", "GET", "/v1/voice-profiles/far"), 200);
  BOOST_TEST(!*json::flag(shown, "available"));
  BOOST_TEST(*json::text(shown, "missing") == "DEEPGRAM_API_KEY");
  BOOST_TEST(shown["latency_ms"].IsNull());
  BOOST_TEST(shown["estimated_cost_per_min_usd"].IsNull());
  BOOST_TEST(json::raw(shown, "languages").value() == R"(["en"])");
  BOOST_TEST(json::raw(shown, "tts").value()
             == R"([{"provider":"cartesia","model":"sonic-3","voice":"v"}])");
  const auto pipe = as("admin", "POST", "/v1/pipes", R"({"name":"p","voice_profile":"far"})");
  BOOST_TEST(pipe.status == 201); // a call to it is what fails, and says why
}

BOOST_AUTO_TEST_CASE(profiles_are_read_again_or_stay) {
  const auto read = data(as("node", "POST", "/v1/voice-profiles/reload"), 200);
  BOOST_TEST(*json::whole(read, "profiles") == 3);
  BOOST_TEST(*json::whole(read, "available") == 3);
  profiles_mistake = "p.toml:3: name must be text";
  BOOST_TEST(detail(as("node", "POST", "/v1/voice-profiles/reload"), 422)
             == "the old profiles stay: p.toml:3: name must be text");
  BOOST_TEST(as("admin", "POST", "/v1/voice-profiles/reload").status == 403);
  std::size_t audited = 0;
  for (const auto& change : stored.changes)
    if (const auto* entry = std::get_if<audit_record>(&change.record))
      audited += entry->action == "POST /v1/voice-profiles/reload";
  BOOST_TEST(audited == 1u);
}

BOOST_AUTO_TEST_CASE(a_backup_is_begun_under_its_name_or_the_time) {
  const auto made = data(as("node", "POST", "/v1/backup", R"({"to":"monday"})"), 201);
  BOOST_TEST(*json::text(made, "folder") == "/data/backups/x");
  BOOST_TEST(*json::whole(made, "bytes") == 7);
  BOOST_TEST(as("node", "POST", "/v1/backup").status == 201);
  BOOST_TEST(as("node", "POST", "/v1/backup", R"({"to":null})").status == 201);
  BOOST_TEST((backups_asked == std::vector<std::string>{"monday", "", ""}));
  BOOST_TEST(as("node", "POST", "/v1/backup", R"({"to":7})").status == 422);
  BOOST_TEST(as("node", "POST", "/v1/backup", "{").status == 400);
  backup_result = {refusal::disk_full, "no space left", {}, 0};
  BOOST_TEST(detail(as("node", "POST", "/v1/backup"), 507) == "no space left");
  backup_result = {refusal::conflict, "one is under way", {}, 0};
  BOOST_TEST(as("node", "POST", "/v1/backup").status == 409);
  for (const auto* who : {"admin", "space", "reader", "runner"})
    BOOST_TEST(as(who, "POST", "/v1/backup").status == 403, who);
}

BOOST_AUTO_TEST_CASE(speech_providers_tell_how_they_are_and_can_be_tried) {
  provider_health row;
  row.provider = "deepgram@eu";
  row.hears = true;
  row.state = "half_open";
  row.failures = 3;
  row.by_kind[static_cast<std::size_t>(trouble::busy)] = 2;
  row.stt_s = 12.5;
  const auto fake = sys.spawn([row]() -> providers_actor::behavior_type {
    return {[](const pick_providers&) { return picked_providers{}; }, [](const provider_report&) {},
            [](const provider_used&) {},
            [row](const list_providers&) { return provider_list{{row}}; },
            [](const test_provider& one) -> caf::result<tested_provider> {
              if (one.provider != "deepgram@eu")
                return make_error(refusal::not_found, "there is no such");
              return tested_provider{one.provider, false, "HTTP 429", trouble::busy, 31};
            }};
  });
  house->put(fake);
  const auto all = data(as("node", "GET", "/v1/providers"), 200);
  BOOST_REQUIRE(all.Size() == 1u);
  BOOST_TEST(*json::text(all[0], "state") == "half_open");
  BOOST_TEST(all[0]["first_byte_p50_ms"].IsNull());
  BOOST_TEST(all[0]["failures_by_kind"]["busy"].GetInt() == 2);
  BOOST_TEST(*json::text(data(as("node", "GET", "/v1/providers/deepgram@eu"), 200), "provider")
             == "deepgram@eu");
  BOOST_TEST(as("node", "GET", "/v1/providers/nobody").status == 404);
  const auto tried = data(as("node", "POST", "/v1/providers/deepgram@eu/test"), 200);
  BOOST_TEST(!tried["ok"].GetBool());
  BOOST_TEST(*json::text(tried, "kind") == "busy");
  BOOST_TEST(as("node", "POST", "/v1/providers/nobody/test").status == 404);
  for (const auto* who : {"admin", "caller", "reader"})
    BOOST_TEST(as(who, "GET", "/v1/providers").status == 403, who);
  house->put(providers_actor{});
  end(fake, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_SUITE_END()

// Settings: who outranks whom, every mistake in words, and a table that reads back.
#define BOOST_TEST_MODULE settings
#include <boost/test/unit_test.hpp>

#include "runtime/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace unpod;

namespace {

/// A file of settings and an environment of its own, gone with the test.
struct sources {
  std::filesystem::path folder = make_folder();
  std::vector<std::string> variables;
  setting_sources from;
  node_settings got;
  std::vector<std::string> mistakes;

  ~sources() {
    for (const auto& variable : variables)
      unsetenv(variable.c_str());
    std::filesystem::remove_all(folder);
  }

  static std::filesystem::path make_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "settings.XXXXXX").string();
    return mkdtemp(pattern.data());
  }

  void file(const std::string& text) {
    from.file = folder / "unpod.toml";
    std::ofstream{from.file} << text;
  }
  void environment(const std::string& name, const std::string& value) {
    variables.push_back(environment_name(name));
    setenv(variables.back().c_str(), value.c_str(), 1);
  }
  bool load() {
    got = {};
    mistakes.clear();
    return load_settings(from, got, mistakes);
  }
  /// Loads what is wrong in one place, and says that place's words.
  std::string only_mistake() {
    BOOST_TEST(!load());
    BOOST_REQUIRE_EQUAL(mistakes.size(), 1u);
    return mistakes[0];
  }
};

bool says(const std::string& text, const std::string& words) {
  BOOST_TEST_INFO(text);
  return text.find(words) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(settings_tests, sources)

BOOST_AUTO_TEST_CASE(without_any_source_the_defaults_stand) {
  BOOST_TEST(load());
  BOOST_TEST(got.listen == "127.0.0.1:8080");
  BOOST_TEST(!got.dev);
  BOOST_TEST(got.bounds.node.calls_max == 500u);
  BOOST_TEST(got.bounds.turn.end_of_turn_silence.count() == 500);
}

BOOST_AUTO_TEST_CASE(flags_outrank_the_environment_which_outranks_the_file) {
  file("listen = \"127.0.0.1:1\"\nlog_level = \"debug\"\n[limits]\ncalls_max = 1\n"
       "ack_wait_ms = 1111\n");
  environment("listen", "127.0.0.1:2");
  environment("limits.calls_max", "2");
  from.flags["listen"] = "127.0.0.1:3";
  BOOST_TEST(load());
  BOOST_TEST(got.listen == "127.0.0.1:3");
  BOOST_TEST(got.bounds.node.calls_max == 2u);
  BOOST_TEST(got.bounds.dispatch.ack_wait.count() == 1'111);
  BOOST_TEST(got.log_level == "debug");
}

BOOST_AUTO_TEST_CASE(an_environment_name_is_the_settings_in_capitals) {
  BOOST_TEST(environment_name("listen") == "UNPOD_NODE_LISTEN");
  BOOST_TEST(environment_name("limits.calls_max") == "UNPOD_NODE_LIMITS_CALLS_MAX");
}

BOOST_AUTO_TEST_CASE(every_mistake_is_told_with_its_place) {
  file("listen = 5\nlissten = \"x\"\n[limits]\ncalls_max = 0\nidle_max_s = 1.5\n");
  environment("workers", "many");
  from.flags["log_format"] = "xml";
  BOOST_TEST(!load());
  BOOST_REQUIRE_EQUAL(mistakes.size(), 6u);
  BOOST_TEST(says(mistakes[0], "unpod.toml:4: limits.calls_max: '0' is not a whole number from 1"));
  BOOST_TEST(says(mistakes[1], "unpod.toml:5: limits.idle_max_s"));
  BOOST_TEST(says(mistakes[2], "unpod.toml:2: there is no setting 'lissten'"));
  BOOST_TEST(says(mistakes[3], "--log_format: 'xml' is none of human json"));
  BOOST_TEST(says(mistakes[4], "UNPOD_NODE_WORKERS: 'many' is not a whole number"));
  BOOST_TEST(says(mistakes[5], "listen: '5' is not HOST:PORT"));
}

BOOST_AUTO_TEST_CASE(a_table_without_a_name_is_a_mistake_and_no_end) {
  for (const auto* head : {"[", "[]", "[[", "[[]]", "[.", "  [ ]", "[\t"}) {
    file("dev = true\n" + std::string{head});
    BOOST_TEST(says(only_mistake(), "unpod.toml:2: '[' begins the name of a table"));
  }
  file(std::string(settings_bytes_max + 1, '#'));
  BOOST_TEST(says(only_mistake(), "unpod.toml: it is larger than"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_toml_is_told_by_line) {
  file("listen = \"127.0.0.1:1\"\n\ndev = maybe\n");
  BOOST_TEST(says(only_mistake(), "unpod.toml:3: "));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_a_mistake) {
  from.file = folder / "nowhere.toml";
  BOOST_TEST(says(only_mistake(), "nowhere.toml"));
}

BOOST_AUTO_TEST_CASE(dev_binds_loopback_only) {
  from.flags["dev"] = "true";
  for (const auto* good : {"127.0.0.1:0", "localhost:8080", "[::1]:8080", "127.1.2.3:80"}) {
    from.flags["listen"] = good;
    BOOST_TEST(load());
  }
  for (const auto* bad : {"0.0.0.0:8080", "10.0.0.1:80", "[::]:80", "node.example:80",
                          "127.0.0.1.evil.example:80", "localhost.evil.example:80"}) {
    from.flags["listen"] = bad;
    BOOST_TEST(says(only_mistake(), "binds loopback only"));
  }
}

BOOST_AUTO_TEST_CASE(simulated_speech_is_for_loopback_only) {
  from.flags["simulated_speech"] = "true";
  BOOST_TEST(load());
  BOOST_TEST(got.simulated_speech);
  from.flags["listen"] = "0.0.0.0:8080";
  BOOST_TEST(says(only_mistake(), "simulated_speech"));
}

BOOST_AUTO_TEST_CASE(what_contradicts_itself_is_told) {
  from.flags["tls_cert"] = "a.pem";
  BOOST_TEST(says(only_mistake(), "tls_cert and tls_key belong together"));
  from.flags = {{"also_plain", "true"}};
  BOOST_TEST(says(only_mistake(), "also_plain"));
  from.flags = {{"limits.heartbeat_s", "30"}, {"limits.heartbeat_ttl_s", "40"}};
  BOOST_TEST(says(only_mistake(), "heartbeat_ttl_s must be at least 1.5 times"));
}

BOOST_AUTO_TEST_CASE(the_printed_table_reads_back_as_it_was) {
  node_settings odd;
  odd.listen = "[::1]:0";
  odd.data_dir = "a \"quoted\" back\\slash\nfolder \xC3\xA9";
  odd.public_url = "007";
  odd.tls_cert = "-";
  odd.tls_key = "true";
  odd.allow_origin = "https://a.example,https://b.example";
  odd.also_plain = true;
  odd.workers = 7;
  odd.bounds.node.calls_max = 3;
  odd.bounds.turn.barge_in_min_speech = milliseconds{700};
  file(print_settings(odd));
  BOOST_TEST(load());
  for (const auto& mistake : mistakes)
    BOOST_ERROR(mistake);
  for (const auto& entry : all_settings())
    BOOST_TEST(entry.show(got) == entry.show(odd), entry.name);
}

BOOST_AUTO_TEST_CASE(a_secret_is_taken_and_never_printed) {
  from.flags = {{"llm.key", "sk-secret"}, {"llm.url", "https://model.example/"}};
  BOOST_TEST(load());
  BOOST_TEST(got.llm_key == "sk-secret");
  const auto text = print_settings(got);
  BOOST_TEST(!says(text, "sk-secret"));
  BOOST_TEST(says(text, "key = \"***\""));
  BOOST_TEST(says(text, "[llm]\nurl = \"https://model.example/\""));
}

BOOST_AUTO_TEST_CASE(a_provider_may_be_in_more_places_than_one) {
  from.flags = {{"providers.deepgram.key", "k1"},
                {"providers.deepgram@eu-1.base_url", "wss://eu.example"},
                {"providers.deepgram@eu-1.streams_max", "40"}};
  BOOST_TEST(load());
  BOOST_TEST(got.providers.at("deepgram@eu-1").base_url == "wss://eu.example");
  BOOST_TEST(got.providers.at("deepgram@eu-1").streams_max == 40u);
  const auto text = print_settings(got);
  BOOST_TEST(says(text, "\"deepgram@eu-1\".base_url = \"wss://eu.example\""));
  BOOST_TEST(!says(text, "k1"));
  from.flags.clear();
  got = {};
  file(text);
  BOOST_TEST(load());
  BOOST_TEST(got.providers.at("deepgram@eu-1").streams_max == 40u);
}

BOOST_AUTO_TEST_CASE(a_region_of_nobody_is_no_setting) {
  for (const auto* name :
       {"providers.nobody@eu.key", "providers.deepgram@.key", "providers.deepgram@EU.key",
        "providers.deepgram@eu.colour", "providers.deepgram@a-name-that-is-much-too-long.key",
        "providers.@eu.key"})
    BOOST_TEST(!find_setting(name), name);
  BOOST_TEST(!!find_setting("providers.cartesia@b.ca_file"));
}

BOOST_AUTO_TEST_CASE(regions_and_streams_are_bounded) {
  for (int n = 0; n < 17; ++n)
    from.flags["providers.deepgram@r" + std::to_string(n) + ".key"] = "k";
  BOOST_TEST(says(only_mistake(), "there are 16 regions already"));
  mistakes.clear();
  from.flags = {{"providers.deepgram.streams_max", "-1"}};
  BOOST_TEST(says(only_mistake(), "no whole number from 0"));
}

BOOST_AUTO_TEST_CASE(hosts_that_may_be_reached_are_checked_at_once) {
  from.flags = {{"outgoing.allow_hosts", "brain.internal,http://x"}};
  BOOST_TEST(says(only_mistake(), "outgoing.allow_hosts"));
}

BOOST_AUTO_TEST_CASE(every_setting_is_shown_with_its_meaning_and_takes_what_it_shows) {
  const auto text = print_settings({});
  for (const auto& entry : all_settings()) {
    BOOST_TEST(says(text, environment_name(entry.name)));
    BOOST_TEST(!entry.meaning.empty());
    node_settings into;
    std::string why;
    BOOST_TEST(entry.apply(into, entry.show({}), why), entry.name << ": " << why);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(an_address_is_split_at_its_port) {
  std::string host;
  std::uint16_t port = 0;
  BOOST_TEST(split_listen("127.0.0.1:8080", host, port));
  BOOST_TEST(host == "127.0.0.1");
  BOOST_TEST(port == 8080);
  BOOST_TEST(split_listen("[::1]:0", host, port));
  BOOST_TEST(host == "::1");
  for (const auto* bad : {"", ":80", "host", "host:", "host:65536", "host:-1", "host:8o", "::1",
                          "::1:80", "[::1]", "[]:80", "[::1:80", "host: 80"})
    BOOST_TEST(!split_listen(bad, host, port), bad);
}

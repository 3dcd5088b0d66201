// What may be typed, what it sets in motion, and how mistakes are answered.
#define BOOST_TEST_MODULE program
#include <boost/test/unit_test.hpp>

#include "cli/program.hpp"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

namespace {

using namespace unpod;

/// A command line whose verbs only remember that they were called.
struct terminal {
  int type(std::vector<std::string> arguments) {
    cli::workshop workshop;
    workshop.start = [this](const node_settings& settings, bool as_json) {
      started = settings;
      json = as_json;
      return 0;
    };
    workshop.demo = [this](const demo_wishes& wishes) {
      demo = wishes;
      return 1;
    };
    workshop.runner = [this](const runner_wishes& wishes) {
      runner = wishes;
      return 0;
    };
    workshop.bench_calls = [this](const calls_bench_wishes& wishes) {
      calls = wishes;
      return 0;
    };
    workshop.bench_dispatch = [this](const dispatch_bench_wishes& wishes) {
      dispatch = wishes;
      return 1;
    };
    workshop.bench_setup = [this](const setup_bench_wishes& wishes) {
      setup = wishes;
      return 0;
    };
    workshop.bench_talk = [this](const talk_bench_wishes& wishes) {
      talk = wishes;
      return 0;
    };
    workshop.bench_reference = [this](const reference_bench_wishes& wishes) {
      reference = wishes;
      return 0;
    };
    workshop.bench_soak = [this](const soak_bench_wishes& wishes) {
      soak = wishes;
      return 1;
    };
    workshop.bench_store = [this](const store_bench_wishes& wishes) {
      store = wishes;
      return 0;
    };
    workshop.bench_failover = [this](const failover_bench_wishes& wishes) {
      failover = wishes;
      return 1;
    };
    workshop.bench_faults = [this](const faults_bench_wishes& wishes) {
      faults = wishes;
      return 0;
    };
    workshop.say = [this](const say_wishes& wishes) {
      say = wishes;
      return 0;
    };
    workshop.transcribe = [this](const transcribe_wishes& wishes) {
      transcribe = wishes;
      return 1;
    };
    out.str("");
    err.str("");
    return cli::run(std::move(arguments), workshop, out, err);
  }

  bool said(const std::string& words) const {
    BOOST_TEST_INFO(out.str());
    return out.str().find(words) != std::string::npos;
  }

  bool complained(const std::string& words) const {
    BOOST_TEST_INFO(err.str());
    return err.str().find(words) != std::string::npos;
  }

  std::optional<node_settings> started;
  std::optional<demo_wishes> demo;
  std::optional<runner_wishes> runner;
  std::optional<calls_bench_wishes> calls;
  std::optional<dispatch_bench_wishes> dispatch;
  std::optional<setup_bench_wishes> setup;
  std::optional<talk_bench_wishes> talk;
  std::optional<reference_bench_wishes> reference;
  std::optional<soak_bench_wishes> soak;
  std::optional<store_bench_wishes> store;
  std::optional<failover_bench_wishes> failover;
  std::optional<faults_bench_wishes> faults;
  std::optional<say_wishes> say;
  std::optional<transcribe_wishes> transcribe;
  bool json = false;
  std::ostringstream out, err;
};

/// No variable of the developer's shell decides a test.
struct quiet_environment {
  quiet_environment() {
    for (const char* name :
         {"UNPOD_BASE_URL", "UNPOD_API_KEY", "UNPOD_NODE_LISTEN", "UNPOD_NODE_DEV"})
      ::unsetenv(name);
  }
};
BOOST_GLOBAL_FIXTURE(quiet_environment);

} // namespace

BOOST_FIXTURE_TEST_CASE(start_takes_flags_over_the_environment, terminal) {
  BOOST_TEST(type({"start"}) == 0);
  BOOST_TEST(started->listen == "127.0.0.1:8080");
  ::setenv("UNPOD_NODE_LISTEN", "127.0.0.1:9000", 1);
  BOOST_TEST(type({"start", "--dev", "--data-dir", "d"}) == 0);
  BOOST_TEST(started->listen == "127.0.0.1:9000");
  BOOST_TEST(started->dev);
  BOOST_TEST(started->data_dir == "d");
  BOOST_TEST(type({"start", "--listen", "127.0.0.1:7000", "--json"}) == 0);
  BOOST_TEST(started->listen == "127.0.0.1:7000");
  BOOST_TEST(!started->dev);
  BOOST_TEST(json);
  ::unsetenv("UNPOD_NODE_LISTEN");
}

BOOST_FIXTURE_TEST_CASE(any_setting_can_be_set, terminal) {
  BOOST_TEST(type({"start", "--set", "limits.calls_max=7", "--set", "listen=127.0.0.1:1"}) == 0);
  BOOST_TEST(started->bounds.node.calls_max == 7u);
  BOOST_TEST(started->listen == "127.0.0.1:1");
  started.reset();
  BOOST_TEST(type({"start", "--set", "nonsense"}) == 2);
  BOOST_TEST(complained("write NAME=VALUE"));
  BOOST_TEST(type({"start", "--set", "no_such_setting=1"}) == 2);
  BOOST_TEST(complained("unpod config print"));
  BOOST_TEST(!started.has_value());
}

BOOST_FIXTURE_TEST_CASE(a_dev_node_off_loopback_is_refused, terminal) {
  BOOST_TEST(type({"start", "--dev", "--listen", "0.0.0.0:8080"}) == 2);
  BOOST_TEST(!started.has_value());
  BOOST_TEST(complained("loopback"));
}

BOOST_FIXTURE_TEST_CASE(demo_is_asked_for_as_typed, terminal) {
  BOOST_TEST(type({"demo"}) == 1); // the demo's own exit code
  BOOST_TEST(demo->repeat == 1u);
  BOOST_TEST(demo->seed == 0u);
  BOOST_TEST(
    type({"demo", "--seed", "7", "--repeat", "40", "--json", "--free", "--keep", "--script", "f"})
    == 1);
  BOOST_TEST(demo->seed == 7u);
  BOOST_TEST(demo->repeat == 40u);
  BOOST_TEST(demo->json);
  BOOST_TEST(demo->free_speech);
  BOOST_TEST(demo->keep);
  BOOST_TEST(demo->script_file == "f");
  demo.reset();
  for (const char* bad : {"0", "-1", "x", "1001", "99999999999999999999"})
    BOOST_TEST(type({"demo", "--repeat", bad}) == 2, bad);
  BOOST_TEST(!demo.has_value());
  BOOST_TEST(complained("`unpod demo --help` shows how."));
}

BOOST_FIXTURE_TEST_CASE(a_runner_needs_an_answer_and_a_key, terminal) {
  BOOST_TEST(type({"runner", "--agent-id", "a", "--echo", "--key", "k", "--word-delay-ms", "5"})
             == 0);
  BOOST_TEST(runner->agent == "a");
  BOOST_TEST(runner->script_file.empty());
  BOOST_TEST(runner->url == "http://127.0.0.1:8080");
  BOOST_TEST(runner->delta_every.count() == 5);
  ::setenv("UNPOD_API_KEY", "sk_env", 1);
  ::setenv("UNPOD_BASE_URL", "http://h:1", 1);
  BOOST_TEST(type({"runner", "--agent-id", "a", "--script", "f"}) == 0);
  BOOST_TEST(runner->api_key == "sk_env");
  BOOST_TEST(runner->url == "http://h:1");
  ::unsetenv("UNPOD_API_KEY");
  ::unsetenv("UNPOD_BASE_URL");
  runner.reset();
  BOOST_TEST(type({"runner", "--agent-id", "a", "--echo"}) == 2);
  BOOST_TEST(complained("`unpod start` prints one"));
  BOOST_TEST(type({"runner", "--agent-id", "a", "--key", "k"}) == 2);
  BOOST_TEST(complained("--echo or --script FILE"));
  BOOST_TEST(type({"runner", "--echo", "--key", "k"}) == 2);
  BOOST_TEST(complained("--agent-id"));
  BOOST_TEST(type({"runner", "--agent-id", "a", "--echo", "--script", "f", "--key", "k"}) == 2);
  BOOST_TEST(!runner.has_value());
}

BOOST_FIXTURE_TEST_CASE(benches_are_asked_for_as_typed, terminal) {
  BOOST_TEST(type({"bench", "calls"}) == 0);
  BOOST_TEST(calls->codec == "pcm16");
  BOOST_TEST(calls->think.count() == 150);
  BOOST_TEST(type({"bench",  "calls",   "--calls",       "7",        "--seconds",
                   "9",      "--codec", "opus",          "--record", "--pin",
                   "--ramp", "--json",  "--seed",        "3",        "--think-ms",
                   "20",     "--set",   "realtime=true", "--set",    "net_threads=2"})
             == 0);
  BOOST_TEST(calls->calls == 7u);
  BOOST_TEST(calls->seconds == 9u);
  BOOST_TEST(calls->codec == "opus");
  BOOST_TEST((calls->record && calls->pin && calls->ramp && calls->json));
  BOOST_TEST(calls->seed == 3u);
  BOOST_TEST(calls->think.count() == 20);
  BOOST_TEST(calls->node_settings.size() == 2u);
  BOOST_TEST(!dispatch.has_value());
  BOOST_TEST(type({"bench", "dispatch", "--runners", "5", "--jobs", "6", "--rate", "7"}) == 1);
  BOOST_TEST(dispatch->runners == 5u);
  BOOST_TEST(dispatch->jobs == 6u);
  BOOST_TEST(dispatch->rate == 7u);
  calls.reset();
  for (const char* bad : {"0", "2001", "-1", "x"})
    BOOST_TEST(type({"bench", "calls", "--calls", bad}) == 2, bad);
  BOOST_TEST(type({"bench", "calls", "--codec", "mp3"}) == 2);
  BOOST_TEST(type({"bench"}) == 2);
  BOOST_TEST(complained("`unpod bench --help`"));
  BOOST_TEST(!calls.has_value());
}

BOOST_FIXTURE_TEST_CASE(help_shows_examples_for_every_verb, terminal) {
  BOOST_TEST(type({"--help"}) == 0);
  BOOST_TEST(said("unpod start --dev"));
  for (const char* verb : {"start", "demo", "runner", "bench", "config"}) {
    BOOST_TEST(type({verb, "--help"}) == 0);
    BOOST_TEST(said("Examples:"), verb);
    BOOST_TEST(said(std::string{"Usage: unpod "} + verb), verb);
    BOOST_TEST(said(std::string{"unpod "} + verb), verb);
  }
  BOOST_TEST(type({"config", "print", "--help"}) == 0);
  BOOST_TEST(said("--data-dir"));
  BOOST_TEST(type({}) == 2);
  BOOST_TEST(said("First things to try"));
}

BOOST_FIXTURE_TEST_CASE(errors_name_the_next_command, terminal) {
  BOOST_TEST(type({"strat"}) == 2);
  BOOST_TEST(complained("did you mean `unpod start`?"));
  BOOST_TEST(type({"zzz"}) == 2);
  BOOST_TEST(complained("there is no verb \"zzz\"\n`unpod --help` shows how."));
  BOOST_TEST(type({"demo", "--frobnicate"}) == 2);
  BOOST_TEST(complained("--frobnicate"));
  BOOST_TEST(complained("`unpod demo --help`"));
  BOOST_TEST(type({"config"}) == 2);
  BOOST_TEST(complained("`unpod config --help`"));
}

BOOST_FIXTURE_TEST_CASE(config_prints_what_it_checks, terminal) {
  BOOST_TEST(type({"config", "print", "--listen", "127.0.0.1:4321"}) == 0);
  BOOST_TEST(said("127.0.0.1:4321"));
  BOOST_TEST(type({"config", "check", "--dev"}) == 0);
  BOOST_TEST(said("The settings and the voice profiles are well."));
  BOOST_TEST(type({"config", "check", "--profiles", "/nowhere/profiles.toml"}) == 2);
  BOOST_TEST(complained("/nowhere/profiles.toml: it cannot be read"));
  BOOST_TEST(type({"config", "check", "--tls-cert", "only.pem"}) == 2);
  BOOST_TEST(complained("unpod config print"));
  BOOST_TEST(type({"config", "check", "--config", "/nonexistent/unpod.toml"}) == 2);
}

BOOST_FIXTURE_TEST_CASE(providers_are_killed_as_wished, terminal) {
  BOOST_TEST(type({"bench", "failover", "--calls", "5", "--utterances", "50", "--seed", "9"}) == 1);
  BOOST_REQUIRE(failover.has_value());
  BOOST_TEST(failover->calls == 5u);
  BOOST_TEST(failover->utterances == 50u);
  BOOST_TEST(failover->seed == 9u);
  BOOST_TEST(type({"bench", "faults", "--runs", "7", "--json"}) == 0);
  BOOST_REQUIRE(faults.has_value());
  BOOST_TEST(faults->runs == 7u);
  BOOST_TEST(faults->json);
  BOOST_TEST(type({"bench", "faults", "--runs", "0"}) == 2);
}

BOOST_FIXTURE_TEST_CASE(a_voice_and_a_recogniser_are_tried_in_one_line, terminal) {
  BOOST_TEST(type({"say", "--profile", "p", "Good evening.", "-o", "a.wav", "--set",
                   "providers.cartesia.key=k"})
             == 0);
  BOOST_REQUIRE(say.has_value());
  BOOST_TEST(say->profile == "p");
  BOOST_TEST(say->text == "Good evening.");
  BOOST_TEST(say->file == "a.wav");
  BOOST_TEST(say->settings.providers.at("cartesia").key == "k");
  BOOST_TEST(type({"transcribe", "--profile", "p", "a.wav", "--json"}) == 1);
  BOOST_REQUIRE(transcribe.has_value());
  BOOST_TEST(transcribe->file == "a.wav");
  BOOST_TEST(transcribe->json);
  BOOST_TEST(type({"say", "Good evening."}) == 2);
}

BOOST_FIXTURE_TEST_CASE(the_version_is_the_projects, terminal) {
  BOOST_TEST(type({"version", "--json"}) == 0);
  std::ifstream cmake{SOURCE_DIR "/CMakeLists.txt"};
  const std::string lists{std::istreambuf_iterator<char>{cmake}, {}};
  const auto at = lists.find("VERSION ", lists.find("project(unpod")) + 8;
  const auto version = lists.substr(at, lists.find(' ', at) - at);
  BOOST_TEST(said("{\"name\":\"unpod\",\"version\":\"" + version + "\"}"));
}

BOOST_FIXTURE_TEST_CASE(the_other_benches_take_their_wishes, terminal) {
  BOOST_TEST(type({"bench", "setup", "--rate", "50", "--calls", "8", "--plot", "p.svg"}) == 0);
  BOOST_TEST(setup->rate == 50u);
  BOOST_TEST(setup->calls == 8u);
  BOOST_TEST(setup->seconds == 5u);
  BOOST_TEST(setup->common.outlets.plot == "p.svg");
  BOOST_TEST(type({"bench", "talk", "--codec", "opus", "--seed", "7", "--set", "a=b",
                   "--provider-tls", "on"})
             == 0);
  BOOST_TEST(talk->common.profile == "simulated");
  BOOST_TEST(talk->common.provider_tls);
  BOOST_TEST(talk->codec == "opus");
  BOOST_TEST(talk->common.seed == 7u);
  BOOST_TEST(talk->common.node_settings.size() == 1u);
  BOOST_TEST(type({"bench", "reference", "--json", "--results", "r"}) == 0);
  BOOST_TEST(reference->calls == 0u);
  BOOST_TEST(reference->common.outlets.json);
  BOOST_TEST(reference->common.outlets.results == "r");
  BOOST_TEST(reference->common.outlets.release.find("unpod ") == 0u);
  BOOST_TEST(type({"bench", "soak", "--minutes", "60"}) == 1);
  BOOST_TEST(soak->seconds == 3'600u);
  BOOST_TEST(type({"bench", "soak", "--seconds", "30", "--kills", "0"}) == 1);
  BOOST_TEST(soak->seconds == 30u);
  BOOST_TEST(soak->kills == 0u);
  BOOST_TEST(type({"bench", "store", "--writers", "32"}) == 0);
  BOOST_TEST(store->writers == 32u);
  store.reset();
  BOOST_TEST(type({"bench", "store", "--writers", "65"}) == 2);
  BOOST_TEST(type({"bench", "store", "--set", "a=b"}) == 2); // there is no node
  BOOST_TEST(!store);
}

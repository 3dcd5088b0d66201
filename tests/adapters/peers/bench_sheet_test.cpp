// What the newer benches show and keep: sheets, curves, slopes, knocks, sounds that are found.
#define BOOST_TEST_MODULE peers_bench_sheet
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/peers/bench_dialogue.hpp"
#include "adapters/peers/bench_growth.hpp"
#include "adapters/peers/bench_setup.hpp"
#include "adapters/peers/bench_sheet.hpp"
#include "adapters/peers/child_process.hpp"
#include "adapters/peers/sound_search.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <unistd.h>

using namespace unpod;
using namespace std::chrono_literals;

namespace {

const bench_frame some_frame{{{"codec", "pcmu"}}, "unpod bench x", "a machine"};

bench_sheet some_sheet() {
  bench_sheet step;
  step.one("cpu", "CPU", figure::of(0.12345), "of a core");
  bench_sheet sheet;
  sheet.count("calls", "calls", 3, "of 4")
    .one("kb", "memory", figure::none("no /proc"), "KB")
    .row("ms", "took", spread_row({1, 2, 30}, ""), "ms")
    .steps("steps", "step", {step, step})
    .findings({"one went wrong"});
  return sheet;
}

std::size_t count_in(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

/// A folder gone with the test.
struct own_folder {
  std::string path = [] {
    auto pattern = (std::filesystem::temp_directory_path() / "sheet.XXXXXX").string();
    return std::string{mkdtemp(pattern.data())};
  }();
  ~own_folder() {
    std::filesystem::remove_all(path);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& one : std::filesystem::directory_iterator{path})
      names.push_back(one.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
};

/// Noise that is like nothing but itself.
pcm_samples noise(std::size_t samples, unsigned seed) {
  std::minstd_rand dice{seed};
  std::uniform_int_distribution<int> any{-8'000, 8'000};
  pcm_samples made(samples);
  for (auto& one : made)
    one = static_cast<std::int16_t>(any(dice));
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sheets)

BOOST_AUTO_TEST_CASE(one_sheet_has_the_same_figures_in_all_its_faces) {
  std::string why;
  const auto told = json::parse(some_sheet().json(some_frame), 8, why);
  BOOST_REQUIRE_MESSAGE(told, why);
  BOOST_TEST(json::whole(*told, "calls").value_or(-1) == 3);
  BOOST_TEST(json::member(*told, "kb")->IsNull());
  BOOST_TEST(json::text(*json::member(*told, "missing"), "kb").value_or("") == "no /proc");
  BOOST_TEST(json::number(*json::member(*told, "ms"), "p99").value_or(-1) == 30);
  BOOST_TEST(json::member(*told, "steps")->Size() == 2u);
  BOOST_TEST(json::number((*json::member(*told, "steps"))[0], "cpu").value_or(-1) == 0.123);
  BOOST_TEST(json::text(*json::member(*told, "posture"), "codec").value_or("") == "pcmu");
  BOOST_TEST(json::text(*told, "command").value_or("") == "unpod bench x");
  const auto table = some_sheet().table();
  BOOST_TEST(table.find("3                         of 4\n") != std::string::npos);
  BOOST_TEST(table.find("(no /proc)") != std::string::npos);
  BOOST_TEST(table.find("2.000 / 30.0 / 30.0") != std::string::npos);
  BOOST_TEST(table.find("step 2\n") != std::string::npos);
  BOOST_TEST(table.find("not well: one went wrong") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_load_that_is_not_believed_says_why) {
  load_figures load;
  load.cpu_share = 0.9;
  load.wait_share = load.others_share = figure::none("no /proc");
  bench_sheet sheet;
  sheet.load(load);
  BOOST_TEST(sheet.table().find("INVALID: the load process") != std::string::npos);
  std::string why;
  const auto told = json::parse(sheet.json(some_frame), 8, why);
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST(json::flag(*told, "invalid").value_or(false));
  BOOST_TEST(json::member(*told, "invalid_because")->Size() == 1u);
}

BOOST_AUTO_TEST_CASE(results_are_kept_beside_those_that_are_there) {
  const own_folder folder;
  std::ostringstream out;
  std::string why;
  bench_outlets outlets;
  outlets.json = true;
  outlets.results = folder.path;
  outlets.plot = folder.path + "/x.svg";
  outlets.release = "unpod 9";
  BOOST_TEST(publish("x", some_sheet(), some_frame, {{}}, outlets, out, why), why);
  BOOST_TEST(publish("x", some_sheet(), some_frame, {{}}, outlets, out, why), why);
  const auto files = folder.files();
  BOOST_REQUIRE(files.size() == 3u);
  BOOST_TEST(files[0].substr(10) == "-x-2.md");
  BOOST_TEST(files[1].substr(10) == "-x.md");
  BOOST_TEST(count_in(out.str(), "\n") == 2u);
  std::ostringstream page;
  page << std::ifstream{folder.path + "/" + files[1]}.rdbuf();
  for (const auto* words : {"* hardware: a machine\n", "* release: unpod 9\n",
                            "* command: `unpod bench x`\n", "* codec: pcmu\n", "2.000 / 30.0"})
    BOOST_TEST(page.str().find(words) != std::string::npos, words);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_said) {
  std::ostringstream out;
  std::string why;
  bench_outlets outlets;
  outlets.plot = "/nowhere/at/all.svg";
  BOOST_TEST(!publish("x", some_sheet(), some_frame, {}, outlets, out, why));
  BOOST_TEST(why.find("/nowhere/at/all.svg cannot be written") == 0u);
  BOOST_TEST(!out.str().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(curves)

BOOST_AUTO_TEST_CASE(marks_are_round_and_cover) {
  BOOST_TEST((axis_marks(0, 10) == std::vector<double>{0, 2, 4, 6, 8, 10}));
  BOOST_TEST((axis_marks(0, 1) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}));
  BOOST_TEST(axis_marks(3, 3).size() >= 2u); // one value still has an axis
  BOOST_TEST(axis_marks(-7, 123).front() <= -7);
  BOOST_TEST(axis_marks(-7, 123).back() >= 123);
  BOOST_TEST(axis_marks(0, std::numeric_limits<double>::infinity()).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_page_has_a_panel_each_and_no_word_breaks_it) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto page = plot_svg({{"a < b & \"c\"", "x", "y", {{"one", {{0, 1}, {nan, 2}, {2, 3}}}}},
                              {"nothing", "x", "y", {}}});
  BOOST_TEST(page.find("a &lt; b &amp; &quot;c&quot;") != std::string::npos);
  BOOST_TEST(count_in(page, "<polyline") == 1u);
  BOOST_TEST(count_in(page, "<circle") == 2u);
  BOOST_TEST(page.find("no figures") != std::string::npos);
  BOOST_TEST(page.find("nan") == std::string::npos);
  BOOST_TEST(page.find("height=\"600\"") != std::string::npos);
  BOOST_TEST(count_in(page, "<text") == count_in(page, "</text>"));
}

BOOST_AUTO_TEST_CASE(many_points_are_thinned_and_many_curves_cut) {
  plot_points many;
  for (int i = 0; i < 100'000; ++i)
    many.emplace_back(i, i % 7);
  bench_plot plot{"many", "x", "y", {}};
  for (int i = 0; i < 20; ++i)
    plot.curves.emplace_back("c", many);
  const auto page = plot_svg({plot});
  BOOST_TEST(count_in(page, "<polyline") == plot_curves_max);
  BOOST_TEST(count_in(page, ",") < 3 * plot_curves_max * plot_points_max);
}

BOOST_AUTO_TEST_CASE(a_line_fits_its_points) {
  const auto straight = fit_line({{0, 1}, {1, 3}, {2, 5}});
  BOOST_TEST(straight.slope == 2, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(straight.offset == 1, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(straight.r2 == 1, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(fit_line({{1, 1}, {1, 5}}).slope == 0);
  BOOST_TEST(fit_line({}).r2 == 0);
  BOOST_TEST(fit_line({{0, 0}, {1, 9}, {2, 0}, {3, 9}}).r2 < 0.5);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(growth)

BOOST_AUTO_TEST_CASE(actors_of_all_kinds_are_added_up) {
  BOOST_TEST(actors_in("# TYPE unpod_actors gauge\nunpod_actors{kind=\"call\"} 3\n"
                       "unpod_actors{kind=\"a b\"} 4\nunpod_actors_died_total{kind=\"call\"} 9\n")
             == 7);
  BOOST_TEST(actors_in("") == 0);
}

BOOST_AUTO_TEST_CASE(slopes_are_those_of_the_second_half) {
  std::vector<growth_sample> samples;
  for (int i = 0; i < 100; ++i) // grows by 100 KB a sample at first, then by 1 a second
    samples.push_back({i * 1.0, i < 50 ? 100.0 * i : 5'000.0 + i, 7, 20, 5});
  const auto slopes = slopes_of(samples);
  BOOST_TEST(slopes.memory_kb.value.value() == 3'600, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(slopes.actors.value.value() == 0);
  BOOST_TEST(!slopes_of({}).memory_kb.value.has_value());
  BOOST_TEST(growth_plots(samples).size() == 4u);
}

BOOST_AUTO_TEST_CASE(only_a_kill_in_its_life_explains_a_lost_call) {
  const std::vector<mono_time> kills{10s, 50s};
  const std::string lost = "the node ended the call: runner_lost";
  BOOST_TEST(is_explained({9s, 12s, lost}, kills));
  BOOST_TEST(!is_explained({11s, 49s, lost}, kills));
  BOOST_TEST(!is_explained({9s, 12s, "the node ended the call: internal_error"}, kills));
  BOOST_TEST(!is_explained({9s, 12s, lost}, {}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(truth)

BOOST_AUTO_TEST_CASE(a_sound_is_found_to_the_sample) {
  const auto sound = noise(400, 3);
  auto channel = noise(4'000, 5);
  for (auto& sample : channel)
    sample = static_cast<std::int16_t>(sample / 50);
  for (std::size_t i = 0; i < sound.size(); ++i)
    channel[1'234 + i] = static_cast<std::int16_t>(channel[1'234 + i] + sound[i] / 2); // softer
  const auto found = find_sound(channel, sound, 1'000, 1'500);
  BOOST_TEST(found.at == 1'234u);
  BOOST_TEST(found.likeness > 0.95);
  BOOST_TEST(find_sound(channel, sound, 2'000, 3'000).likeness < 0.5);
  BOOST_TEST(find_sound(channel, sound, 3'990, 9'000).likeness == 0); // it does not fit there
  BOOST_TEST(find_sound({}, sound, 0, 100).likeness == 0);
  BOOST_TEST(find_sound(channel, {}, 0, 100).likeness == 0);
  BOOST_TEST(find_sound(pcm_samples(4'000), sound, 0, 100).likeness == 0);
  BOOST_TEST(sound_length({0, 5, 0, 0}) == 2u);
}

BOOST_AUTO_TEST_CASE(a_pause_between_answers_is_no_gap) {
  const std::vector<heard_frame> frames{{1000ms, 0, 160},
                                        {1020ms, 160, 160},
                                        {1075ms, 320, 160},
                                        {3000ms, 480, 160},
                                        {3020ms, 640, 160}};
  BOOST_TEST((speech_gaps_ms(frames) == std::vector<double>{20, 55, 20}));
  BOOST_TEST(speech_gaps_ms({}).empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_read_from_its_head) {
  const auto full = read_knock("HTTP/1.1 503 Service Unavailable\r\nServer: x\r\n"
                               "retry-After: 2\r\n\r\n");
  BOOST_TEST(full.status == 503);
  BOOST_TEST(full.retry_after == "2");
  BOOST_TEST(read_knock("HTTP/1.1 503 No\r\n\r\n").retry_after.empty());
  BOOST_TEST(read_knock("HTTP/1.1 503 No\r\nRetry-After:\r\n\r\n").retry_after.empty());
  BOOST_TEST(read_knock("HTTP/1.1 503 No\r\nRetry-After:").retry_after.empty());
  BOOST_TEST(read_knock("HTTP/1.1").status == 0);
  BOOST_TEST(read_knock("").status == 0);
}

BOOST_AUTO_TEST_CASE(a_child_is_killed_and_reaped) {
  std::string why;
  const auto child =
    child_process::start({"/bin/sh", "-c", "test \"$A\" = b && exec sleep 600"}, {{"A", "b"}}, why);
  BOOST_REQUIRE_MESSAGE(child, why);
  BOOST_TEST(child->is_running());
  child->kill();
  BOOST_TEST(!child->is_running());
  child->kill();
  BOOST_TEST(!child_process::start({}, {}, why));
  BOOST_TEST(open_descriptors(::getpid()) > 2u);
  BOOST_TEST(open_descriptors(-1) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

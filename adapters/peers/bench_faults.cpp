// `unpod bench faults`: calls whose speech providers do everything wrong, each connection
// something of its own. Nobody asks here how well they speak: every call must end, once, and
// leave nothing behind.
//
//   seat --said and heard, or its patience over--> leave --closed--> gone     so many at a time
#include "adapters/json/json.hpp"
#include "adapters/peers/bench_program.hpp"
#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/tone_stand.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_every{20}, open_every{20};
constexpr milliseconds start_wait{20'000}; // a call must have begun by then,
constexpr milliseconds talk_max{30'000};   // have said all it has to say,
constexpr milliseconds leave_wait{15'000}; // and be gone after it was told to
constexpr milliseconds quiet_wait{20'000}; // for the last actors, probes among them
constexpr milliseconds late_most{4'000};   // of a handshake; `dial_wait` is 2.5 s
constexpr std::uint64_t after_most = 24;   // messages that go well
constexpr int faulty_percent = 45;
constexpr std::size_t findings_max = 8;

constexpr const char* fault_names[] = {
  "none",        "refuse_key",  "refuse_busy",   "slow_handshake", "stall",          "half_frame",
  "garbage",     "wrong_order", "close",         "deaf_to_close",  "refuse_payment", "refuse_model",
  "unavailable", "redirect",    "close_at_once", "close_normal",   "close_restart",  "swapped",
  "not_utf8",    "oversize",    "deep",          "bad_base64",     "twice",          "nulls",
  "late_sound",  "slow_sound",  "flood"};
static_assert(std::size(fault_names) == provider_faults, "every fault has a name");

/// The same for the same numbers, whichever connection comes first.
provider_fault fault_of(std::uint64_t seed, std::size_t house, const std::string& service,
                        std::uint64_t connection) {
  std::seed_seq all{seed, std::uint64_t{house}, std::uint64_t{service == tone_voice}, connection};
  std::mt19937 dice{all};
  const auto draw = [&](std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>{0, most}(dice);
  };
  if (draw(99) >= faulty_percent)
    return {};
  provider_fault fault;
  fault.what = static_cast<provider_fault::kind>(1 + draw(provider_faults - 2));
  fault.after = draw(after_most);
  fault.late = milliseconds{draw(static_cast<std::uint64_t>(late_most.count()))};
  return fault;
}

struct faults_report {
  std::size_t runs = 0, ended = 0, stuck = 0, not_begun = 0;
  std::size_t utterances = 0, unanswered = 0;
  std::map<std::string, std::size_t> ended_by; // by the node, in its words
  std::map<std::string, std::size_t> faults;   // that were drawn
  std::map<std::string, std::size_t> actors_left;
  int exit_code = -1; // of the node
  double seconds = 0;
  std::vector<std::string> findings;

  bool is_good() const {
    return stuck == 0 && not_begun == 0 && actors_left.empty() && ended == runs && exit_code == 0;
  }
};

class faults_bench {
public:
  faults_bench(const faults_bench_wishes& wishes, std::ostream& err)
    : wishes_{wishes}, err_{err}, dice_{wishes.seed} {}

  bool open(std::string& why) {
    tone_stand_wishes stand;
    stand.calls_max = wishes_.calls + wishes_.calls / 2; // some are leaving
    stand.seed = wishes_.seed;
    stand.node_settings = wishes_.node_settings;
    stand.faults = [this](std::size_t house, const std::string& service, std::uint64_t connection) {
      const auto fault = fault_of(wishes_.seed, house, service, connection);
      const std::lock_guard lock{mutex_};
      ++drawn_[fault_names[static_cast<std::size_t>(fault.what)]];
      return fault;
    };
    return stand_.open(stand, why);
  }

  faults_report run() {
    report_.runs = wishes_.runs;
    const auto began = mono_now();
    std::size_t begun = 0;
    while (begun < wishes_.runs || !live_.empty()) {
      if (begun < wishes_.runs && live_.size() < wishes_.calls) {
        begin();
        ++begun;
      }
      for (auto& one : live_)
        attend(one, mono_now());
      live_.erase(
        std::remove_if(live_.begin(), live_.end(), [](const auto& one) { return one.over; }),
        live_.end());
      stand_.clear();
      progress(std::to_string(report_.ended) + " of " + std::to_string(wishes_.runs));
      std::this_thread::sleep_for(begun < wishes_.runs ? open_every : look_every);
    }
    report_.seconds = to_ms(mono_now() - began) / 1'000;
    look_behind();
    progress("");
    return report_;
  }

private:
  struct run_of_a_call {
    std::shared_ptr<tone_seat> seat;
    mono_time begun{0}, left{0}; // `left` 0: it is still there
    bool over = false;
  };

  void begin() {
    const auto first = milliseconds{std::uniform_int_distribution<int>{200, 1'500}(dice_)};
    stand_.seat(1, mono_now() + first);
    live_.push_back({stand_.seats().back(), mono_now()});
  }

  void attend(run_of_a_call& one, mono_time now) {
    if (one.seat->is_gone())
      return note_end(one);
    if (one.left > mono_time{0}) {
      if (now - one.left >= leave_wait) {
        ++report_.stuck;
        find("call " + one.seat->call + " did not end within "
             + std::to_string(leave_wait.count() / 1'000) + " s of its caller's goodbye");
        one.over = true;
        one.seat->client->close(1'000);
      }
      return;
    }
    if (!one.seat->is_started() && now - one.begun >= start_wait) {
      ++report_.not_begun;
      find("a call did not begin");
      one.over = true;
      return one.seat->client->close(1'000);
    }
    if (stand_.attend(*one.seat, now) || now - one.begun >= talk_max) {
      one.left = now;
      stand_.leave(*one.seat);
    }
  }

  void note_end(run_of_a_call& one) {
    one.over = true;
    report_.utterances += one.seat->caller->utterances();
    report_.unanswered += one.seat->caller->unanswered();
    const std::lock_guard lock{one.seat->mutex};
    if (one.seat->call.empty()) {
      ++report_.not_begun;
      return find("a call did not begin: " + one.seat->over);
    }
    ++report_.ended;
    if (!one.seat->over.empty())
      ++report_.ended_by[one.seat->over];
  }

  /// When all calls are over nothing of them lives; and the node ends well.
  void look_behind() {
    auto& node = stand_.node();
    for (const char* kind : {"call", "transcriber", "synthesizer", "stt_stream", "tts_stream"}) {
      std::size_t left = 1;
      wait_until(quiet_wait, [&] { return (left = node.actors(kind).value_or(1)) == 0; });
      if (left > 0)
        report_.actors_left[kind] = left;
    }
    if (!node.node().is_running())
      find("the node ended by itself");
    node.node().stop();
    report_.exit_code = node.node().exit_code();
    const std::lock_guard lock{mutex_};
    report_.faults = drawn_;
  }

  void find(const std::string& words) {
    if (report_.findings.size() < findings_max)
      report_.findings.push_back(words);
  }

  void progress(const std::string& words) {
    if (!wishes_.json)
      err_ << '\r' << words << (words.empty() ? "" : " calls ended   ") << std::flush;
  }

  const faults_bench_wishes& wishes_;
  std::ostream& err_;
  std::mt19937_64 dice_;
  faults_report report_;
  std::vector<run_of_a_call> live_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> drawn_;
  tone_stand stand_; // its threads draw
};

void put_counts(json::writer& w, const char* name, const std::map<std::string, std::size_t>& all) {
  w.key(name).object();
  for (const auto& [what, count] : all)
    w.field(what, count);
  w.end();
}

std::string report_json(const faults_report& report, const faults_bench_wishes& wishes) {
  json::writer w;
  w.object().field("runs", report.runs).field("ended", report.ended).field("stuck", report.stuck);
  w.field("not_begun", report.not_begun).field("utterances", report.utterances);
  w.field("unanswered", report.unanswered);
  put_counts(w, "ended_by_node", report.ended_by);
  put_counts(w, "faults", report.faults);
  put_counts(w, "actors_left", report.actors_left);
  w.field("node_exit_code", report.exit_code).field("seconds", report.seconds);
  w.key("findings").array();
  for (const auto& one : report.findings)
    w.put(one);
  w.end().field("seed", wishes.seed).field("hardware", describe_hardware());
  return w.end().str();
}

} // namespace

int run_faults_bench_program(const faults_bench_wishes& wishes, std::ostream& out,
                             std::ostream& err) {
  faults_bench bench{wishes, err};
  std::string why;
  if (!bench.open(why)) {
    err << "unpod bench faults: " << why << "\n";
    return 2;
  }
  const auto report = bench.run();
  if (wishes.json)
    out << report_json(report, wishes) << std::endl;
  else
    out << "\n"
        << report.ended << " of " << report.runs << " calls ended, " << report.stuck << " stuck; "
        << report.unanswered << " of " << report.utterances
        << " utterances unanswered; the node ended with " << report.exit_code << "\n";
  for (const auto& one : report.findings)
    err << one << "\n";
  return report.is_good() ? 0 : 1;
}

} // namespace unpod

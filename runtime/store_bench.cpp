// Writers who each wait for their answer, at the real store; a backend between it and
// RocksDB counts the syncs.
#include "runtime/store_bench.hpp"

#include "adapters/peers/bench_sheet.hpp"
#include "runtime/system_config.hpp"
#include "storage/open_store.hpp"
#include "storage/store.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <thread>

namespace unpod {

namespace {

namespace fs = std::filesystem;

constexpr seconds answer_wait{30};
constexpr std::size_t findings_max = 5;
constexpr std::size_t samples_max = 1'000'000; // of one writer: 8 MB
constexpr std::size_t workers = 2;             // of the actor system

/// Hands everything on, and counts.
class counting_backend : public backend {
public:
  explicit counting_backend(backend_ptr to) : to_{std::move(to)} {}

  disk_result commit(const key_batch& batch) override {
    ++commits;
    return to_->commit(batch);
  }
  disk_result heal() override {
    return to_->heal();
  }
  std::unique_ptr<const key_view> snapshot() const override {
    return to_->snapshot();
  }
  lookup get(space where, std::string_view key) const override {
    return to_->get(where, key);
  }
  bool scan(const scan_range& range, const row_visitor& visit) const override {
    return to_->scan(range, visit);
  }

  std::atomic<std::uint64_t> commits{0};

private:
  const backend_ptr to_;
};

/// A folder of its own, gone with the bench.
class own_folder {
public:
  own_folder() {
    std::error_code error;
    auto pattern = (fs::temp_directory_path(error) / "unpod-bench.XXXXXX").string();
    if (!error && ::mkdtemp(pattern.data()) != nullptr)
      path_ = pattern;
  }
  ~own_folder() {
    std::error_code ignored;
    if (!path_.empty())
      fs::remove_all(path_, ignored);
  }
  own_folder(const own_folder&) = delete;
  own_folder& operator=(const own_folder&) = delete;

  const std::string& path() const {
    return path_;
  }

private:
  std::string path_;
};

pipe_record record_of(std::size_t writer, std::uint64_t number) {
  pipe_record made;
  made.id = pipe_id{"PIPE_" + std::to_string(writer) + "_" + std::to_string(number)};
  made.project = "PRJ_bench";
  made.name = "bench";
  made.voice_profile = "simulated";
  made.agent = agent_id{"bench"};
  return made;
}

journal_record entry_of(std::size_t writer, std::uint64_t number) {
  return {call_id{"SCL_" + std::to_string(writer)}, number, wall_now(), "user_turn",
          R"({"turn":1,"text":"I would like to know when you are open on sunday"})"};
}

mono_time process_cpu() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
}

/// What one writer did.
struct writer_tale {
  std::vector<double> took_ms;
  std::uint64_t acknowledged = 0, refused = 0;
  std::string why;
};

struct part_figures {
  std::string name;
  std::size_t writers = 0;
  bool journal = false;
  std::uint64_t acknowledged = 0, refused = 0, lost = 0, commits = 0;
  std::uint64_t journal_sent = 0, journal_dropped = 0;
  double seconds = 0, cpu_us_per_write = 0;
  std::vector<double> took_ms;
  std::vector<std::string> findings;

  bench_sheet sheet() const {
    const std::string why = "nothing was acknowledged";
    const auto per = [](std::uint64_t many, std::uint64_t few, const std::string& none) {
      return few > 0 ? figure::of(static_cast<double>(many) / static_cast<double>(few))
                     : figure::none(none);
    };
    bench_sheet sheet;
    sheet.words("part", "part", name)
      .count("writers", "  writers", writers)
      .count("acknowledged", "  acknowledged", acknowledged, std::to_string(refused) + " refused")
      .count("refused", "  refused", refused)
      .count("lost", "  acknowledged and not there", lost)
      .one("writes_per_second", "  writes",
           seconds > 0 ? figure::of(static_cast<double>(acknowledged) / seconds)
                       : figure::none(why),
           "a second")
      .row("write_ms", "  asked to acknowledged", spread_row(took_ms, why), "ms")
      .one("writes_per_sync", "  writes that share a sync", per(acknowledged, commits, why), "")
      .one("cpu_us_per_write", "  CPU, writers included", figure::of(cpu_us_per_write),
           "us a write")
      .count("journal_entries", "  journal entries", journal_sent,
             std::to_string(journal_dropped) + " dropped")
      .count("journal_dropped", "  dropped of them", journal_dropped)
      .findings(findings);
    return sheet;
  }

  bool well() const {
    return acknowledged > 0 && refused + lost + journal_dropped == 0;
  }
};

class store_bench {
public:
  store_bench(const store_bench_wishes& wishes, std::ostream* err) : wishes_{wishes}, err_{err} {}

  bool open(std::string& why) try {
    if (folder_.path().empty()) {
      why = "no temporary folder can be made (is TMPDIR writable?)";
      return false;
    }
    disk_ = std::make_shared<counting_backend>(rocksdb_backend::open(folder_.path() + "/store"));
    running_ = run_store(disk_, bounds_, wall_now());
    store_ = spawn_store(system_, running_.engine);
    return true;
  } catch (const std::exception& error) {
    why = error.what();
    return false;
  }

  ~store_bench() {
    caf::anon_send_exit(store_, caf::exit_reason::user_shutdown);
    store_ = nullptr;
  }

  store_bench(const store_bench&) = delete;
  store_bench& operator=(const store_bench&) = delete;

  void measure() {
    parts_.push_back(part("one writer", 1, false));
    parts_.push_back(part("all writers", wishes_.writers, false));
    parts_.push_back(
      part("all writers, a journal entry behind each record", wishes_.writers, true));
  }

  bool well() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const auto& one) { return one.well(); });
  }

  bench_sheet sheet() const {
    std::vector<bench_sheet> parts;
    for (const auto& one : parts_)
      parts.push_back(one.sheet());
    bench_sheet sheet;
    sheet.steps("parts", "part", std::move(parts));
    return sheet;
  }

  bench_frame frame() const {
    bench_frame frame;
    frame.posture = {
      {"store", "RocksDB in a temporary folder, a sync for every group of writes"},
      {"writers", "threads of this process, each waits for its answer; actors, no REST"},
      {"a write", "one pipe record of some 60 bytes"},
      {"seed", std::to_string(wishes_.common.seed)},
    };
    frame.command = "unpod bench store --writers " + std::to_string(wishes_.writers) + " --seconds "
                    + std::to_string(wishes_.seconds) + " --seed "
                    + std::to_string(wishes_.common.seed);
    frame.hardware = describe_hardware();
    return frame;
  }

private:
  part_figures part(const std::string& name, std::size_t writers, bool journal) {
    if (err_ != nullptr)
      *err_ << "\r" << name << "\r" << std::flush;
    part_figures told;
    told.name = name;
    told.writers = writers;
    told.journal = journal;
    const auto dropped = store_health_now().journal_dropped;
    const auto commits = disk_->commits.load();
    const auto cpu = process_cpu();
    const auto began = mono_now();
    const auto until = began + seconds{wishes_.seconds};
    std::vector<writer_tale> tales(writers);
    std::vector<std::thread> threads;
    const auto first = writers_so_far_;
    for (std::size_t n = 0; n < writers; ++n)
      threads.emplace_back([&, n] { write(first + n, until, journal, tales[n]); });
    for (auto& one : threads)
      one.join();
    writers_so_far_ += writers;
    told.seconds = to_ms(mono_now() - began) / 1'000;
    told.commits = disk_->commits - commits;
    const auto spent = to_ms(process_cpu() - cpu) * 1'000;
    for (std::size_t n = 0; n < writers; ++n)
      add(tales[n], first + n, told);
    told.cpu_us_per_write =
      spent / static_cast<double>(std::max<std::uint64_t>(1, told.acknowledged));
    told.journal_sent = journal ? told.acknowledged : 0;
    told.journal_dropped = store_health_now().journal_dropped - dropped;
    return told;
  }

  void write(std::size_t writer, mono_time until, bool journal, writer_tale& tale) {
    caf::scoped_actor self{system_};
    for (std::uint64_t number = 0; mono_now() < until && tale.why.empty(); ++number) {
      const auto asked = mono_now();
      self
        ->request(store_, answer_wait,
                  store_write{{{store_change::what::put, record_of(writer, number)}}})
        .receive(
          [&](const store_done&) {
            ++tale.acknowledged;
            if (tale.took_ms.size() < samples_max)
              tale.took_ms.push_back(to_ms(mono_now() - asked));
          },
          [&](const caf::error& error) {
            ++tale.refused;
            tale.why = to_string(error);
          });
      if (journal)
        self->send(store_, journal_append{entry_of(writer, number)});
    }
  }

  /// What was acknowledged must be there: the first, the last and one between them.
  void add(const writer_tale& tale, std::size_t writer, part_figures& told) const {
    told.acknowledged += tale.acknowledged;
    told.refused += tale.refused;
    told.took_ms.insert(told.took_ms.end(), tale.took_ms.begin(), tale.took_ms.end());
    if (!tale.why.empty() && told.findings.size() < findings_max)
      told.findings.push_back(tale.why);
    if (tale.acknowledged == 0)
      return;
    for (const auto number : {std::uint64_t{0}, tale.acknowledged / 2, tale.acknowledged - 1})
      told.lost += !running_.reader->find(table::pipes, record_of(writer, number).id.str());
  }

  store_health store_health_now() {
    caf::scoped_actor self{system_};
    store_health now;
    self->request(store_, answer_wait, caf::get_atom::value)
      .receive([&](const store_health& health) { now = health; }, [](const caf::error&) {});
    return now;
  }

  const store_bench_wishes& wishes_;
  std::ostream* err_;
  const store_limits bounds_;
  own_folder folder_;
  std::shared_ptr<counting_backend> disk_;
  running_store running_;
  system_config config_{workers};
  caf::actor_system system_{config_};
  store_actor store_;
  std::size_t writers_so_far_ = 0;
  std::vector<part_figures> parts_;
};

} // namespace

int run_store_bench_program(const store_bench_wishes& wishes, std::ostream& out,
                            std::ostream& err) {
  store_bench bench{wishes, wishes.common.outlets.json ? nullptr : &err};
  std::string why;
  bool done = bench.open(why);
  if (done) {
    bench.measure();
    done = publish("store", bench.sheet(), bench.frame(), {}, wishes.common.outlets, out, why);
  }
  if (!done) {
    err << "unpod bench store: " << why << "\n";
    return 2;
  }
  return bench.well() ? 0 : 1;
}

} // namespace unpod

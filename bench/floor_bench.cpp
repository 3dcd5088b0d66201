// What does the system itself take for the packets of a call, done by one thread and nothing else:
// 50 frames of the caller's read and 20 sent a second, 8 messages of sound to a recogniser, 4 from
// a voice, by TCP on loopback, on a tick of 5 ms? Who sits at the other end is another thread,
// which is not counted. No figure is good or bad: it is what `unpod bench calls` is to be divided
// by, run in the same minute, since a virtual machine is not as fast at noon as at night.
#include <benchmark/benchmark.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using std::chrono::milliseconds;

/// bytes: 160 of µ-law with a head; 100 ms and 80 ms of 16 bit at 8 kHz.
constexpr std::size_t frame_bytes = 168, to_stt_bytes = 1'608, from_tts_bytes = 1'300;
/// ticks of 5 ms between two of a kind, of each call.
constexpr unsigned caller_every = 4, agent_every = 10, stt_every = 25, tts_every = 50;
constexpr unsigned ticks_a_second = 200, seconds = 3;

void check(bool well, const char* what) {
  if (!well)
    throw std::runtime_error{what};
}

void pin_to(int core) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(core, &only);
  sched_setaffinity(0, sizeof only, &only); // with one core both share it
}

/// Connected sockets, ours and the other end's.
class pairs {
public:
  explicit pairs(std::size_t count) {
    const int door = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    auto* const address = reinterpret_cast<sockaddr*>(&here);
    check(bind(door, address, size) == 0 && listen(door, 128) == 0, "listen");
    check(getsockname(door, address, &size) == 0, "getsockname");
    for (std::size_t at = 0; at < count; ++at) {
      const int one = 1;
      theirs.push_back(socket(AF_INET, SOCK_STREAM, 0));
      check(connect(theirs.back(), address, size) == 0, "connect");
      ours.push_back(accept(door, nullptr, nullptr));
      for (const int end : {ours.back(), theirs.back()})
        setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    close(door);
  }
  ~pairs() {
    for (const auto* ends : {&ours, &theirs})
      for (const int end : *ends)
        close(end);
  }
  pairs(const pairs&) = delete;
  pairs& operator=(const pairs&) = delete;

  std::vector<int> ours, theirs;
};

class watcher {
public:
  ~watcher() {
    close(epoll_);
  }
  void add(const std::vector<int>& ends) const {
    for (const int end : ends) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = end;
      check(epoll_ctl(epoll_, EPOLL_CTL_ADD, end, &event) == 0, "epoll_ctl");
    }
  }
  /// Reads each that has something, once.
  void read_all() {
    for (;;) {
      const int count = epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), 0);
      for (int at = 0; at < count; ++at)
        recv(ready_[static_cast<std::size_t>(at)].data.fd, bytes_.data(), bytes_.size(),
             MSG_DONTWAIT);
      if (count < static_cast<int>(ready_.size()))
        return;
    }
  }

private:
  int epoll_ = epoll_create1(0);
  std::array<epoll_event, 256> ready_{};
  std::array<char, 16'384> bytes_{};
};

/// Whose turn it is in this tick: each has every `every`th.
void send_due(const std::vector<int>& ends, unsigned tick, unsigned every, std::size_t size) {
  static const std::array<char, 2'048> bytes{};
  for (std::size_t at = tick % every; at < ends.size(); at += every)
    send(ends[at], bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

class ticker {
public:
  explicit ticker(milliseconds every) {
    itimerspec when{};
    when.it_interval.tv_nsec = when.it_value.tv_nsec = every.count() * 1'000'000;
    check(timerfd_settime(timer_, 0, &when, nullptr) == 0, "timerfd");
  }
  ~ticker() {
    close(timer_);
  }
  void wait() const {
    std::uint64_t passed = 0;
    [[maybe_unused]] const auto got = read(timer_, &passed, sizeof passed);
  }

private:
  int timer_ = timerfd_create(CLOCK_MONOTONIC, 0);
};

double thread_cpu_s() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

void packets_of_calls(benchmark::State& state) {
  const auto calls = static_cast<std::size_t>(state.range(0));
  pairs callers{calls}, hearers{calls}, voices{calls};
  std::atomic<bool> over{false};
  std::thread others{[&] {
    pin_to(1);
    watcher reads;
    reads.add(callers.theirs);
    reads.add(hearers.theirs);
    const ticker tick{milliseconds{1}};
    for (unsigned n = 0; !over; ++n) {
      tick.wait();
      reads.read_all();
      if (n % 5 != 0)
        continue;
      send_due(callers.theirs, n / 5, caller_every, frame_bytes);
      send_due(voices.theirs, n / 5, tts_every, from_tts_bytes);
    }
  }};
  std::thread ours{[&] {
    pin_to(0);
    watcher reads;
    reads.add(callers.ours);
    reads.add(voices.ours);
    const ticker tick{milliseconds{5}};
    unsigned n = 0;
    for (auto _ : state) {
      const auto before = thread_cpu_s();
      for (const auto end = n + seconds * ticks_a_second; n < end; ++n) {
        tick.wait();
        reads.read_all();
        send_due(callers.ours, n, agent_every, frame_bytes);
        send_due(hearers.ours, n, stt_every, to_stt_bytes);
      }
      state.SetIterationTime((thread_cpu_s() - before) / seconds / static_cast<double>(calls));
    }
  }};
  ours.join();
  over = true;
  others.join();
}
// The time is CPU for one call and second.
BENCHMARK(packets_of_calls)
  ->Arg(25)
  ->Arg(100)
  ->Arg(200)
  ->UseManualTime()
  ->Iterations(2)
  ->Unit(benchmark::kMicrosecond);

} // namespace

BENCHMARK_MAIN();

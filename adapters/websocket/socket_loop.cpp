#include "adapters/websocket/socket_loop.hpp"

#include "messages/log.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

namespace unpod {

namespace {

/// sockets in one epoll_wait; those beyond it are ready still in the next.
constexpr int batch_max = 256;
/// ms. 1,000: how often a socket looks at the clock.
constexpr mono_time clock_every{1'000'000'000};
constexpr int clock_every_ms = 1'000;
/// The bell's key; no socket's, since none stays there 0 times.
constexpr std::uint64_t bell_key = 0;

std::uint64_t key_of(int descriptor, std::uint32_t stay) {
  return (std::uint64_t{stay} << 32U) | static_cast<std::uint32_t>(descriptor);
}

/// What a socket throws is its own end, never the thread's.
template <class Call>
void guard(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.websocket", "", std::string{"a socket: "} + error.what());
  }
}

} // namespace

socket_loop::socket_loop()
  : epoll_(epoll_create1(EPOLL_CLOEXEC)), bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = bell_key;
  if (epoll_ < 0 || bell_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, bell_, &event) != 0)
    throw std::system_error{errno, std::generic_category(), "epoll"};
}

/// The jobs may hold sockets, and they this loop: all go while it still stands.
socket_loop::~socket_loop() {
  settle();
  run_posted();
  for (auto& leaving : std::exchange(tenants_, {}))
    leaving.who.reset();
  posted_.clear();
  close(bell_);
  close(epoll_);
}

bool socket_loop::is_here() const {
  return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void socket_loop::post(std::function<void()> job) {
  {
    const std::lock_guard lock{mutex_};
    posted_.push_back(std::move(job));
  }
  if (asleep_)
    wake();
}

void socket_loop::wake() {
  const std::uint64_t one = 1;
  // It only fails when it is full of wakes already.
  [[maybe_unused]] const auto done = write(bell_, &one, sizeof one);
}

bool socket_loop::interest(int descriptor, int operation, std::uint32_t what,
                           std::uint32_t stay) const {
  epoll_event event{};
  event.events = what;
  event.data.u64 = key_of(descriptor, stay);
  return epoll_ctl(epoll_, operation, descriptor, &event) == 0;
}

bool socket_loop::move_in(int descriptor, std::shared_ptr<home_socket> who) {
  const auto stay = ++stays_ != 0 ? stays_ : ++stays_;
  if (!interest(descriptor, EPOLL_CTL_ADD, EPOLLIN, stay))
    return false;
  const auto at = static_cast<std::size_t>(descriptor);
  if (at >= tenants_.size())
    tenants_.resize(at + 1);
  tenants_[at] = {std::move(who), stay};
  ++at_home_;
  return true;
}

socket_loop::tenant* socket_loop::tenant_of(int descriptor) {
  const auto at = static_cast<std::size_t>(descriptor);
  return descriptor >= 0 && at < tenants_.size() && tenants_[at].who ? &tenants_[at] : nullptr;
}

void socket_loop::want(int descriptor, bool read, bool write) {
  if (const auto* here = tenant_of(descriptor))
    interest(descriptor, EPOLL_CTL_MOD, (read ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U),
             here->stay);
}

void socket_loop::move_out(int descriptor) {
  auto* here = tenant_of(descriptor);
  if (here == nullptr)
    return;
  interest(descriptor, EPOLL_CTL_DEL, 0, 0);
  --at_home_;
  const auto leaving = std::move(here->who); // may hold the last of much
}

void socket_loop::settle() {
  thread_ = std::this_thread::get_id();
}

void socket_loop::serve(int wait_ms, mono_time budget) {
  run_posted();
  std::array<epoll_event, batch_max> ready; // NOLINT: filled by the kernel
  if (wait_ms != 0) {
    asleep_ = true;
    const std::lock_guard lock{mutex_};
    if (!posted_.empty())
      wait_ms = 0; // posted before it could see us asleep
  }
  if (at_home_ > 0 && (wait_ms < 0 || wait_ms > clock_every_ms))
    wait_ms = clock_every_ms;
  const int count = epoll_wait(epoll_, ready.data(), batch_max, wait_ms);
  asleep_ = false;
  const auto until = mono_now() + budget;
  for (int at = 0; at < count; ++at) {
    const auto& event = ready.at(static_cast<std::size_t>(at));
    if (event.data.u64 == bell_key) {
      std::uint64_t rung = 0;
      [[maybe_unused]] const auto done = read(bell_, &rung, sizeof rung);
      continue;
    }
    serve_one(event.data.u64, event.events);
    if ((at & 15) == 15 && mono_now() > until)
      break;
  }
  run_posted();
  tell_time();
}

void socket_loop::serve_one(std::uint64_t key, std::uint32_t what) {
  const auto* here = tenant_of(static_cast<int>(key & 0xFFFF'FFFFU));
  if (here == nullptr || here->stay != key >> 32U)
    return; // moved out by one that was served before
  const auto who = here->who;
  guard([&] {
    if ((what & EPOLLOUT) != 0)
      who->writable();
    if ((what & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
      who->readable();
  });
}

void socket_loop::run_posted() {
  {
    const std::lock_guard lock{mutex_};
    if (posted_.empty())
      return;
    std::swap(posted_, posted_now_);
  }
  for (auto& job : posted_now_)
    guard(job);
  posted_now_.clear();
}

void socket_loop::tell_time() {
  const auto now = mono_now();
  if (now - told_ < clock_every)
    return;
  told_ = now;
  std::vector<std::shared_ptr<home_socket>> all;
  all.reserve(at_home_);
  for (const auto& here : tenants_)
    if (here.who)
      all.push_back(here.who);
  for (const auto& who : all)
    guard([&] { who->look_at_clock(now); });
}

} // namespace unpod

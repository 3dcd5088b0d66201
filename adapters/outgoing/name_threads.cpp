#include "adapters/outgoing/name_threads.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace unpod {

namespace {

using lookup_done = std::function<void(std::vector<ip_address> addresses, std::string why)>;

/// addresses of one name that are looked at; more are somebody's idea of a joke.
constexpr std::size_t addresses_max = 64;

void look_up(const std::string& host, const lookup_done& done) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (error != 0)
    return done({}, "'" + host + "' cannot be resolved: " + ::gai_strerror(error));
  std::vector<ip_address> addresses;
  for (auto* one = found; one && addresses.size() < addresses_max; one = one->ai_next)
    if (const auto address = ip_of(*one->ai_addr))
      if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end())
        addresses.push_back(*address);
  ::freeaddrinfo(found);
  done(std::move(addresses), {});
}

struct lookups {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::pair<std::string, lookup_done>> waiting;
  bool stopping = false;

  void work() {
    for (;;) {
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return stopping || !waiting.empty(); });
      if (stopping)
        return;
      const auto [host, done] = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      look_up(host, done);
    }
  }
};

/// Ends the threads when the last copy of the resolver goes.
struct lookups_owner {
  std::shared_ptr<lookups> all = std::make_shared<lookups>();

  ~lookups_owner() {
    const std::lock_guard lock{all->mutex};
    all->stopping = true;
    all->waiting.clear();
    all->changed.notify_all();
  }
};

} // namespace

name_resolver make_system_resolver(std::size_t threads, std::size_t waiting_max) {
  auto owner = std::make_shared<lookups_owner>();
  for (std::size_t i = 0; i < threads; ++i)
    std::thread{[all = owner->all] { all->work(); }}.detach();
  return [owner, waiting_max](const std::string& host, lookup_done done) {
    auto& all = *owner->all;
    std::unique_lock lock{all.mutex};
    if (all.waiting.size() >= waiting_max) {
      lock.unlock();
      return done({}, "too many names wait to be resolved");
    }
    all.waiting.emplace_back(host, std::move(done));
    all.changed.notify_one();
  };
}

} // namespace unpod

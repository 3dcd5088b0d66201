#include "adapters/outgoing/outgoing_http.hpp"

#include "adapters/outgoing/curl_transfer.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace unpod {

namespace {

constexpr auto room = "adapters.outgoing";

/// ms. 1,000: the thread looks around at least so often.
constexpr milliseconds rest_max{1'000};

/// What other threads reach the curl thread by; outlives it.
struct curl_door {
  using job = std::function<void()>;

  std::mutex mutex;
  CURLM* multi = nullptr; // null: closed
  std::vector<job> jobs;
  std::atomic<std::size_t> live{0}; // exchanges

  /// False when nobody is there any more.
  bool post(job what) {
    const std::lock_guard lock{mutex};
    if (!multi)
      return false;
    jobs.push_back(std::move(what));
    curl_multi_wakeup(multi);
    return true;
  }

  void wake() {
    const std::lock_guard lock{mutex};
    if (multi)
      curl_multi_wakeup(multi);
  }
};

class outgoing_engine : public outgoing_http {
public:
  explicit outgoing_engine(outgoing_options options) : options_(std::move(options)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    if (!options_.resolve)
      options_.resolve = make_system_resolver(name_threads_count, options_.bounds.lookups_max);
    multi_ = door_->multi = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
                      static_cast<long>(options_.bounds.idle_connections_max));
    thread_ = std::thread{[this] { work(); }};
  }

  ~outgoing_engine() override {
    door_->post([this] { stopping_ = true; });
    thread_.join();
    curl_multi_cleanup(multi_);
  }

  std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                          std::shared_ptr<outgoing_listener> listener) override {
    auto one = std::make_shared<curl_transfer>(std::move(request), std::move(listener),
                                               options_.bounds, [door = door_] { door->wake(); });
    const bool room_left = ++door_->live <= options_.bounds.exchanges_max;
    if (!door_->post([this, one, room_left] { begin(one, room_left); })) {
      --door_->live;
      one->end("the node is being stopped", false);
    }
    return one;
  }

private:
  using transfer_ptr = std::shared_ptr<curl_transfer>;

  struct known_name {
    std::vector<ip_address> addresses;
    mono_time until{0};
  };

  void work();
  void begin(const transfer_ptr& one, bool room_left);
  void resolve(const transfer_ptr& one);
  void take_addresses(const transfer_ptr& one, const std::vector<ip_address>& addresses,
                      const std::string& why);
  void connect(const transfer_ptr& one, const std::vector<ip_address>& addresses);
  void remember(const std::string& host, const std::vector<ip_address>& addresses);
  void read_results();
  void look_at_clock();
  void finish(const transfer_ptr& one, std::string why, bool refused);
  milliseconds rest() const;

  outgoing_options options_;
  std::shared_ptr<curl_door> door_ = std::make_shared<curl_door>();
  CURLM* multi_ = nullptr;
  std::vector<transfer_ptr> live_;
  std::map<std::string, known_name> names_;
  bool stopping_ = false;
  std::thread thread_;
};

void outgoing_engine::work() {
  while (!stopping_) {
    std::vector<curl_door::job> jobs;
    {
      const std::lock_guard lock{door_->mutex};
      jobs.swap(door_->jobs);
    }
    for (const auto& job : jobs)
      job();
    int running = 0;
    curl_multi_perform(multi_, &running);
    read_results();
    look_at_clock();
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(rest().count()), nullptr);
  }
  std::vector<curl_door::job> left;
  {
    const std::lock_guard lock{door_->mutex};
    door_->multi = nullptr;
    left.swap(door_->jobs);
  }
  for (const auto& job : left)
    job();
  while (!live_.empty())
    finish(transfer_ptr{live_.back()}, "the node is being stopped", false);
}

void outgoing_engine::begin(const transfer_ptr& one, bool room_left) {
  live_.push_back(one);
  std::string why;
  if (!room_left)
    return finish(one,
                  "more than " + std::to_string(options_.bounds.exchanges_max)
                    + " exchanges at a time (outgoing.exchanges_max)",
                  false);
  if (!one->judge(options_.rules, why)) {
    log(log_level::warn, room, "", "not asked: " + why);
    return finish(one, why, true);
  }
  resolve(one);
}

void outgoing_engine::resolve(const transfer_ptr& one) {
  const auto& host = one->target().host;
  if (const auto literal = read_ip(host))
    return connect(one, {*literal});
  if (const auto known = names_.find(host); known != names_.end()) {
    if (mono_now() < known->second.until)
      return connect(one, known->second.addresses);
    names_.erase(known);
  }
  options_.resolve(host, [this, door = door_, weak = std::weak_ptr<curl_transfer>{one}](
                           std::vector<ip_address> addresses, std::string why) {
    door->post([this, weak, addresses = std::move(addresses), why = std::move(why)] {
      if (const auto one = weak.lock())
        take_addresses(one, addresses, why);
    });
  });
}

void outgoing_engine::take_addresses(const transfer_ptr& one,
                                     const std::vector<ip_address>& addresses,
                                     const std::string& why) {
  if (std::find(live_.begin(), live_.end(), one) == live_.end())
    return; // aborted, or too late
  if (!why.empty())
    return finish(one, why, false);
  remember(one->target().host, addresses);
  connect(one, addresses);
}

void outgoing_engine::connect(const transfer_ptr& one, const std::vector<ip_address>& addresses) {
  std::string why;
  if (!one->judge(addresses, why)) {
    log(log_level::warn, room, "", "not asked: " + why);
    return finish(one, why, true);
  }
  CURL* const handle = one->connect(options_.ca_file);
  if (!handle || curl_multi_add_handle(multi_, handle) != CURLM_OK)
    finish(one, "libcurl takes no more exchanges", false);
}

void outgoing_engine::remember(const std::string& host, const std::vector<ip_address>& addresses) {
  const auto now = mono_now();
  if (addresses.empty())
    return;
  if (names_.size() >= options_.bounds.names_max)
    for (auto at = names_.begin(); at != names_.end();)
      at = at->second.until <= now ? names_.erase(at) : std::next(at);
  if (names_.size() >= options_.bounds.names_max)
    names_.erase(names_.begin());
  names_[host] = {addresses, now + options_.bounds.name_life};
}

void outgoing_engine::read_results() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    const auto result = message->data.result;
    const auto found = std::find_if(live_.begin(), live_.end(), [&](const transfer_ptr& one) {
      return one->handle() == message->easy_handle;
    });
    if (found == live_.end())
      continue;
    const auto one = *found;
    if (!one->may_try_next(result)) {
      finish(one, one->is_aborted() ? "aborted" : one->words_for(result), false);
      continue;
    }
    curl_multi_remove_handle(multi_, one->handle());
    if (CURL* const next = one->connect(options_.ca_file))
      curl_multi_add_handle(multi_, next);
  }
}

void outgoing_engine::look_at_clock() {
  const auto now = mono_now();
  for (auto at = live_.size(); at-- > 0;) // finish() takes them out
    if (live_[at]->is_aborted())
      finish(live_[at], "aborted", false);
    else if (now >= live_[at]->deadline())
      finish(live_[at], live_[at]->late_words(), false);
}

void outgoing_engine::finish(const transfer_ptr& one, std::string why, bool refused) {
  const auto found = std::find(live_.begin(), live_.end(), one);
  if (found == live_.end())
    return;
  const auto held = *found;
  live_.erase(found);
  --door_->live;
  if (held->handle())
    curl_multi_remove_handle(multi_, held->handle());
  held->end(std::move(why), refused);
}

milliseconds outgoing_engine::rest() const {
  if (stopping_)
    return milliseconds{0};
  auto until = mono_now() + mono_time{rest_max};
  for (const auto& one : live_)
    until = std::min(until, one->deadline());
  const auto left = std::chrono::duration_cast<milliseconds>(until - mono_now()) + milliseconds{1};
  return std::clamp(left, milliseconds{0}, rest_max);
}

} // namespace

outgoing_http_ptr make_outgoing_http(outgoing_options options) {
  return std::make_shared<outgoing_engine>(std::move(options));
}

} // namespace unpod

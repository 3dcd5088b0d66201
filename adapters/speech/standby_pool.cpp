#include "adapters/speech/standby_pool.hpp"

#include "adapters/speech/standing_channel.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace unpod {

namespace {

/// All that tells one connection from another. Holds secrets.
std::string key_of(const dial_options& to) {
  auto key = to.url;
  for (const auto& [name, value] : to.headers)
    key.append(1, '\0').append(name).append(1, '\0').append(value);
  return key.append(1, '\0').append(to.ca_file).append(1, '\0').append(to.proxy);
}

} // namespace

/// The connections to one address.
class standby_shelf : public std::enable_shared_from_this<standby_shelf>, private tts_sink {
public:
  standby_shelf(standby_line line, websocket_dialer dial, const standby_limits& bounds,
                std::shared_ptr<stream_seats> room)
    : line_(std::move(line)), dial_(std::move(dial)), bounds_(bounds), room_(std::move(room)),
      plan_(bounds) {}

  ~standby_shelf() override {
    hang_up(places_);
  }

  const std::string& provider() const {
    return line_.provider;
  }
  bool sits_on(const stream_seats& seats) const {
    return line_.seats.get() == &seats;
  }
  /// A call has a token from now on; or has none any more.
  void hold();
  void let_go(mono_time now);
  /// Nobody has had one for a while.
  bool is_over(mono_time now) const;

  void look(mono_time now);
  ready_connection take(mono_time now);
  bool give_back();
  void clear();
  std::size_t standing() const;

private:
  struct place {
    std::uint64_t id = 0;
    std::shared_ptr<standing_channel> channel; // null: it is being dialled
    stream_seats::seat seat, room;
    mono_time opened{0}, fed{0};
    std::size_t messages = 0;
  };
  using places = std::vector<place>;

  static void hang_up(const places& gone) {
    for (const auto& one : gone)
      if (one.channel)
        one.channel->close(close_code::normal, "");
  }

  void retire_locked(mono_time now, places& gone);
  void keep_alive_locked(mono_time now);
  bool add_place_locked(mono_time now);
  void dial(std::uint64_t id);
  void dialled(std::uint64_t id, ws_channel_ptr channel, const std::string& why);
  void say(std::uint64_t id, bool text, std::string_view bytes);
  void lose(std::uint64_t id);
  places::iterator find(std::uint64_t id) {
    return std::find_if(places_.begin(), places_.end(),
                        [id](const place& one) { return one.id == id; });
  }

  // What an idle connection says is of no interest, but for what makes it useless.
  void sound(piece_serial, const std::int16_t*, std::size_t) override {}
  void words(piece_serial, std::vector<wire_word>) override {}
  void done(piece_serial) override {}
  void failed(std::string) override {
    failed_ = true;
  }

  const standby_line line_;
  const websocket_dialer dial_;
  const standby_limits bounds_;
  const std::shared_ptr<stream_seats> room_;

  mutable std::mutex mutex_; // guards what follows, and the codec
  std::size_t calls_ = 0;    // that hold a token
  mono_time nobody_since_{0};
  standby_plan plan_;
  places places_;
  std::uint64_t last_ = 0;
  bool failed_ = false;
};

void standby_shelf::hold() {
  const std::lock_guard lock{mutex_};
  ++calls_;
}

void standby_shelf::let_go(mono_time now) {
  const std::lock_guard lock{mutex_};
  if (--calls_ == 0)
    nobody_since_ = now;
}

bool standby_shelf::is_over(mono_time now) const {
  const std::lock_guard lock{mutex_};
  return calls_ == 0 && now - nobody_since_ >= bounds_.linger;
}

void standby_shelf::look(mono_time now) {
  places gone;
  std::uint64_t to_dial = 0;
  {
    const std::lock_guard lock{mutex_};
    retire_locked(now, gone);
    keep_alive_locked(now);
    if (add_place_locked(now))
      to_dial = last_;
  }
  hang_up(gone);
  if (to_dial > 0)
    dial(to_dial);
}

/// Those that are too old, and the oldest of those that are too many. With no call left all
/// linger a moment.
void standby_shelf::retire_locked(mono_time now, places& gone) {
  const auto wanted = plan_.wanted(std::max<std::size_t>(1, calls_));
  auto surplus = places_.size() - std::min(places_.size(), wanted);
  for (auto one = places_.begin(); one != places_.end();) {
    const bool old = one->channel && plan_.is_old(one->opened, now);
    if (!old && surplus == 0) {
      ++one;
      continue;
    }
    surplus -= surplus > 0 ? 1 : 0;
    if (one->channel)
      plan_.worked(one->opened, now);
    gone.push_back(std::move(*one));
    one = places_.erase(one);
  }
}

void standby_shelf::keep_alive_locked(mono_time now) {
  const auto every = line_.codec->keep_alive_every();
  for (auto& one : places_) {
    if (!one.channel || every.count() == 0 || now - one.fed < every)
      continue;
    one.fed = now;
    for (auto& frame : line_.codec->keep_alive())
      frame.text ? one.channel->send_text(std::move(frame.bytes))
                 : one.channel->send_binary(std::move(frame.bytes));
  }
}

/// One at a time: the plan has a rest between two.
bool standby_shelf::add_place_locked(mono_time now) {
  if (places_.size() >= plan_.wanted(calls_) || !plan_.may_dial(now))
    return false;
  place made;
  made.room = room_->take();
  if (!made.room || (line_.seats && !(made.seat = line_.seats->take_spare())))
    return false;
  made.id = ++last_;
  places_.push_back(std::move(made));
  plan_.dials(now);
  return true;
}

void standby_shelf::dial(std::uint64_t id) {
  dial_(line_.to, [weak = weak_from_this(), id](ws_channel_ptr channel, const std::string& why) {
    if (const auto self = weak.lock())
      self->dialled(id, std::move(channel), why);
    else if (channel)
      channel->close(close_code::normal, "");
  });
}

void standby_shelf::dialled(std::uint64_t id, ws_channel_ptr channel, const std::string& why) {
  if (!channel)
    log(log_level::debug, "adapters.speech", line_.provider, "no voice can stand by: " + why);
  std::shared_ptr<standing_channel> standing;
  {
    const std::lock_guard lock{mutex_};
    const auto here = find(id);
    const auto now = mono_now();
    if (!channel) {
      if (here != places_.end())
        places_.erase(here);
      return plan_.refused(now);
    }
    if (here != places_.end()) {
      channel_handler handler;
      handler.on_text = [weak = weak_from_this(), id](std::string_view text) {
        if (const auto self = weak.lock())
          self->say(id, true, text);
      };
      handler.on_binary = [weak = weak_from_this(), id](std::string_view bytes) {
        if (const auto self = weak.lock())
          self->say(id, false, bytes);
      };
      handler.on_closed = [weak = weak_from_this(), id](std::uint16_t, const std::string&) {
        if (const auto self = weak.lock())
          self->lose(id);
      };
      standing = std::make_shared<standing_channel>(channel, std::move(handler));
      here->channel = standing;
      here->opened = here->fed = now;
    }
  }
  if (standing)
    standing->begin();
  else // called off meanwhile
    channel->close(close_code::normal, "");
}

/// It speaks, and to nobody: that must be little, and no failure.
void standby_shelf::say(std::uint64_t id, bool text, std::string_view bytes) {
  places gone;
  {
    const std::lock_guard lock{mutex_};
    const auto here = find(id);
    if (here == places_.end())
      return;
    failed_ = false;
    line_.codec->take(text, bytes, *this);
    if (++here->messages <= bounds_.idle_messages_max && !failed_)
      return;
    plan_.refused(mono_now());
    gone.push_back(std::move(*here));
    places_.erase(here);
  }
  hang_up(gone);
}

void standby_shelf::lose(std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  const auto here = find(id);
  if (here == places_.end())
    return;
  plan_.lost(here->opened, mono_now());
  places_.erase(here);
}

/// The youngest, which has the longest to live.
ready_connection standby_shelf::take(mono_time now) {
  const std::lock_guard lock{mutex_};
  const auto found = std::find_if(places_.rbegin(), places_.rend(), [&](const place& one) {
    return one.channel && !plan_.is_old(one.opened, now);
  });
  if (found == places_.rend())
    return {};
  const auto here = std::prev(found.base());
  plan_.worked(here->opened, now);
  ready_connection taken{here->channel, here->seat};
  places_.erase(here);
  return taken;
}

bool standby_shelf::give_back() {
  places gone;
  {
    const std::lock_guard lock{mutex_};
    if (places_.empty())
      return false;
    gone.push_back(std::move(places_.front()));
    places_.erase(places_.begin());
  }
  hang_up(gone);
  return true;
}

/// Those that are being dialled stay: they will be younger than what went wrong.
void standby_shelf::clear() {
  places gone;
  {
    const std::lock_guard lock{mutex_};
    const auto open = std::stable_partition(places_.begin(), places_.end(),
                                            [](const place& one) { return !one.channel; });
    gone.assign(std::make_move_iterator(open), std::make_move_iterator(places_.end()));
    places_.erase(open, places_.end());
  }
  hang_up(gone);
}

std::size_t standby_shelf::standing() const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::size_t>(
    std::count_if(places_.begin(), places_.end(), [](const place& one) { return one.channel; }));
}

namespace {

/// What a call holds.
class standby_token {
public:
  explicit standby_token(std::shared_ptr<standby_shelf> shelf) : shelf_(std::move(shelf)) {
    shelf_->hold();
  }
  ~standby_token() {
    shelf_->let_go(mono_now());
  }
  standby_token(const standby_token&) = delete;
  standby_token& operator=(const standby_token&) = delete;

private:
  const std::shared_ptr<standby_shelf> shelf_;
};

} // namespace

/// The watch's door to a pool, which it must not keep.
class standby_pool::eyes : public watched_wire {
public:
  explicit eyes(std::weak_ptr<standby_pool> pool) : pool_(std::move(pool)) {}
  void look(mono_time now) override {
    if (const auto pool = pool_.lock())
      pool->look(now);
  }

private:
  const std::weak_ptr<standby_pool> pool_;
};

standby_pool::standby_pool(websocket_dialer dial, std::shared_ptr<wire_watch> watch,
                           const standby_limits& bounds)
  : dial_(std::move(dial)), watch_(std::move(watch)), bounds_(bounds),
    room_(std::make_shared<stream_seats>(bounds.node_max)) {}

standby_pool::~standby_pool() = default;

std::shared_ptr<void> standby_pool::want(standby_line line) {
  auto key = key_of(line.to);
  std::shared_ptr<standby_token> token;
  std::shared_ptr<standby_shelf> shelf;
  std::shared_ptr<eyes> opened;
  {
    const std::lock_guard lock{mutex_};
    auto& slot = shelves_[std::move(key)];
    if (!slot)
      slot = std::make_shared<standby_shelf>(std::move(line), dial_, bounds_, room_);
    shelf = slot;
    token = std::make_shared<standby_token>(shelf); // before anybody finds it unwanted
    if (!eyes_)
      opened = eyes_ = std::make_shared<eyes>(weak_from_this());
  }
  if (opened)
    watch_->add(opened);
  shelf->look(mono_now());
  return token;
}

void standby_pool::look(mono_time now) {
  std::vector<std::shared_ptr<standby_shelf>> over; // they hang up when the lock is let go
  {
    const std::lock_guard lock{mutex_};
    for (auto one = shelves_.begin(); one != shelves_.end();) {
      if (one->second->is_over(now)) {
        over.push_back(std::move(one->second));
        one = shelves_.erase(one);
      } else {
        ++one;
      }
    }
    if (shelves_.empty())
      eyes_ = nullptr;
  }
  for (const auto& shelf : all())
    shelf->look(now);
}

ready_connection standby_pool::take(const dial_options& to) {
  const auto shelf = find(key_of(to));
  return shelf ? shelf->take(mono_now()) : ready_connection{};
}

void standby_pool::distrust(const dial_options& to) {
  if (const auto shelf = find(key_of(to)))
    shelf->clear();
}

bool standby_pool::give_back(const stream_seats& seats) {
  for (const auto& shelf : all())
    if (shelf->sits_on(seats) && shelf->give_back())
      return true;
  return false;
}

std::map<std::string, std::size_t> standby_pool::standing() const {
  std::map<std::string, std::size_t> counts;
  for (const auto& shelf : all())
    counts[shelf->provider()] += shelf->standing();
  return counts;
}

std::shared_ptr<standby_shelf> standby_pool::find(const std::string& key) const {
  const std::lock_guard lock{mutex_};
  const auto found = shelves_.find(key);
  return found == shelves_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<standby_shelf>> standby_pool::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<standby_shelf>> shelves;
  for (const auto& [key, shelf] : shelves_)
    shelves.push_back(shelf);
  return shelves;
}

} // namespace unpod

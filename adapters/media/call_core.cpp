#include "adapters/media/call_core.hpp"

#include <utility>

namespace unpod {

call_core::call_core(const audio_format& format, const media_limits& bounds, seconds ring,
                     media_counters& counters)
  : up_(format, bounds, ring, counters), down_(format, bounds, counters) {}

void call_core::change(const std::function<void(outlets&)>& how) {
  const std::lock_guard lock{mutex_};
  how(wanted_);
  changed_ = true;
}

void call_core::listen(std::shared_ptr<media_listener> listener) {
  change([&](outlets& out) { out.listener = std::move(listener); });
}

void call_core::start(std::shared_ptr<media_sink> sink) {
  change([&](outlets& out) { out.sink = std::move(sink); });
}

bool call_core::record(std::shared_ptr<recording_feed> recording) {
  bool taken = false;
  change([&](outlets& out) {
    taken = !out.recording || out.recording->is_closed();
    if (taken)
      out.recording = std::move(recording);
  });
  return taken;
}

bool call_core::is_recorded() {
  const std::lock_guard lock{mutex_};
  return wanted_.recording && !wanted_.recording->is_closed();
}

void call_core::sit(std::shared_ptr<room_chair> chair) {
  change([&](outlets& out) { out.chair = std::move(chair); });
}

std::shared_ptr<room_chair> call_core::chair() {
  const std::lock_guard lock{mutex_};
  return wanted_.chair;
}

void call_core::close() {
  closed_ = true;
  up_.unbind_any();
  change([](outlets& out) { out = {}; });
}

void call_core::take_changes() {
  if (!changed_ || !changed_.exchange(false))
    return;
  auto before = outlets_; // dies outside the lock
  const std::lock_guard lock{mutex_};
  outlets_ = wanted_;
}

void call_core::hear(mono_time now) {
  take_changes();
  if (!closed_ && !outlets_.chair) // a room hears all of its people in one tick
    up_.tick(now, outlets_.listener.get(), outlets_.recording.get());
}

void call_core::tick(mono_time now) {
  take_changes();
  if (closed_)
    return;
  if (outlets_.chair)
    return tick_in_room(now);
  if (up_.is_due(now))
    up_.tick(now, outlets_.listener.get(), outlets_.recording.get());
  down_.tick(now, outlets_.sink.get(), outlets_.listener.get(), outlets_.recording.get());
}

void call_core::tick_in_room(mono_time now) {
  auto& out = outlets_;
  up_.tick_in_room(now, *out.chair, out.listener.get(), out.recording.get());
  down_.tick_in_room(now, *out.chair, out.sink.get(), out.listener.get(), out.recording.get());
}

} // namespace unpod

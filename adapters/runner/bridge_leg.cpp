#include "adapters/runner/bridge_leg.hpp"

#include "adapters/runner/serve_signing.hpp"
#include "messages/log.hpp"

namespace unpod {

namespace {

constexpr auto room = "adapters.runner";

} // namespace

bridge_spawner make_bridge_spawner(bridge_wiring wiring) {
  return [wiring = std::move(wiring)](caf::local_actor* parent, bridge_listener listener,
                                      bridge_opening opening) -> bridge_actor {
    const auto call = opening.call;
    const auto token = opening.call_token;
    const bool waits = opening.serving_url.empty();
    const bridge_leg_self leg =
      parent->spawn(bridge_leg, std::move(listener), std::move(opening), wiring);
    if (!waits)
      return leg;
    if (!wiring.pairings->add(call, token.reveal(), bridge_leg_door{leg})) {
      log(log_level::error, room, call.str(), "no pairing for this bridge: the table is full");
      caf::anon_send_exit(leg, caf::exit_reason::user_shutdown);
    }
    // Not a task of the leg itself: it may die of anything.
    caf::actor_cast<caf::abstract_actor*>(leg)->attach_functor(
      [pairings = wiring.pairings, id = leg.id()](const caf::error&) { pairings->remove(id); });
    return leg;
  };
}

bridge_leg_self::behavior_type bridge_leg(bridge_leg_state::self_pointer self,
                                          bridge_listener listener, bridge_opening opening,
                                          bridge_wiring wiring) {
  self->state.begin(std::move(listener), std::move(opening), wiring);
  return {
    [self](const bridge_user_text& turn) { self->state.tell(turn); },
    [self](const bridge_interrupted& cut_in) { self->state.tell(cut_in); },
    [](const bridge_heard&) {}, // a runner keeps its own history
    [self](const bridge_state& state) { self->state.tell(state); },
    [self](const bridge_metrics& metrics) { self->state.tell(metrics); },
    [self](const bridge_fatal& fatal) { self->state.tell(fatal); },
    [self](const bridge_close&) {
      self->state.settle();
      self->state.perform(self->state.session->close(self->state.now()));
    },
    [self](const bridge_socket& socket) { self->state.take(socket); },
    [self](const bridge_undialled& failed) {
      self->state.perform(self->state.session->undialled(failed.why));
    },
    [self](const raw_frame& frame) { self->state.hear(frame); },
    [self](const socket_over& event) { self->state.end(event); },
    [self](const session_tick&) { self->state.look_at_clock(); },
  };
}

void bridge_leg_state::begin(bridge_listener hears, bridge_opening opening,
                             const bridge_wiring& wiring) {
  listener = std::move(hears);
  about = opening.call.str();
  feed = wiring.feed;
  if (!opening.serving_url.empty())
    dial(opening, wiring);
  session.emplace(std::move(opening), wiring.limits);
}

void bridge_leg_state::dial(const bridge_opening& opening, const bridge_wiring& wiring) {
  dial_options options;
  options.url = signed_serve_url(opening.serving_url, opening.agent_secret.reveal(), opening.call,
                                 opening.job, fresh_nonce(), wall_now());
  options.connect_wait = wiring.wire.dial_wait;
  options.close_wait = wiring.wire.close_wait;
  // A runner whose code is busy answers no pings for a while (contract §3.7).
  options.ping_every = wiring.limits.unread_max;
  options.message_bytes_max = wiring.wire.runner_message_bytes_max;
  options.queue_bytes_max = 2 * wiring.limits.unread_bytes_max;
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(bridge_leg_self{self});
  wiring.dial(std::move(options), [weak](ws_channel_ptr channel, std::string why) {
    bridge_socket socket{channel ? std::make_shared<offered_channel>(channel) : nullptr};
    const auto leg = caf::actor_cast<bridge_leg_self>(weak);
    if (leg && channel)
      caf::anon_send(leg, std::move(socket));
    else if (leg)
      caf::anon_send(leg, bridge_undialled{"the runner cannot be dialled: " + why});
  });
}

void bridge_leg_state::take(const bridge_socket& socket) {
  if (const auto no = session->offer(now())) {
    log(log_level::info, room, about, "bridge refused with " + std::to_string(no->code));
    return socket.offer->refuse(no->code, no->why);
  }
  auto taken = socket.offer->take();
  feed_face(taken, bridge_leg_self{self}, ++sockets, feed);
  channel = held_channel{std::move(taken)};
  set_timer();
}

void bridge_leg_state::hear(const raw_frame& frame) {
  frame.credit->give_back(frame.text.size());
  if (frame.socket != sockets)
    return;
  settle();
  perform(session->on_frame(frame.text, frame.at, now()));
}

void bridge_leg_state::end(const socket_over& event) {
  if (event.socket != sockets)
    return;
  log(log_level::info, room, about,
      "bridge closed: " + std::to_string(event.code) + " " + event.reason);
  channel.drop();
  perform(session->on_closed(event.code, event.reason));
}

void bridge_leg_state::look_at_clock() {
  if (now() >= timer_due)
    timer_due = mono_time::max();
  settle();
  perform(session->on_tick(now()));
}

void bridge_leg_state::settle() {
  if (channel)
    session->settle(channel->queued_bytes(), now());
}

void bridge_leg_state::perform(bridge_session::outputs outputs) {
  for (auto& output : outputs)
    std::visit([this](auto& what) { do_it(what); }, output);
  set_timer();
}

void bridge_leg_state::do_it(send_frame& frame) {
  if (channel)
    channel->send_text(std::move(frame.text));
}

void bridge_leg_state::do_it(close_socket& how) {
  if (how.code != close_code::normal)
    log(log_level::warn, room, about,
        "bridge closed by us with " + std::to_string(how.code) + ": " + how.why);
  if (channel) // kept: its end is still to be heard before another may come
    channel->close(how.code, std::move(how.why));
}

void bridge_leg_state::do_it(leg_over&) {
  self->quit();
}

/// One timer at a time, unless a nearer deadline comes up.
void bridge_leg_state::set_timer() {
  const auto due = session->deadline(now());
  if (!due || *due >= timer_due)
    return;
  timer_due = *due;
  self->delayed_send(self, *due - now(), session_tick{});
}

mono_time bridge_leg_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod

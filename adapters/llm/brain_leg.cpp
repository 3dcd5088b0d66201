#include "adapters/llm/brain_leg.hpp"

#include "messages/log.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace unpod {

namespace {

constexpr auto room = "adapters.llm";

/// From the thread of the way out to a leg that may be gone by then.
class answer_ear : public outgoing_listener {
public:
  answer_ear(caf::actor_addr leg, std::uint64_t number) : leg_(std::move(leg)), number_(number) {}

  bool began(int status, const std::string& content_type) override {
    return tell(answer_head{number_, status, content_type});
  }
  bool piece(std::string_view bytes) override {
    return tell(answer_piece{number_, std::string{bytes}, mono_now()});
  }
  void ended(const outgoing_result& result) override {
    tell(answer_end{number_, result, mono_now()});
  }

private:
  template <class Message>
  bool tell(Message message) {
    const auto leg = caf::actor_cast<caf::actor>(leg_);
    if (leg)
      caf::anon_send(leg, std::move(message));
    return leg != nullptr;
  }

  caf::actor_addr leg_;
  std::uint64_t number_;
};

} // namespace

bridge_spawner make_brain_spawner(brain_wiring wiring) {
  return [wiring = std::move(wiring)](caf::local_actor* parent, bridge_listener listener,
                                      bridge_opening opening) -> bridge_actor {
    return parent->spawn(brain_leg, std::move(listener), std::move(opening), wiring);
  };
}

brain_leg_self::behavior_type brain_leg(brain_leg_state::self_pointer self,
                                        bridge_listener listener, bridge_opening opening,
                                        const brain_wiring& wiring) {
  auto& state = self->state;
  state.begin(std::move(listener), std::move(opening), wiring);
  return {
    [&state](const bridge_user_text& turn) {
      state.perform(state.session->tell(turn, state.now()));
    },
    [&state](const bridge_interrupted& cut_in) { state.perform(state.session->tell(cut_in)); },
    [&state](const bridge_heard& words) { state.session->tell(words); },
    [](const bridge_state&) {},
    [](const bridge_metrics&) {},
    [](const bridge_fatal&) {},
    [&state](const bridge_close&) { state.perform(state.session->close()); },
    [&state](const answer_head& head) {
      state.perform(state.session->on_head(head.number, head.status, head.content_type));
    },
    [&state](const answer_piece& piece) {
      state.perform(state.session->on_piece(piece.number, piece.bytes, piece.at, state.now()));
    },
    [&state](const answer_end& end) {
      state.perform(state.session->on_end(end.number, end.result, end.at, state.now()));
    },
    [&state](const brain_tick&) {
      state.timer_due = mono_time::max();
      state.perform(state.session->on_tick(state.now()));
    },
  };
}

void brain_leg_state::begin(bridge_listener hears, bridge_opening opening,
                            const brain_wiring& wiring) {
  listener = std::move(hears);
  about = opening.call.str();
  outgoing = wiring.outgoing;
  session.emplace(std::move(opening), wiring.node, wiring.bounds, wiring.json_depth_max);
  perform(session->begin(now()));
}

brain_leg_state::~brain_leg_state() {
  if (exchange)
    exchange->abort();
}

void brain_leg_state::perform(brain_session::outputs outputs) {
  for (auto& output : outputs)
    std::visit([this](auto& what) { do_it(what); }, output);
  if (const auto used = session->take_tokens())
    self->send(listener, runner_usage{used->prompt, used->completion, used->cached,
                                      "chat-completions", session->model()});
  set_timer();
}

void brain_leg_state::do_it(send_ask& ask) {
  exchange = outgoing->send(std::move(ask.request),
                            std::make_shared<answer_ear>(self->address(), ask.number));
}

void brain_leg_state::do_it(drop_ask&) {
  if (const auto dropped = std::exchange(exchange, nullptr))
    dropped->abort();
}

void brain_leg_state::do_it(brain_over&) {
  self->quit();
}

/// One timer at a time, unless a nearer deadline comes up.
void brain_leg_state::set_timer() {
  const auto due = session->deadline();
  if (!due || *due >= timer_due)
    return;
  timer_due = *due;
  self->delayed_send(self, *due - now(), brain_tick{});
}

mono_time brain_leg_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod

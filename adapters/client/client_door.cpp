// The CLIENT DOOR's behaviour.
#include "adapters/client/client_door.hpp"

#include "adapters/json/json.hpp"
#include "messages/children.hpp"
#include "messages/log.hpp"

#include <caf/send.hpp>

#include <utility>

namespace unpod {

namespace {

/// The call that a token lets its bearer listen to: `{"listen_only": true, "call_id": …}`.
call_id listens_to(const std::string& metadata, std::size_t depth_max) {
  std::string why;
  const auto body = json::parse(metadata, depth_max, why);
  const bool listens = body && body->IsObject() && json::flag(*body, "listen_only").value_or(false);
  return call_id{listens ? json::text(*body, "call_id").value_or("") : ""};
}

} // namespace

client_door_actor::behavior_type client_door(client_door_state::self_pointer self,
                                             client_house house,
                                             std::function<call_id()> new_call) {
  self->state.house = std::move(house);
  self->state.new_call = std::move(new_call);
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_leg_down(down); });
  self->set_exit_handler([self](caf::exit_msg& exit) { self->state.on_exit(exit); });
  return {
    [self](const client_knocked& event) { self->state.check_token(event); },
    [self](const client_entered& event) { self->state.spawn_leg(event); },
  };
}

/// A full node refuses before the token is used up: the client may come again with it.
void client_door_state::check_token(const client_knocked& event) {
  const auto& knock = event.knock;
  if (legs.size() >= house.bounds.node.calls_max)
    return knock->refuse(503, "the node has as many calls as it takes (calls_max); try again");
  const auto store = house.house->get<store_actor>();
  if (!store)
    return knock->refuse(503, "the node could not look at the session token; try again");
  self->request(store, token_wait, consume_token{knock->token_hash(), wall_now()})
    .then([this, knock](const consumed_token& reply) { let_in(knock, reply.token); },
          [this, knock](const caf::error& why) { turn_away(knock, why); });
}

void client_door_state::let_in(const client_knock_ptr& knock, const token_record& token) {
  if (token.pipe != knock->pipe())
    return knock->refuse_token("the session token is for another pipe");
  const auto home = house.engine != nullptr ? house.engine->home() : nullptr;
  client_entry entry{
    new_call(),    token.pipe,
    token.project, token.metadata_json,
    home,          listens_to(token.metadata_json, house.bounds.wire.json_depth_max)};
  knock->accept(
    [door = caf::actor_cast<client_door_actor>(self),
     entry = std::move(entry)](ws_channel_ptr channel) {
      if (channel)
        caf::anon_send(door,
                       client_entered{std::make_shared<entered_socket>(std::move(channel), entry)});
    },
    home);
}

void client_door_state::turn_away(const client_knock_ptr& knock, const caf::error& why) {
  const auto kind = refusal_of(why);
  if (kind == refusal::unauthorised || kind == refusal::not_found)
    return knock->refuse_token("the session token is unknown, used or expired");
  knock->refuse(503, "the node could not look at the session token; try again");
}

void client_door_state::spawn_leg(const client_entered& event) {
  const auto& entry = event.socket->entry();
  auto channel = event.socket->take();
  log(log_level::info, "adapters.client", entry.call.str(), "connected from " + channel->peer());
  const client_leg_actor leg =
    spawn_child(self, entry.call.str(), client_leg, std::move(channel), entry, house);
  legs.insert(leg.address());
}

void client_door_state::on_leg_down(const caf::down_msg& down) {
  release_child(self, down.source);
  legs.erase(down.source);
}

/// A link passes on every exit reason, but a child ignores `normal`.
void client_door_state::on_exit(const caf::exit_msg& exit) {
  const bool harmless = !exit.reason || exit.reason == caf::exit_reason::normal;
  self->quit(harmless ? caf::error{caf::exit_reason::user_shutdown} : exit.reason);
}

entered_socket::entered_socket(ws_channel_ptr channel, client_entry entry)
  : channel_(std::move(channel)), entry_(std::move(entry)) {}

entered_socket::~entered_socket() {
  if (channel_)
    channel_->close(close_code::try_again, "the node could not take the call");
}

ws_channel_ptr entered_socket::take() {
  return std::exchange(channel_, nullptr);
}

void on_client_upgrade(const gate_rules& rules, const wire_limits& bounds,
                       const client_door_actor& door, std::shared_ptr<ws_upgrade> upgrade,
                       const pipe_id& pipe) {
  on_client_upgrade(rules, bounds, std::move(upgrade), pipe, [&door](client_knock_ptr knock) {
    caf::anon_send(door, client_knocked{std::move(knock)});
  });
}

} // namespace unpod

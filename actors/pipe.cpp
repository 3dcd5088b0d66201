#include "actors/pipe.hpp"

#include "actors/call.hpp"
#include "messages/children.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/outbox.hpp"
#include "messages/usage.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace unpod {

namespace {

/// Past every utterance a CALL could have counted to: its port takes nothing after.
constexpr generation last_utterance = std::numeric_limits<generation>::max();

milliseconds length_of(const canned_audio& audio) {
  return milliseconds{audio.pcm.size() * 1'000 / std::max<std::uint32_t>(audio.rate_hz, 1)};
}

} // namespace

timed_pipe::behavior_type speech_pipe(pipe_state::self_pointer self, pipe_setup setup) {
  self->state.setup = std::move(setup);
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->set_exit_handler([self](caf::exit_msg& exit) { self->state.on_exit(exit); });
  return {
    [self](const open_call& request) { return self->state.open(request); },
    [self](const end_call& request) { return self->state.end(request); },
    [self](const end_all_calls& command) { self->state.end_all(command); },
    [self](caf::get_atom) { return self->state.status(); },
    [self](const join_call& x) { return self->state.pass<opened_call>(x); },
    [self](const transfer_call& x) { return self->state.pass<transferred_call>(x); },
    [self](const merge_calls& x) { return self->state.pass<merged_calls>(x); },
    [self](const release_callers& x) { return self->state.pass<released_callers>(x); },
    [self](const remove_participant& x) { return self->state.pass<removed_participant>(x); },
    [self](const say_words& x) { return self->state.pass<said_words>(x); },
    [self](const farewell_check& due) { self->state.leave_caller(due); },
  };
}

/// Its calls die with it: their callers hear the apology, and their records are
/// closed. The caller's leg hangs up on its own when it has lost its CALL.
pipe_state::~pipe_state() {
  for (const auto& [address, live] : calls) {
    play_canned(live.request);
    bury(live.request);
  }
  for (const auto& [number, request] : farewells)
    request.port->close();
}

caf::result<opened_call> pipe_state::open(const open_call& request) {
  const auto& reader = *setup.kit->reader;
  const auto pipe = find<pipe_record>(reader, table::pipes, setup.pipe.str());
  if (!pipe)
    return make_error(refusal::not_found, "there is no pipe '" + setup.pipe.str() + "'");
  const auto node_max = setup.kit->bounds.node.pipe_calls_max;
  const auto calls_max =
    pipe->max_concurrent > 0 ? std::min<std::size_t>(node_max, pipe->max_concurrent) : node_max;
  if (calls.size() + opening >= calls_max)
    return make_error(refusal::at_limit, "pipe '" + setup.pipe.str() + "' has "
                                           + std::to_string(calls_max)
                                           + " calls, its limit (max_concurrent); try again later");
  if (is_live(request.call))
    return make_error(refusal::conflict, "call '" + request.call.str() + "' is live already");
  const auto providers = setup.kit->house->get<providers_actor>();
  if (closing || !providers)
    return make_error(refusal::draining, "the node takes no new calls");
  auto reply = self->make_response_promise<opened_call>();
  ++opening;
  self->request(providers, seconds{2}, pick_providers{pipe->voice_profile})
    .then([this, request, pipe = *pipe,
           reply](const picked_providers& picked) { admit(request, pipe, picked.profile, reply); },
          [this, reply](const caf::error& error) mutable {
            --opening;
            reply.deliver(error);
            quit_if_closed();
          });
  return reply;
}

void pipe_state::admit(const open_call& request, const pipe_record& pipe,
                       const voice_profile& profile,
                       caf::typed_response_promise<opened_call> reply) {
  --opening;
  if (closing) {
    reply.deliver(make_error(refusal::draining, "the node takes no new calls"));
    return quit_if_closed();
  }
  const call_actor child =
    spawn_child(self, request.call.str(), call, call_setup{setup.kit, request, pipe, profile});
  calls.emplace(child.address(), entry{child, request});
  reply.deliver(opened_call{child});
}

end_call_done pipe_state::end(const end_call& request) {
  for (const auto& [address, live] : calls)
    if (live.request.call == request.call) {
      self->send(live.call, hang_up{request.reason});
      return {true};
    }
  return {false};
}

void pipe_state::end_all(const end_all_calls& command) {
  closing = true;
  for (const auto& [address, live] : calls)
    self->send(live.call, hang_up{command.reason});
  quit_if_closed();
}

void pipe_state::quit_if_closed() {
  if (closing && calls.empty() && opening == 0 && farewells.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

pipe_status pipe_state::status() const {
  const auto calls_max = setup.kit->bounds.node.pipe_calls_max;
  return {calls.size() + opening, calls_max, closing};
}

void pipe_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  auto ended = calls.extract(down.source);
  if (!ended)
    return;
  const auto& request = ended.mapped().request;
  const bool crashed = down.reason.category() != caf::atom("call_end");
  if (crashed) {
    log(log_level::error, "actors.pipe", request.call.str(),
        "call crashed: " + self->system().render(down.reason));
    play_apology(request);
    bury(request);
  }
  self->send(setup.listener, call_ended{request.call, end_reason_of(down.reason)});
  quit_if_closed();
}

/// A link passes on every exit reason, but a child ignores `normal`.
void pipe_state::on_exit(const caf::exit_msg& exit) {
  const bool harmless = !exit.reason || exit.reason == caf::exit_reason::normal;
  self->quit(harmless ? caf::error{caf::exit_reason::user_shutdown} : exit.reason);
}

/// Closes the record of a call that could not do it itself.
void pipe_state::bury(const open_call& request) {
  auto record = find<call_record>(*setup.kit->reader, table::calls, request.call.str());
  if (!record)
    return;
  const auto& kit = *setup.kit;
  record->status = "completed";
  record->end_reason = to_string(end_reason::internal_error);
  record->ended = record->modified = wall_now();
  const auto line = kit.events->line(request.call, *kit.reader);
  const auto body = json_line{}.text("reason", record->end_reason).str();
  const auto seq = line->post("end", body, record->ended);
  line->close();
  kit.events->keep(line);
  usage_tally used; // what else it counted went with it
  used.call_s = static_cast<double>(record->ended - record->started) / 1'000;
  std::vector<store_change> changes{
    {store_change::what::put, *record},
    {store_change::what::put, usage_of(*record, used, record->ended)},
    {store_change::what::put, journal_record{request.call, seq, record->ended, "end", body}}};
  for (auto& row : deliveries_of({*kit.reader, kit.bounds.webhooks, kit.new_id, record->ended},
                                 *record, ending_events(*record, false)))
    changes.push_back(std::move(row));
  for (auto& row : analysis_of(*kit.reader, *record))
    changes.push_back(std::move(row));
  if (const auto store = kit.house->get<store_actor>())
    caf::anon_send(store, store_write{std::move(changes)});
  if (const auto webhooks = kit.house->get<webhooks_actor>())
    caf::anon_send(webhooks, deliveries_due{});
}

milliseconds pipe_state::play_canned(const open_call& request) const {
  request.port->unbind_any();
  request.port->flush(last_utterance - 1);
  const auto& canned = setup.kit->apology;
  if (!canned || canned->pcm.empty())
    return milliseconds{0};
  request.port->play(last_utterance, canned->pcm.data(), canned->pcm.size(), canned->rate_hz);
  request.port->finish(last_utterance);
  return length_of(*canned) + milliseconds{300};
}

void pipe_state::play_apology(const open_call& request) {
  const auto wait = play_canned(request);
  farewells.emplace(++farewells_begun, request);
  self->delayed_send(self, wait, farewell_check{farewells_begun});
}

void pipe_state::leave_caller(const farewell_check& due) {
  if (auto over = farewells.extract(due.call)) {
    self->send(over.mapped().leg, caller_ended{end_reason::internal_error});
    over.mapped().port->close();
  }
  quit_if_closed();
}

bool pipe_state::is_live(const call_id& call) const {
  return std::any_of(calls.begin(), calls.end(),
                     [&](const auto& entry) { return entry.second.request.call == call; });
}

} // namespace unpod

// CALL: one conversation, from the caller's arrival to its end.
//
//            user's turn                    first sample out
//   listening ----------> thinking -------------------> speaking
//       ^                    |                              |
//       |    nothing to say  |   all was played, or the     |
//       +--------------------+--- caller cut in ------------+
//
//   any --hang-up, a polite end, or a loss--> ending: what is queued is played
//       --> closing: the caller is told; bridge and recording close --> gone (quit)
//
//   who takes part (call_room.cpp): the first caller, others who joined or were moved
//     here, listeners; while one caller is left the call goes on. A call that is merged
//     into another gives its callers away and ends with `transferred`.
//
//   handing over (call_handover.cpp):  asked --announced, silence--> dispatched
//     --a runner of the next agent--> it is the runner     --none--> refused, as before
//
//   its brain: behind a URL (prompt, endpoint, webhook), always there; or
//   its runner:  dispatching -> joining -> live -> redialling -> live
//                                            '------'--> lost (another, once)
//
// Children: TRANSCRIBER, SYNTHESIZER, BRIDGE LEG, RECORDER: restarted within a
// budget (architecture §2), else the call ends with the reason that names them.
// The caller's leg is not a child: it is monitored, and its end is a hang-up.
#pragma once

#include "actors/agent_speech.hpp"
#include "actors/restart_budget.hpp"
#include "actors/turn_detector.hpp"
#include "actors/turn_ledger.hpp"
#include "messages/call.hpp"
#include "messages/call_kit.hpp"
#include "messages/call_timers.hpp"
#include "messages/observed.hpp"
#include "messages/orchestrator.hpp"
#include "messages/providers.hpp"
#include "messages/usage.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace unpod {

/// CALL as it sees itself: the interface, and its own timers.
using timed_call = call_actor::extend<
  // Looks whether the turn is over.
  caf::reacts_to<turn_check>,
  // Looks whether a closed bridge was redialled.
  caf::reacts_to<phase_check>,
  // Looks at all that goes by whole seconds.
  caf::reacts_to<clock_check>>;

struct call_setup {
  call_kit_ptr kit;
  open_call request;
  pipe_record pipe;
  voice_profile profile; // its lists in the order to try
};

struct call_state {
  using self_pointer = self_of<call_state, timed_call>;

  enum class phase { listening, thinking, speaking, ending, closing };
  enum class link { dispatching, joining, live, redialling, lost };

  static inline const char* name = "call";

  explicit call_state(self_pointer self) : self(self) {}
  ~call_state();

  // -- the caller speaks (call_hearing.cpp) -----------------------------------
  void hear_start(const speech_started& event);
  void hear_end(const speech_ended& event);
  void hear_partial(const heard_partial& event);
  void hear_final(const heard_final& event);
  void look_at_turn(const turn_check* due);
  void take_user_turn(const decided_turn& turn);
  void tell_runner(std::uint64_t turn, const std::string& text);
  void consider_cutting_in();
  void interrupt();
  void resume_if_nothing_was_said();

  // -- the agent speaks (call_speaking.cpp) -----------------------------------
  void take_delta(const runner_delta& event);
  void take_say(const runner_say& event);
  void take_text_end(const runner_text_end& event);
  void take_filler(const runner_filler& event);
  void say_filler();
  void speak(const std::string& text, bool whole, bool ours);
  void end_text();
  bool answers_turn(generation utterance) const;
  void note_asked(const voice_asked& event);
  void note_sounds(const voice_sounds& event);
  void note_piece(const voice_piece& event);
  void note_used(const provider_used& event);
  void note_started(const playout_started& event);
  void note_reached(const playout_reached& event);
  void note_drained(const playout_drained& event);
  void note_flushed(const playout_flushed& event);
  void close_agent_turn(bool interrupted, const std::string& heard);
  void stamp(turn_ledger::stamp which, mono_time when);
  void report_ledger();
  void stop_speaking();

  // -- its runner (call_runner.cpp) -------------------------------------------
  void dispatch();
  void open_bridge(const std::string& serving_url);
  void let_bridge_go();
  bridge_opening opening_for(const job_id& job, const secret_text& token,
                             const agent_id& agent) const;
  void open_brain();
  void open_leg(const bridge_spawner& open, const std::string& serving_url);
  void take_runner(const dispatched_call& answer);
  void miss_runner(const caf::error& error);
  void recall_turn();
  void lose_leg();
  void join(const runner_joined& event);
  void told(const runner_told& event);
  void lose_bridge(const runner_gone& event);
  void check_redial(const phase_check& due);
  void replace_runner(const std::string& why);
  void take_end_call(const runner_end_call& event);
  void take_recording(const runner_recording& wish);
  void take_verb(const runner_verb& verb);
  void take_usage(const runner_usage& used);
  void fail_turn(const runner_failed& event);
  void release_job(bool cancel);
  std::string opening_metadata(const agent_id& agent) const;
  std::vector<heard_words> history() const;

  // -- handing over (call_handover.cpp) -----------------------------------------
  using transfer_done = std::function<void(const caf::expected<transferred_call>&)>;
  void hand_over(const transfer_call& wish, bool by_agent, transfer_done done);
  void hand_over_if_quiet();
  void dispatch_successor();
  void adopt_successor();
  void refuse_transfer(const transfer_call& wish, bool by_agent, const caf::error& why,
                       const transfer_done& done);
  void drop_successor(const caf::error& why);
  agent_id runners_of(const agent_id& agent) const;
  void take_joined(const runner_joined& event);

  // -- who takes part (call_room.cpp) -------------------------------------------
  struct merging;
  caf::result<opened_call> take_in(const join_call& request);
  caf::result<transferred_call> transfer(const transfer_call& request);
  caf::result<merged_calls> merge(const merge_calls& request);
  void merge_next(const std::shared_ptr<merging>& task);
  caf::result<released_callers> release(const release_callers& request);
  caf::result<removed_participant> remove(const remove_participant& request);
  caf::result<said_words> say(const say_words& request);
  caf::error show_out(const std::string& participant, end_reason why);
  bool seat(const room_seat& one);
  bool is_caller(const caf::actor_addr& leg) const;
  bool lose_caller(const caf::actor_addr& leg);
  void take_hang_up(const hang_up& event);
  std::size_t callers_heard() const;
  void note_participants();
  template <class Message>
  void tell_callers(const Message& message) {
    self->send(setup.request.leg, message);
    for (const auto& guest : guests)
      self->send(guest.leg, message);
  }

  // -- beginning and end (call.cpp, call_ending.cpp) --------------------------
  void begin(call_setup with);
  void spawn_transcriber();
  void spawn_synthesizer();
  void on_down(const caf::down_msg& down);
  bool is_from_bridge() const;
  void forget_recording(const std::string& why);
  void lose_hearing(const std::string& why);
  void lose_voice(const std::string& why);
  void check_clock();
  void tell_silence();
  void forget_silence();
  void take_dtmf(const caller_dtmf& digits);
  void apologise(end_reason reason, const std::string& words);
  std::string apology() const;
  void play_canned(end_reason reason);
  void end_after_speech(end_reason reason);
  void finish(end_reason reason);
  void finish_if_quiet();
  void quit_if_closed();
  void complete();
  call_status status() const;

  void enter(phase next);
  void show_state(const char* state);
  /// Says what happened, to be kept: to observers, and in the journal.
  void note(const char* kind, std::string body);
  /// Says what is so for a moment: to observers alone.
  void tell(const char* kind, std::string body);
  void write_down(turn_record turn);
  void save_record();
  /// What is asked next sees what was done: `then` comes when the record is saved.
  void when_saved(std::function<void()> then);
  /// With what webhooks are told of it: all is written, or nothing. `extra` joins what a
  /// webhook sees of the call, as a JSON object.
  void save_record(const std::vector<std::string>& happened, const std::string& extra = {});
  void count(const char* metric, const std::string& labels = {});
  void time(const char* metric, mono_time took);
  mono_time now() const;
  bool is_over() const {
    return current == phase::ending || current == phase::closing;
  }

  struct runner_link {
    link state = link::dispatching;
    agent_id agent; // whose runners may answer
    job_id job;
    secret_text token;
    worker_id worker;
    std::vector<worker_id> lost; // runners this call had and lost
    bool found = false;          // somebody took the call, now or before
    std::uint64_t handshakes = 0;
    bool closed_clean = false;
    bool is_brain = false;   // no runner at all: a leg that asks a URL
    bool turn_open = false;  // the runner owes an agent.text.end
    bool streams = false;    // it has sent a delta: it has an adapter, and ends its turns
    std::uint64_t epoch = 0; // of the redial timer
    mono_time since{0};
    std::string filler;
    std::deque<std::pair<std::uint64_t, std::string>> waiting; // turns nobody was there to hear
  };

  /// The agent who takes over, until it is the runner.
  struct successor {
    transfer_call wish;
    bool by_agent = false; // else through the API
    transfer_done done;
    mono_time since{0};
    job_id job; // empty: not dispatched yet
    secret_text token;
    bridge_actor bridge;
  };

  struct offspring {
    transcriber_actor transcriber;
    synthesizer_actor synthesizer;
    bridge_actor bridge;
    recorder_actor recorder;
  };

  self_pointer self;
  call_setup setup;
  turn_limits turn_bounds;
  call_record record;
  offspring children;
  runner_link runner;
  restart_budget restarts{0, mono_time{0}};
  phase current = phase::listening;
  turn_detector detector{turn_limits{}};
  agent_speech speech;
  turn_ledger ledger;
  generation ledger_from = 0; // utterances from here on answer the turn of the ledger
  std::uint64_t turns = 0;
  std::uint64_t check_epoch = 0; // of the turn timer
  event_line_ptr events;
  usage_tally used;
  std::int64_t silence_told_s = 0; // how long a silence observers were told of last
  sample_index covered = 0;        // heard in finals
  mono_time begun{0}, last_activity{0}, phase_since{0}, cut_in_at{0};
  end_reason reason = end_reason::internal_error; // once ending
  std::string unheard; // what the caller's noise cut off; words make it the past
  std::string shown_state;
  std::vector<room_seat> guests; // callers besides the first
  bool first_left = false;       // the first caller has gone, others are here
  bool given_away = false;       // the callers are another call's
  std::optional<successor> next; // a hand-over under way
  std::string handed_json;       // what the agent before gave to the present one; an object
};

timed_call::behavior_type call(call_state::self_pointer self, call_setup setup);

} // namespace unpod

// SYNTHESIZER: speaks for one call, through whichever voice works.
//
//   speak_text -> splitter -> piece -> TTS STREAM -> playout ring
//   piece: asked --first byte--> sounding --done--> in the ring
//
//   voice:  alone --later than it ever is--> with a rival --first sound--> alone
//             \--lost, or no sound for all of its wait--> the next provider, or the rival, alone
//   no restart left --> lost (quit)
//
// How long a voice may take is what the node and this call have measured of its first bytes
// (voice_patience.hpp). The rival is the next provider, asked for the same pieces; whoever
// sounds first has the right to be heard (voice_right.hpp). A connection is kept ready for it. A
// piece that broke off in mid-sound goes on with the word where it did (resume_point.hpp), for the
// CALL the same piece. Children: one TTS STREAM at a time, or two.
#pragma once

#include "actors/restart_budget.hpp"
#include "actors/resume_point.hpp"
#include "actors/rolling_times.hpp"
#include "actors/text_splitter.hpp"
#include "actors/voice_patience.hpp"
#include "actors/voice_right.hpp"
#include "messages/call.hpp"
#include "messages/call_kit.hpp"
#include "messages/call_timers.hpp"
#include "messages/observed.hpp"

#include <deque>
#include <map>
#include <set>

namespace unpod {

/// SYNTHESIZER as it sees itself: the interface, and its own timer.
using timed_synthesizer = synthesizer_actor::extend<
  // Has this piece made a sound by now?
  caf::reacts_to<voice_check>>;

struct synthesizer_setup {
  call_id call;
  call_kit_ptr kit;
  speaking_listener listener;
  media_port_ptr port;
  std::vector<std::string> providers; // in the order to try
  tts_settings settings;
  std::vector<provider_choice> choices = {};  // each one's own model and voice
  std::vector<double> first_byte_p99_ms = {}; // of the providers, as the node has measured them
};

struct synthesizer_state {
  using self_pointer = self_of<synthesizer_state, timed_synthesizer>;

  static inline const char* name = "synthesizer";

  explicit synthesizer_state(self_pointer self) : self(self) {}
  ~synthesizer_state();

  void begin(synthesizer_setup with);
  void speak(const speak_text& command);
  void end(const speak_end& command);
  void cancel(const speak_cancel& command);
  void note_first_byte(const tts_first_byte& event);
  void note_done(const tts_piece_done& event);
  void check_voice(const voice_check& due);
  void note_failed(const tts_failed& event);
  void lose_voice(const tts_failed& how);
  void on_down(const caf::down_msg& down);

  /// A piece that was sent to the voice and is not done.
  struct open_piece {
    generation utterance = 0;
    std::uint32_t piece = 0;
    text_piece text;
    mono_time asked{0};
    bool sent = false;
    bool sounding = false;
    bool told = false; // the CALL knows that it sounds
    /// Of the voices before, when it broke off: what of it is in the ring.
    std::uint64_t samples_before = 0;
    std::vector<spoken_word> words_before = {};
  };

  /// A TTS STREAM, whose provider it is, and its right to sound.
  struct voice {
    tts_stream_actor stream;
    std::size_t choice = 0;
    voice_id id = 0;
    mono_time asked{0}; // of a rival: for the first piece
  };

  /// How far an utterance is.
  struct progress {
    bool text_complete = false;
    std::uint64_t samples = 0; // of its settled pieces
  };

  void forgive();
  bool open_voice(voice& into, std::size_t choice);
  void open_next(std::string why);
  void give_up(const std::string& why);
  void drop(voice& one);
  void report_loss(const voice& one, const std::string& why, trouble kind);
  bool is_from(const voice& one) const;
  void try_rival();
  void promote_rival();
  void take_up_broken_piece(const std::vector<spoken_word>& words);
  std::uint64_t take_breath(generation utterance);
  std::uint64_t given_of(const open_piece& piece) const;
  void ask(generation utterance, std::vector<text_piece> pieces);
  void send_more();
  void send(const voice& to, const open_piece& piece);
  void watch_front();
  void settle(const open_piece& piece, std::uint64_t samples, std::vector<spoken_word> words);
  void finish_whole_ones();
  voice_patience patience_with(const voice& one) const;
  void stand_by();
  std::string provider_of(std::size_t choice) const;
  tts_settings settings_of(std::size_t choice) const;
  mono_time now() const;

  self_pointer self;
  synthesizer_setup setup;
  restart_budget budget{0, mono_time{0}};
  voice main, rival;             // the rival is there only while a race is on
  std::shared_ptr<void> standby; // keeps a connection ready for the voice after `main`
  std::shared_ptr<voice_right> right = std::make_shared<voice_right>();
  voice_id voices = 0;                              // so far
  std::map<std::string, rolling_times> first_bytes; // ms, of this call's voices by provider
  std::set<std::string> tellers; // providers whose voices tell their words' times
  text_splitter splitter{0};
  generation current = 0;                    // the utterance the splitter is in
  generation cancelled = 0;                  // up to here nothing is spoken any more
  std::uint32_t pieces_made = 0;             // of the current utterance
  std::map<generation, progress> unfinished; // until the port is told that they are whole
  std::deque<open_piece> open;
};

timed_synthesizer::behavior_type synthesizer(synthesizer_state::self_pointer self,
                                             synthesizer_setup setup);

} // namespace unpod

// SYNTHESIZER: speaks for one call, through whichever voice works.
//
//   speak_text -> splitter -> piece -> TTS STREAM -> playout ring
//   piece: asked --first byte--> sounding --done--> in the ring
//   stream lost, or no sound within first_byte_wait --> the next provider is
//   asked for the pieces that have not sounded; no restart left --> lost (quit)
//
// A piece that broke off in mid-sound stands as far as it got: its rest is not
// said again, for half a word twice is worse than half a word.
// Children: one TTS STREAM at a time.
#pragma once

#include "actors/restart_budget.hpp"
#include "actors/text_splitter.hpp"
#include "messages/call.hpp"
#include "messages/call_kit.hpp"
#include "messages/call_timers.hpp"
#include "messages/observed.hpp"

#include <deque>
#include <map>

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
  std::vector<provider_choice> choices = {}; // each one's own model and voice
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
  void lose_stream(const std::string& why);
  void on_down(const caf::down_msg& down);

  /// A piece that was sent to the voice and is not done.
  struct open_piece {
    generation utterance = 0;
    std::uint32_t piece = 0;
    text_piece text;
    mono_time asked{0};
    bool sounding = false;
  };

  /// How far an utterance is.
  struct progress {
    bool text_complete = false;
    std::uint64_t samples = 0; // of its settled pieces
  };

  void open_stream();
  void ask(generation utterance, std::vector<text_piece> pieces);
  void send(open_piece& piece);
  void settle(const open_piece& piece, std::uint64_t samples, std::vector<spoken_word> words);
  void finish_whole_ones();
  std::string provider() const;
  mono_time now() const;

  self_pointer self;
  synthesizer_setup setup;
  restart_budget budget{0, mono_time{0}};
  tts_stream_actor stream;
  std::size_t choice = 0;
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

// TRANSCRIBER: hears one call, through whichever recogniser works.
//
//   opening --stt_ready--> hearing --stt_failed, or the stream is down--> opening (next)
//   opening --no restart left--> lost (tells the CALL, quits)
//
// The next stream is bound to the call's ring from the last sample that a final
// covered, so no word is lost; a final that covers nothing new is dropped, so
// none comes twice, and a partial no longer than the one shown is not shown again.
// Children: one STT STREAM at a time.
#pragma once

#include "actors/restart_budget.hpp"
#include "messages/call.hpp"
#include "messages/call_kit.hpp"
#include "messages/observed.hpp"
#include "messages/providers.hpp"

namespace unpod {

struct transcriber_setup {
  call_id call;
  call_kit_ptr kit;
  hearing_listener listener;
  media_port_ptr port;
  std::vector<std::string> providers; // in the order to try
  stt_settings settings;
  sample_index from = 0;                     // heard already, by the one before
  std::vector<provider_choice> choices = {}; // each one's own model; none: that of the settings
};

struct transcriber_state {
  using self_pointer = self_of<transcriber_state, transcriber_actor>;

  static inline const char* name = "transcriber";

  explicit transcriber_state(self_pointer self) : self(self) {}
  ~transcriber_state();

  void begin(transcriber_setup with);
  void open_stream();
  void forgive();
  void hear_ready(const stt_ready& event);
  void hear_partial(const stt_partial& event);
  void hear_final(const stt_final& event);
  void hear_failed(const stt_failed& event);
  void lose_stream(const std::string& why, trouble kind);
  void tell_used();
  void tell_provider(const char* state, const std::string& why) const;
  void finalize();
  void on_down(const caf::down_msg& down);

  std::string provider() const;

  self_pointer self;
  transcriber_setup setup;
  restart_budget budget{0, mono_time{0}};
  stt_stream_actor stream;
  std::size_t choice = 0;
  sample_index covered = 0;
  sample_index given_to = 0; // what it has of the caller's audio and was told of
  bool proven = false;       // this stream has heard words
  std::string shown;         // the partial the CALL knows, since the last final
  bool repeating = false;    // this stream hears again what the one before it heard
};

transcriber_actor::behavior_type transcriber(transcriber_state::self_pointer self,
                                             transcriber_setup setup);

} // namespace unpod

#include "actors/synthesizer.hpp"

#include "actors/spoken_form.hpp"
#include "messages/children.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/usage.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// Word ends as offsets in the utterance's text, whatever the voice was given.
std::vector<spoken_word> in_text(const text_piece& piece, std::vector<spoken_word> words) {
  for (auto& word : words) {
    const auto last = [&](std::uint32_t offset) {
      return offset < piece.source.size() ? piece.source[offset] : piece.end;
    };
    word.begin = last(word.begin);
    word.end = word.end == 0 ? piece.begin : written_end(piece.source, word.end, piece.end);
  }
  return words;
}

/// What a stream reports, when it is the stream of the moment: one that was given
/// up may still have something in the mail.
template <class Message>
auto from_stream(synthesizer_state& state, void (synthesizer_state::*handler)(const Message&)) {
  return [&state, handler](const Message& x) {
    if (state.stream && state.self->current_sender() == state.stream)
      (state.*handler)(x);
  };
}

} // namespace

timed_synthesizer::behavior_type synthesizer(synthesizer_state::self_pointer self,
                                             synthesizer_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(setup));
  return {
    from_stream(self->state, &synthesizer_state::note_first_byte),
    from_stream(self->state, &synthesizer_state::note_done),
    from_stream(self->state, &synthesizer_state::note_failed),
    [self](const speak_text& command) { self->state.speak(command); },
    [self](const speak_end& command) { self->state.end(command); },
    [self](const speak_cancel& command) { self->state.cancel(command); },
    [self](const voice_check& due) { self->state.check_voice(due); },
  };
}

/// Its stream is told to end: let go alone, it would count among those that died of something.
synthesizer_state::~synthesizer_state() {
  if (stream)
    self->send_exit(stream, caf::exit_reason::user_shutdown);
}

void synthesizer_state::begin(synthesizer_setup with) {
  setup = std::move(with);
  budget = {setup.kit->bounds.call.restarts_max, setup.kit->bounds.call.restart_window};
  splitter = text_splitter{setup.kit->bounds.speech.piece_bytes_max};
  open_stream();
}

std::string synthesizer_state::provider() const {
  return setup.providers.empty() ? "none" : setup.providers[choice % setup.providers.size()];
}

void synthesizer_state::open_stream() {
  const auto found = setup.kit->providers.find(provider());
  if (found == setup.kit->providers.end() || !found->second.open_tts)
    return lose_stream("provider '" + provider() + "' cannot speak here");
  auto settings = setup.settings;
  for (const auto& choice : setup.choices)
    if (choice.provider == provider()) {
      settings.model = choice.model;
      settings.voice = choice.voice;
    }
  stream = adopt_child(self, setup.call.str(),
                       found->second.open_tts(self, tts_listener{self}, setup.port,
                                              std::move(settings), setup.call.str()));
  for (auto& piece : open)
    send(piece);
}

void synthesizer_state::speak(const speak_text& command) {
  if (command.utterance <= cancelled)
    return;
  if (command.utterance != current) {
    current = command.utterance;
    splitter = text_splitter{setup.kit->bounds.speech.piece_bytes_max, setup.settings.language};
    pieces_made = 0;
    unfinished[current] = {};
  }
  ask(current, splitter.add(command.text));
  if (command.whole)
    ask(current, splitter.finish());
}

void synthesizer_state::end(const speak_end& command) {
  if (command.utterance != current || command.utterance <= cancelled)
    return;
  ask(current, splitter.finish());
  unfinished[current].text_complete = true;
  finish_whole_ones();
}

void synthesizer_state::cancel(const speak_cancel& command) {
  cancelled = std::max(cancelled, command.utterance);
  open.erase(std::remove_if(open.begin(), open.end(),
                            [&](const open_piece& piece) { return piece.utterance <= cancelled; }),
             open.end());
  unfinished.erase(unfinished.begin(), unfinished.upper_bound(cancelled));
  if (stream)
    self->send(stream, tts_cancel{cancelled});
}

void synthesizer_state::ask(generation utterance, std::vector<text_piece> pieces) {
  for (auto& text : pieces) {
    open.push_back({utterance, pieces_made++, std::move(text), mono_time{0}, false});
    auto& piece = open.back();
    piece.asked = now();
    self->send(setup.listener,
               voice_asked{utterance, piece.piece, piece.text.begin, piece.text.end, piece.asked,
                           static_cast<std::uint32_t>(characters_of(piece.text.spoken))});
    send(piece);
  }
}

/// A piece with nothing to say in it goes the same way, in its turn.
void synthesizer_state::send(open_piece& piece) {
  if (!stream)
    return;
  piece.asked = now();
  self->send(stream, tts_speak{piece.utterance, piece.piece, piece.text.spoken});
  self->delayed_send(self, setup.kit->bounds.speech.first_byte_wait,
                     voice_check{piece.utterance, piece.piece});
}

void synthesizer_state::note_first_byte(const tts_first_byte& event) {
  for (auto& piece : open)
    if (piece.utterance == event.utterance && piece.piece == event.piece) {
      piece.sounding = true;
      self->send(setup.listener, voice_sounds{event.utterance, event.piece, event.at});
      const auto waited = event.at > piece.asked ? event.at - piece.asked : mono_time{0};
      if (&piece == &open.front())
        tell_service<providers_actor>(self, setup.kit->house,
                                      provider_report{provider(), true, {}, to_ms(waited)});
      return;
    }
}

void synthesizer_state::note_done(const tts_piece_done& event) {
  if (open.empty() || open.front().utterance != event.utterance
      || open.front().piece != event.piece)
    return;
  const auto piece = std::move(open.front());
  open.pop_front();
  if (!open.empty())
    open.front().asked = now(); // its turn begins here
  settle(piece, event.samples, event.words);
  if (!open.empty())
    self->delayed_send(self, setup.kit->bounds.speech.first_byte_wait,
                       voice_check{open.front().utterance, open.front().piece});
}

void synthesizer_state::settle(const open_piece& piece, std::uint64_t samples,
                               std::vector<spoken_word> words) {
  self->send(setup.listener,
             voice_piece{piece.utterance, piece.piece, piece.text.begin, piece.text.end, samples,
                         in_text(piece.text, std::move(words))});
  if (const auto one = unfinished.find(piece.utterance); one != unfinished.end())
    one->second.samples += samples;
  finish_whole_ones();
}

/// An utterance is whole when its text is, and no piece of it is open.
void synthesizer_state::finish_whole_ones() {
  for (auto one = unfinished.begin(); one != unfinished.end();) {
    const bool waits = std::any_of(open.begin(), open.end(), [&](const open_piece& piece) {
      return piece.utterance == one->first;
    });
    if (waits || !one->second.text_complete) {
      ++one;
    } else {
      setup.port->finish(one->first);
      one = unfinished.erase(one);
    }
  }
}

void synthesizer_state::check_voice(const voice_check& due) {
  if (open.empty() || open.front().utterance != due.utterance || open.front().piece != due.piece
      || open.front().sounding)
    return;
  if (now() - open.front().asked >= setup.kit->bounds.speech.first_byte_wait)
    lose_stream("no sound within "
                + std::to_string(setup.kit->bounds.speech.first_byte_wait.count()) + " ms");
}

void synthesizer_state::note_failed(const tts_failed& event) {
  lose_stream(event.why);
}

void synthesizer_state::lose_stream(const std::string& why) {
  log(log_level::warn, "actors.synthesizer", setup.call.str(),
      "voice '" + provider() + "' is lost: " + why);
  tell_service<providers_actor>(self, setup.kit->house,
                                provider_report{provider(), false, why, -1});
  setup.kit->events->tell(setup.call, "provider",
                          json_line{}
                            .text("service", "tts")
                            .text("provider", provider())
                            .text("state", "lost")
                            .text("why", why)
                            .str());
  if (stream) {
    self->demonitor(stream.address());
    release_child(self, stream.address());
    self->send_exit(std::exchange(stream, nullptr), caf::exit_reason::user_shutdown);
  }
  if (!open.empty() && open.front().sounding) {
    const auto broken = std::move(open.front());
    open.pop_front();
    settle(broken, setup.port->given(broken.utterance) - unfinished[broken.utterance].samples, {});
  }
  if (budget.spend(now())) {
    ++choice;
    return open_stream();
  }
  self->send(setup.listener, speaking_lost{why});
  self->quit(make_error(end_reason::tts_lost));
}

void synthesizer_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  if (stream && down.source == stream.address()) {
    stream = nullptr;
    lose_stream("its stream died: " + self->system().render(down.reason));
  }
}

mono_time synthesizer_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod

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

/// ms. 250: how often is looked whether the ring has room for a piece again.
constexpr milliseconds ahead_look{250};
/// ms. 3,000: a voice that needs longer for its first sound is lost, whoever comes next.
constexpr milliseconds slow_voice_max{3'000};
/// ms. 60: between the last word of a voice that broke off and the first one of the next.
constexpr milliseconds breath{60};

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

/// A second voice beside the first: whoever sounds first has the right.
void ask_rival(synthesizer_state& at, std::size_t choice) {
  at.right->set_free();
  if (!at.open_voice(at.rival, choice))
    return;
  for (const auto& piece : at.open)
    if (piece.sent)
      at.send(at.rival, piece);
}

/// May a voice be given up for its slowness alone? A slow one is better than none: only where
/// another provider can be asked, and never on the last restart but one, which is for those
/// that break.
bool may_move_on(const synthesizer_state& at) {
  auto budget = at.budget;
  return at.provider_of(at.main.choice + 1) != at.provider_of(at.main.choice)
         && budget.spend(at.now()) && budget.spend(at.now());
}

} // namespace

timed_synthesizer::behavior_type synthesizer(synthesizer_state::self_pointer self,
                                             synthesizer_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(setup));
  return {
    [self](const tts_first_byte& event) { self->state.note_first_byte(event); },
    [self](const tts_piece_done& event) { self->state.note_done(event); },
    [self](const tts_failed& event) { self->state.note_failed(event); },
    [self](const speak_text& command) { self->state.speak(command); },
    [self](const speak_end& command) { self->state.end(command); },
    [self](const speak_cancel& command) { self->state.cancel(command); },
    [self](const voice_check& due) { self->state.check_voice(due); },
  };
}

/// Its stream is told to end: let go alone, it would count among those that died of something.
synthesizer_state::~synthesizer_state() {
  for (const auto* one : {&main, &rival})
    if (one->stream)
      self->send_exit(one->stream, caf::exit_reason::user_shutdown);
}

void synthesizer_state::begin(synthesizer_setup with) {
  setup = std::move(with);
  forgive();
  splitter = text_splitter{setup.kit->bounds.speech.piece_bytes_max};
  if (open_voice(main, 0)) {
    right->give(main.id);
    return stand_by();
  }
  const auto why = "provider '" + provider_of(0) + "' cannot speak here";
  report_loss(main, why, trouble::unable);
  open_next(why);
}

/// Voices may be lost so often in a row; one that sounds makes up for those before.
void synthesizer_state::forgive() {
  budget = {setup.kit->bounds.call.restarts_max, setup.kit->bounds.call.restart_window};
}

std::string synthesizer_state::provider_of(std::size_t choice) const {
  return setup.providers.empty() ? "none" : setup.providers[choice % setup.providers.size()];
}

/// False when this provider cannot speak here.
bool synthesizer_state::open_voice(voice& into, std::size_t choice) {
  into = {{}, choice, ++voices, now()};
  const auto found = setup.kit->providers.find(provider_of(choice));
  if (found == setup.kit->providers.end() || !found->second.open_tts)
    return false;
  into.stream =
    adopt_child(self, setup.call.str(),
                found->second.open_tts(self, tts_listener{self},
                                       std::make_shared<voice_port>(setup.port, right, into.id),
                                       settings_of(choice), setup.call.str()));
  return true;
}

/// Its own model and voice.
tts_settings synthesizer_state::settings_of(std::size_t choice) const {
  auto settings = setup.settings;
  for (const auto& one : setup.choices)
    if (one.provider == provider_of(choice)) {
      settings.model = one.model;
      settings.voice = one.voice;
    }
  return settings;
}

/// For the voice that would follow this one, when that is another's.
void synthesizer_state::stand_by() {
  const auto next = main.choice + 1;
  const auto found = setup.kit->providers.find(provider_of(next));
  const bool another = provider_of(next) != provider_of(main.choice);
  standby = another && found != setup.kit->providers.end() && found->second.stand_by
              ? found->second.stand_by(settings_of(next), setup.port->rate_hz())
              : nullptr;
}

/// The provider after the one that is lost, alone.
void synthesizer_state::open_next(std::string why) {
  while (budget.spend(now())) {
    if (open_voice(main, main.choice + 1)) {
      right->give(main.id);
      stand_by();
      for (auto& piece : open)
        piece.sent = false;
      return send_more();
    }
    why = "provider '" + provider_of(main.choice) + "' cannot speak here";
    report_loss(main, why, trouble::unable);
  }
  give_up(why);
}

void synthesizer_state::give_up(const std::string& why) {
  self->send(setup.listener, speaking_lost{why});
  self->quit(make_error(end_reason::tts_lost));
}

/// Its right is its parent's business.
void synthesizer_state::drop(voice& one) {
  if (!one.stream)
    return;
  self->demonitor(one.stream.address());
  release_child(self, one.stream.address());
  self->send_exit(std::exchange(one.stream, nullptr), caf::exit_reason::user_shutdown);
}

bool synthesizer_state::is_from(const voice& one) const {
  return one.stream && self->current_sender() == one.stream;
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
  for (const auto* one : {&main, &rival})
    if (one->stream)
      self->send(one->stream, tts_cancel{cancelled});
  send_more();
}

void synthesizer_state::ask(generation utterance, std::vector<text_piece> pieces) {
  for (auto& text : pieces) {
    open.push_back({utterance, pieces_made++, std::move(text), now()});
    const auto& piece = open.back();
    self->send(setup.listener,
               voice_asked{utterance, piece.piece, piece.text.begin, piece.text.end, piece.asked,
                           static_cast<std::uint32_t>(characters_of(piece.text.spoken))});
  }
  send_more();
}

/// What the voice may be given: with seconds of speech in the ring the rest can wait. A piece
/// with nothing to say in it goes the same way, in its turn.
void synthesizer_state::send_more() {
  for (auto& piece : open) {
    if (!main.stream)
      return;
    if (piece.sent)
      continue;
    const auto ahead = static_cast<std::uint64_t>(setup.kit->patience.speak_ahead.count());
    if (setup.port->position(piece.utterance).queued > ahead * setup.port->rate_hz()) {
      self->delayed_send(self, ahead_look, voice_check{piece.utterance, piece.piece});
      return;
    }
    piece.sent = true;
    piece.asked = now();
    for (const auto* one : {&main, &rival})
      send(*one, piece);
    if (&piece == &open.front())
      watch_front();
  }
}

void synthesizer_state::send(const voice& to, const open_piece& piece) {
  if (!to.stream)
    return;
  self->send(to.stream, tts_speak{piece.utterance, piece.piece, piece.text.spoken});
  const provider_used used{provider_of(to.choice), 0,
                           static_cast<std::uint64_t>(characters_of(piece.text.spoken))};
  if (used.tts_characters == 0)
    return;
  tell_service<providers_actor>(self, setup.kit->house, used);
  self->send(setup.listener, used);
}

/// Looks at the first piece when a rival would be asked, and at the end of its wait.
void synthesizer_state::watch_front() {
  const auto& front = open.front();
  const auto patience = patience_with(main);
  for (const mono_time due : {front.asked + patience.rival, front.asked + patience.wait})
    self->delayed_send(self, std::max(due - now(), mono_time{0}),
                       voice_check{front.utterance, front.piece});
}

voice_patience synthesizer_state::patience_with(const voice& one) const {
  voice_habit habit;
  if (const auto own = first_bytes.find(provider_of(one.choice)); own != first_bytes.end())
    habit = {own->second.percentile(0.99), own->second.count() >= habit_least};
  const auto& node = setup.first_byte_p99_ms;
  const auto place = setup.providers.empty() ? 0 : one.choice % setup.providers.size();
  if (place < node.size() && node[place] >= 0)
    habit = {std::max(habit.p99_ms, node[place]), true};
  return unpod::patience_with(habit, setup.kit->patience.first_byte_wait_min,
                              setup.kit->bounds.speech.first_byte_wait);
}

void synthesizer_state::note_first_byte(const tts_first_byte& event) {
  if (is_from(rival) && right->holder() == rival.id) {
    report_loss(main, "the next provider was quicker", trouble::slow);
    promote_rival();
    if (!open.empty()) // it was asked later
      open.front().asked = std::max(open.front().asked, main.asked);
  }
  if (!is_from(main))
    return;
  drop(rival);
  forgive();
  for (auto& piece : open)
    if (piece.utterance == event.utterance && piece.piece == event.piece) {
      piece.sounding = true;
      if (!std::exchange(piece.told, true))
        self->send(setup.listener, voice_sounds{event.utterance, event.piece, event.at});
      const auto waited = event.at > piece.asked ? event.at - piece.asked : mono_time{0};
      if (&piece == &open.front()) {
        first_bytes[provider_of(main.choice)].add(to_ms(waited));
        tell_service<providers_actor>(
          self, setup.kit->house,
          provider_report{provider_of(main.choice), true, {}, to_ms(waited)});
      }
      return;
    }
}

void synthesizer_state::note_done(const tts_piece_done& event) {
  if (!is_from(main) || open.empty() || open.front().utterance != event.utterance
      || open.front().piece != event.piece)
    return;
  drop(rival); // it was to sound instead of this piece
  if (!event.words.empty())
    tellers.insert(provider_of(main.choice));
  const auto piece = std::move(open.front());
  open.pop_front();
  if (!open.empty())
    open.front().asked = now(); // its turn begins here
  settle(piece, event.samples, event.words);
  if (!open.empty() && open.front().sent)
    watch_front();
  send_more();
}

void synthesizer_state::settle(const open_piece& piece, std::uint64_t samples,
                               std::vector<spoken_word> words) {
  auto all = piece.words_before;
  for (auto& word : in_text(piece.text, std::move(words))) {
    word.until_sample += piece.samples_before;
    all.push_back(word);
  }
  samples += piece.samples_before;
  self->send(setup.listener, voice_piece{piece.utterance, piece.piece, piece.text.begin,
                                         piece.text.end, samples, std::move(all)});
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
  send_more();
  if (open.empty() || open.front().utterance != due.utterance || open.front().piece != due.piece
      || open.front().sounding || !open.front().sent)
    return;
  const auto waited = now() - open.front().asked;
  const auto [rival_after, wait] = patience_with(main);
  const bool won = rival.stream && right->holder() != 0; // its news is in the mail
  const bool late = waited >= wait && !won;
  if (late && (may_move_on(*this) || waited >= slow_voice_max))
    return lose_voice({provider_of(main.choice),
                       "no sound within "
                         + std::to_string(std::chrono::duration_cast<milliseconds>(waited).count())
                         + " ms",
                       0,
                       0,
                       {},
                       trouble::slow});
  if (waited >= rival_after && !rival.stream)
    try_rival();
  if (late)
    self->delayed_send(self, ahead_look, due);
}

/// The next provider is asked for the same, when there is another; not when the first one's
/// sound is in the ring, and only its news still in the mail.
void synthesizer_state::try_rival() {
  const auto next = main.choice + 1;
  if (provider_of(next) != provider_of(main.choice) && given_of(open.front()) == 0)
    ask_rival(*this, next);
}

void synthesizer_state::promote_rival() {
  drop(main);
  main = std::exchange(rival, {});
  right->give(main.id);
  stand_by();
}

void synthesizer_state::note_failed(const tts_failed& event) {
  if (is_from(main)) {
    lose_voice(event);
  } else if (is_from(rival)) {
    report_loss(rival, event.why, event.kind);
    drop(rival);
    // One after the other, down to the first voice's own provider over a fresh connection.
    const bool waits = !open.empty() && open.front().sent && !open.front().sounding;
    if (waits && rival.choice < main.choice + setup.providers.size())
      ask_rival(*this, rival.choice + 1);
  }
}

void synthesizer_state::report_loss(const voice& one, const std::string& why, trouble kind) {
  log(log_level::warn, "actors.synthesizer", setup.call.str(),
      "voice '" + provider_of(one.choice) + "' is lost: " + why);
  tell_service<providers_actor>(self, setup.kit->house,
                                provider_report{provider_of(one.choice), false, why, -1, kind});
  setup.kit->events->tell(setup.call, "provider",
                          json_line{}
                            .text("service", "tts")
                            .text("provider", provider_of(one.choice))
                            .text("state", "lost")
                            .text("why", why)
                            .str());
}

void synthesizer_state::lose_voice(const tts_failed& how) {
  report_loss(main, how.why, how.kind);
  drop(main);
  const bool sounded = right->lose(main.id, rival.stream ? rival.id : 0, ++voices);
  if (sounded && !open.empty() && given_of(open.front()) > 0) {
    drop(rival); // it was to say the whole piece
    const bool same = how.utterance == open.front().utterance && how.piece == open.front().piece;
    take_up_broken_piece(same ? how.words : std::vector<spoken_word>{});
  }
  if (!rival.stream)
    return open_next(how.why);
  if (!budget.spend(now()))
    return give_up(how.why);
  if (!open.empty()) // the rival's own wait goes on
    open.front().asked = rival.asked;
  promote_rival();
  if (!open.empty())
    watch_front();
}

/// A moment of silence between two voices, when the caller is not hearing one already.
std::uint64_t synthesizer_state::take_breath(generation utterance) {
  if (setup.port->position(utterance).queued == 0)
    return 0;
  const auto rate_hz = setup.port->rate_hz();
  const std::vector<std::int16_t> silence(static_cast<std::size_t>(breath.count()) * rate_hz
                                          / 1'000);
  return setup.port->play(utterance, silence.data(), silence.size(), rate_hz) ? silence.size() : 0;
}

/// Samples of the first piece that the voice of now has put into the ring.
std::uint64_t synthesizer_state::given_of(const open_piece& piece) const {
  const auto known = unfinished.find(piece.utterance);
  const auto before =
    (known == unfinished.end() ? 0 : known->second.samples) + piece.samples_before;
  const auto given = setup.port->given(piece.utterance);
  return given - std::min(given, before);
}

/// What of the first piece is in the ring stands; its rest is a piece for the next voice.
void synthesizer_state::take_up_broken_piece(const std::vector<spoken_word>& words) {
  auto& piece = open.front();
  const auto before = unfinished[piece.utterance].samples + piece.samples_before;
  auto given = before + given_of(piece);
  const auto point =
    find_resume_point(piece.text.spoken, words, given - std::min(given, before),
                      setup.port->rate_hz(), tellers.count(provider_of(main.choice)) > 0);
  if (given > before && point.keep < given - before)
    given = setup.port->trim(piece.utterance, before + point.keep);
  given += take_breath(piece.utterance);
  for (auto& word : in_text(piece.text, point.words)) {
    word.until_sample += piece.samples_before;
    piece.words_before.push_back(word);
  }
  piece.samples_before += given - std::min(given, before);
  piece.sounding = false;
  const auto cut = static_cast<std::ptrdiff_t>(std::min(point.cut, piece.text.spoken.size()));
  piece.text.spoken.erase(0, point.cut);
  auto& source = piece.text.source;
  source.erase(source.begin(),
               source.begin()
                 + std::min<std::ptrdiff_t>(cut, static_cast<std::ptrdiff_t>(source.size())));
  if (!piece.text.spoken.empty())
    return;
  const auto said = std::move(open.front());
  open.pop_front();
  settle(said, 0, {});
}

void synthesizer_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  const auto why = "its stream died: " + self->system().render(down.reason);
  if (rival.stream && down.source == rival.stream.address()) {
    rival.stream = nullptr;
    report_loss(rival, why, trouble::died);
  } else if (main.stream && down.source == main.stream.address()) {
    main.stream = nullptr;
    lose_voice({provider_of(main.choice), why, 0, 0, {}, trouble::died});
  }
}

mono_time synthesizer_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod

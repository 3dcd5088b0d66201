// `unpod say` and `unpod transcribe`: one stream of one provider without a node, to try a key or
// a voice. The streams are those of calls; only the port is another.
//
//   say         text -> pieces -> TTS STREAM -> trial_port -> WAV
//   transcribe  WAV -> trial_port, at the speed of speech -> STT STREAM -> finals
#include "runtime/workshop.hpp"

#include "actors/text_splitter.hpp"
#include "adapters/media/resampler.hpp"
#include "adapters/peers/wav.hpp"
#include "adapters/speech/embedded_stt.hpp"
#include "adapters/speech/embedded_tts.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "messages/json_line.hpp"
#include "runtime/logging.hpp"
#include "runtime/profiles.hpp"
#include "runtime/speech_access.hpp"
#include "runtime/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t rate_hz = 16'000;
/// s. What a voice may take for a piece, a recogniser to get ready, and to bring its last words.
constexpr std::chrono::seconds piece_wait{30}, ready_wait{10}, last_words_wait{3};
constexpr milliseconds chunk{100}; // of audio at a time, as from a call
constexpr generation only_one = 1;
constexpr std::size_t text_bytes_max = 100'000, piece_bytes_max = 600;

/// Keeps what a voice plays, and plays a file to a recogniser.
class trial_port : public media_port {
public:
  std::uint32_t rate_hz() const override {
    return unpod::rate_hz;
  }
  void listen(std::shared_ptr<media_listener>) override {}
  void bind(std::shared_ptr<audio_tap> tap, sample_index) override {
    const std::lock_guard lock{mutex_};
    tap_ = std::move(tap);
    changed_.notify_all();
  }
  void unbind(const audio_tap& tap) override {
    const std::lock_guard lock{mutex_};
    if (tap_.get() == &tap)
      tap_ = nullptr;
  }
  void unbind_any() override {
    bind(nullptr, 0);
  }
  void covered_to(sample_index) override {}
  sample_index heard_so_far() const override {
    const std::lock_guard lock{mutex_};
    return heard_;
  }
  mono_time voiced_for() const override {
    return mono_time{0};
  }
  bool play(generation, const std::int16_t* pcm, std::size_t samples,
            std::uint32_t from_hz) override {
    const std::lock_guard lock{mutex_};
    if (from_hz == rate_hz()) {
      played_.insert(played_.end(), pcm, pcm + samples);
      return true;
    }
    if (!resampler_)
      resampler_ = std::make_unique<resampler>(from_hz, rate_hz(), resampler::timing::aligned);
    resampler_->push(pcm, samples, played_);
    return true;
  }
  std::uint64_t given(generation) const override {
    const std::lock_guard lock{mutex_};
    return played_.size();
  }
  void mark(generation, std::uint64_t) override {}
  void finish(generation) override {}
  playout_position flush(generation) override {
    return {};
  }
  std::uint64_t trim(generation, std::uint64_t to) override {
    return to;
  }
  /// Nobody listens, so nothing ever runs dry.
  playout_position position(generation) const override {
    return {0, 0, 1};
  }
  void mute(bool) override {}
  void close() override {}

  std::vector<std::int16_t> played() const {
    const std::lock_guard lock{mutex_};
    return played_;
  }
  std::shared_ptr<audio_tap> wait_for_tap(milliseconds longest) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, longest, [this] { return tap_ != nullptr; });
    return tap_;
  }
  void note_heard(sample_index samples) {
    const std::lock_guard lock{mutex_};
    heard_ = samples;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<audio_tap> tap_;
  std::unique_ptr<resampler> resampler_;
  std::vector<std::int16_t> played_;
  sample_index heard_ = 0;
};

/// What the streams told, for the one thread that waits.
struct trial_news {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t pieces_done = 0;
  mono_time first_byte{0};
  std::vector<stt_final> finals;
  mono_time last_final{0};
  std::string failed;

  template <class Change>
  void note(Change change) {
    const std::lock_guard lock{mutex};
    change();
    changed.notify_all();
  }
  template <class Ready>
  bool wait(milliseconds longest, Ready ready) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, longest, [&] { return !failed.empty() || ready(); });
  }
};

using news_ptr = std::shared_ptr<trial_news>;

tts_listener::behavior_type voice_ear(tts_listener::pointer, news_ptr news) {
  return {
    [=](const tts_first_byte&) {
      news->note([&] {
        news->first_byte = news->first_byte > mono_time{0} ? news->first_byte : mono_now();
      });
    },
    [=](const tts_piece_done&) { news->note([&] { ++news->pieces_done; }); },
    [=](const tts_failed& event) { news->note([&] { news->failed = event.why; }); },
  };
}

stt_listener::behavior_type words_ear(stt_listener::pointer, news_ptr news) {
  return {
    [](const stt_ready&) {},
    [](const stt_partial&) {},
    [=](const stt_final& event) {
      news->note([&] {
        if (!event.text.empty())
          news->finals.push_back(event);
        news->last_final = mono_now();
      });
    },
    [=](const stt_failed& event) { news->note([&] { news->failed = event.why; }); },
  };
}

/// The providers and the profile, and a place for one stream.
class trial {
public:
  bool open(const node_settings& settings, const std::string& wanted, std::string& why) {
    const websocket_dialer dial = [this](dial_options options, dial_callback done) {
      dial_websocket(threads_, std::move(options), std::move(done));
    };
    const auto watch =
      std::make_shared<wire_watch>([this](milliseconds after, std::function<void()> work) {
        threads_.post_after(static_cast<std::size_t>(after.count()), std::move(work));
      });
    providers_ = dialled_providers(settings, real_environment(), dial, watch, {});
    const auto engine = std::make_shared<embedded_speech>(embedded_settings_of(settings.bounds));
    providers_[embedded_provider_name] = {embedded_provider_name, make_embedded_stt(engine),
                                          make_embedded_tts(engine)};
    std::vector<std::string> adapters;
    for (const auto& [name, provider] : providers_)
      adapters.push_back(name);
    const auto all = load_profiles(
      settings.profiles, ground_of(std::move(adapters), settings, real_environment()), why);
    if (!all)
      return false;
    for (const auto& one : *all)
      if (one.id == wanted || one.name == wanted)
        profile = one;
    if (profile.id.empty())
      why =
        "there is no voice profile '" + wanted + "'; `unpod profile list` shows those of a node";
    else if (!profile.available)
      why =
        "voice profile '" + wanted + "' cannot be used here, where there is no " + profile.missing;
    return why.empty();
  }

  /// The first choice: it is what is tried.
  const speech_provider* find(const std::vector<std::string>& names) const {
    const auto found = names.empty() ? providers_.end() : providers_.find(names.front());
    return found == providers_.end() ? nullptr : &found->second;
  }

  caf::actor_system& system() {
    return system_;
  }

  voice_profile profile;

private:
  net_threads threads_{1};
  std::map<std::string, speech_provider> providers_;
  system_config config_{2};
  caf::actor_system system_{config_};
};

/// What went wrong is said by us, once.
void keep_quiet() {
  node_settings quiet;
  quiet.log_level = "error";
  start_logging(quiet);
}

int fail(const char* verb, const std::string& why) {
  std::cerr << "unpod " << verb << ": " << why << "\n";
  return 1;
}

std::vector<text_piece> pieces_of(const std::string& text) {
  text_splitter splitter{piece_bytes_max};
  auto pieces = splitter.add(text);
  for (auto& one : splitter.finish())
    pieces.push_back(std::move(one));
  return pieces;
}

bool write_file(const std::string& file, const std::string& bytes) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(out.flush());
}

/// The file as a caller says it: at the speed of speech, and silence when it is over.
void play_file(const std::vector<std::int16_t>& pcm, trial_port& port, audio_tap& tap,
               trial_news& news) {
  const std::size_t step = rate_hz * static_cast<std::size_t>(chunk.count()) / 1'000;
  tap.speech_started(0);
  for (std::size_t at = 0; at < pcm.size(); at += step) {
    const auto samples = std::min(step, pcm.size() - at);
    tap.audio(at, pcm.data() + at, samples);
    port.note_heard(at + samples);
    if (news.wait(chunk, [] { return false; }))
      return;
  }
  tap.speech_ended(pcm.size());
}

std::vector<std::int16_t> mono_at_rate(const wav_audio& audio) {
  if (audio.rate_hz == rate_hz)
    return audio.left;
  std::vector<std::int16_t> pcm;
  resampler to{audio.rate_hz, rate_hz, resampler::timing::aligned};
  to.push(audio.left.data(), audio.left.size(), pcm);
  to.finish(pcm);
  return pcm;
}

void print_finals(const trial_news& news, bool json) {
  for (const auto& one : news.finals) {
    if (!json) {
      std::cout << one.text << "\n";
      continue;
    }
    std::string words;
    for (const auto& word : one.words)
      words += (words.empty() ? "" : ",")
               + json_line{}
                   .text("word", word.text)
                   .number("from_s", static_cast<double>(word.from) / rate_hz)
                   .number("to_s", static_cast<double>(word.to) / rate_hz)
                   .str();
    std::cout << json_line{}.text("text", one.text).raw("words", "[" + words + "]").str() << "\n";
  }
}

} // namespace

int run_say(const say_wishes& wishes) {
  keep_quiet();
  if (wishes.text.size() > text_bytes_max)
    return fail("say", "at most " + std::to_string(text_bytes_max) + " bytes of text");
  trial at;
  std::string why;
  if (!at.open(wishes.settings, wishes.profile, why))
    return fail("say", why);
  const auto* provider = at.find(at.profile.tts);
  if (!provider || !provider->open_tts)
    return fail("say", "nobody speaks in this profile");
  const auto news = std::make_shared<trial_news>();
  const auto port = std::make_shared<trial_port>();
  caf::scoped_actor self{at.system()};
  const auto ear = self->spawn(voice_ear, news);
  tts_settings settings{at.profile.language, at.profile.voice, at.profile.speed,
                        at.profile.tts_model};
  const auto began = mono_now();
  const auto voice = provider->open_tts(self.ptr(), ear, port, settings, "say");
  std::uint32_t piece = 0;
  const auto pieces = pieces_of(wishes.text);
  for (const auto& one : pieces)
    self->send(voice, tts_speak{only_one, piece++, one.spoken});
  const bool done = news->wait(piece_wait * std::max<std::size_t>(1, pieces.size()),
                               [&] { return news->pieces_done == pieces.size(); });
  self->send_exit(voice, caf::exit_reason::user_shutdown);
  self->send_exit(ear, caf::exit_reason::user_shutdown);
  if (!news->failed.empty() || !done)
    return fail("say", provider->name + ": " + (done ? news->failed : "it did not finish in time"));
  const auto pcm = port->played();
  if (!write_file(wishes.file, wav_bytes({rate_hz, pcm, {}})))
    return fail("say", "cannot write '" + wishes.file + "'");
  std::cout << provider->name << " said it in " << wishes.file << ": "
            << static_cast<double>(pcm.size() * 10 / rate_hz) / 10 << " s, first sound after "
            << static_cast<std::int64_t>(to_ms(news->first_byte - began)) << " ms\n";
  return 0;
}

int run_transcribe(const transcribe_wishes& wishes) {
  keep_quiet();
  trial at;
  std::string why;
  if (!at.open(wishes.settings, wishes.profile, why))
    return fail("transcribe", why);
  const auto audio = read_wav_file(wishes.file, why);
  if (!audio || !can_resample(audio->rate_hz))
    return fail("transcribe", audio ? "no such sample rate can be heard" : why);
  const auto* provider = at.find(at.profile.stt);
  if (!provider || !provider->open_stt)
    return fail("transcribe", "nobody hears in this profile");
  const auto news = std::make_shared<trial_news>();
  const auto port = std::make_shared<trial_port>();
  caf::scoped_actor self{at.system()};
  const auto ear = self->spawn(words_ear, news);
  stt_settings settings;
  settings.language = at.profile.language;
  settings.model = at.profile.stt_model;
  const auto stream = provider->open_stt(self.ptr(), ear, port, settings, 0, "transcribe");
  const auto tap = port->wait_for_tap(ready_wait);
  if (tap) {
    play_file(mono_at_rate(*audio), *port, *tap, *news);
    self->send(stream, stt_finalize{});
    const auto told = mono_now();
    news->wait(last_words_wait, [&] { return news->last_final > told; });
  }
  self->send_exit(stream, caf::exit_reason::user_shutdown);
  self->send_exit(ear, caf::exit_reason::user_shutdown);
  if (!news->failed.empty() || !tap)
    return fail("transcribe", provider->name + ": "
                                + (news->failed.empty() ? "it did not get ready" : news->failed));
  print_finals(*news, wishes.json);
  return 0;
}

} // namespace unpod

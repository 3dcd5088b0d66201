#include "adapters/speech/decoder.hpp"

#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>
#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>
#include <sphinxbase/ngram_model.h>

#include <fstream>
#include <utility>

namespace unpod {

namespace {

/// samples. The model hears a frame every 10 ms.
constexpr sample_index frame_samples = decoder_rate_hz / 100;

/// Opening and closing touch the library's shared counts: one at a time.
std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// The library ends the process when a file it was told of is missing: look first.
bool can_read(const std::string& path, std::string& why) {
  if (std::ifstream{path})
    return true;
  why = "the speech model lacks " + path;
  return false;
}

/// "<s>", "<sil>", "[NOISE]", "++UM++", "(NULL)": heard, but not said.
bool is_filler(const std::string& word) {
  return word.empty() || word[0] == '<' || word[0] == '[' || word[0] == '(' || word[0] == '+';
}

/// "your(2)" is "your", spoken the second way.
std::string without_variant(std::string word) {
  const auto variant = word.find('(');
  if (variant != std::string::npos)
    word.resize(variant);
  return word;
}

} // namespace

const voice_memory& narrow_line() {
  static const voice_memory means{39.4f, 20.4f, -21.5f, 36.9f, -20.6f, 12.6f, -1.3f,
                                  -8.7f, 3.7f,  -10.0f, 12.0f, -3.5f,  6.2f};
  return means;
}

struct decoder::library {
  ps_decoder_t* ps = nullptr;

  ~library() {
    const std::lock_guard lock{library_mutex()};
    if (ps)
      ps_free(ps);
  }

  cmn_t* means() const {
    return ps_get_feat(ps)->cmn_struct;
  }

  bool set_grammar(const std::string& canonical) const;
};

/// The library's own `ps_set_jsgf_string` never frees what it parsed: step by step, then.
bool decoder::library::set_grammar(const std::string& canonical) const {
  auto* parsed = jsgf_parse_string(canonical.c_str(), nullptr);
  if (!parsed)
    return false;
  bool set = false;
  if (auto* rule = jsgf_get_public_rule(parsed)) {
    const auto weight = cmd_ln_float_r(ps_get_config(ps), "-lw");
    if (auto* graph =
          jsgf_build_fsg(parsed, rule, ps_get_logmath(ps), static_cast<float32>(weight))) {
      set = ps_set_fsg(ps, "grammar", graph) >= 0 && ps_set_search(ps, "grammar") >= 0;
      fsg_model_free(graph); // the search keeps its own hold of it
    }
  }
  jsgf_grammar_free(parsed);
  return set;
}

language_model::~language_model() {
  const std::lock_guard lock{library_mutex()};
  if (model_)
    ngram_model_free(static_cast<ngram_model_t*>(model_));
}

std::unique_ptr<decoder> decoder::open(const speech_model& model, std::string& why) {
  if (!can_read(model.acoustic() + "/mdef", why) || !can_read(model.acoustic() + "/means", why)
      || !can_read(model.acoustic() + "/feat.params", why) || !can_read(model.words(), why))
    return nullptr;
  auto made = std::make_unique<library>();
  {
    const std::lock_guard lock{library_mutex()};
    err_set_logfp(nullptr);
    // The house's own VAD cuts the audio: with the library's, frames of silence
    // would vanish and words would have no place on the call's clock.
    auto* config = cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", model.acoustic().c_str(), "-dict",
                               model.words().c_str(), "-remove_silence", "no", nullptr);
    made->ps = config ? ps_init(config) : nullptr;
    if (config)
      cmd_ln_free_r(config);
  }
  if (!made->ps) {
    why = "the speech model in " + model.folder + " cannot be loaded";
    return nullptr;
  }
  return std::unique_ptr<decoder>{new decoder{std::move(made)}};
}

decoder::decoder(std::unique_ptr<library> with) : library_(std::move(with)) {
  stranger_ = memory();
}

decoder::~decoder() {
  const auto turn = take_turn(); // its search lets go of the shared model
  library_.reset();
}

std::unique_lock<std::mutex> decoder::take_turn() {
  return language_ ? std::unique_lock{language_->turn_} : std::unique_lock<std::mutex>{};
}

bool decoder::use_grammar(const std::string& canonical, std::string& why) {
  if (grammar_ == canonical && !canonical.empty())
    return true;
  grammar_.clear();
  if (!library_->set_grammar(canonical)) {
    why = "the recogniser does not take this grammar";
    return false;
  }
  grammar_ = canonical;
  return true;
}

bool decoder::use_free_speech(const speech_model& model, std::shared_ptr<language_model> language,
                              std::string& why) {
  if (language_)
    return true;
  if (!can_read(model.language(), why))
    return false;
  const std::lock_guard turn{language->turn_};
  const std::lock_guard lock{library_mutex()};
  // With the decoder's own settings: without them the model's weight is lost,
  // and two words of three are heard wrong, ten times as slowly.
  if (!language->model_)
    language->model_ = ngram_model_read(ps_get_config(library_->ps), model.language().c_str(),
                                        NGRAM_AUTO, ps_get_logmath(library_->ps));
  if (!language->model_
      || ps_set_lm(library_->ps, "free", static_cast<ngram_model_t*>(language->model_)) < 0
      || ps_set_search(library_->ps, "free") < 0) {
    why = "the language model " + model.language() + " cannot be loaded";
    return false;
  }
  language_ = std::move(language);
  return true;
}

bool decoder::start(const voice_memory& memory) {
  const auto turn = take_turn();
  const auto& means = memory.size() == stranger_.size() ? memory : stranger_;
  cmn_live_set(library_->means(), means.data());
  return ps_start_stream(library_->ps) >= 0 && ps_start_utt(library_->ps) >= 0;
}

bool decoder::feed(const std::int16_t* pcm, std::size_t samples) {
  const auto turn = take_turn();
  return ps_process_raw(library_->ps, pcm, samples, FALSE, FALSE) >= 0;
}

bool decoder::finish() {
  const auto turn = take_turn();
  return ps_end_utt(library_->ps) >= 0;
}

bool decoder::hear_whole(const std::int16_t* pcm, std::size_t samples) {
  if (!start({}))
    return false;
  bool heard = false;
  {
    const auto turn = take_turn();
    heard = samples == 0 || ps_process_raw(library_->ps, pcm, samples, FALSE, TRUE) >= 0;
  }
  return finish() && heard;
}

std::string decoder::text() {
  std::string text;
  for (const auto& word : words())
    text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::vector<timed_word> decoder::words() {
  const auto turn = take_turn();
  std::vector<timed_word> words;
  if (!ps_get_hyp(library_->ps, nullptr)) // with a grammar: nothing in it was said to its end
    return words;
  for (auto* segment = ps_seg_iter(library_->ps); segment; segment = ps_seg_next(segment)) {
    int first = 0, last = 0;
    ps_seg_frames(segment, &first, &last);
    std::string word = ps_seg_word(segment);
    if (!is_filler(word) && first >= 0 && last >= first)
      words.push_back({without_variant(std::move(word)),
                       static_cast<sample_index>(first) * frame_samples,
                       static_cast<sample_index>(last + 1) * frame_samples});
  }
  return words;
}

voice_memory decoder::memory() const {
  const auto* means = library_->means();
  voice_memory memory(static_cast<std::size_t>(means->veclen));
  cmn_live_get(library_->means(), memory.data());
  return memory;
}

} // namespace unpod

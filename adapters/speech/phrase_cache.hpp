// Short pieces of speech that are said again and again (greetings, fillers, "One moment."),
// kept with the times of their words: said from here the third time, and after a restart.
//
//   wanted(key) -> no -> yes, the second time -> keep(key, phrase) -> find(key)
//                                                      \-> a file in `folder`, by a thread of
//                                                          the cache's own
//
// What is said once is nobody's business and is not kept. Thread-safe; `find`, `wanted` and
// `keep` touch no file.
#pragma once

#include "adapters/speech/stt_codec.hpp" // wire_word
#include "messages/speech.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace unpod {

/// bytes of a text that may be kept. 200: a greeting of two sentences.
inline constexpr std::size_t phrase_text_bytes_max = 200;
/// s of sound of one phrase.
inline constexpr std::size_t phrase_s_max = 15;
/// texts whose first time is remembered.
inline constexpr std::size_t phrases_seen_max = 4'096;

struct phrase {
  std::vector<std::int16_t> pcm;
  std::vector<wire_word> words;
};
using phrase_ptr = std::shared_ptr<const phrase>;

/// Of one text in one voice of one provider, at one rate.
std::string phrase_key(const std::string& provider, const tts_settings& settings,
                       std::uint32_t rate_hz, const std::string& text);

class phrase_cache {
public:
  /// Reads what the folder holds, as far as it fits into `bytes_max`; the oldest go first. An
  /// empty folder's name: nothing survives.
  phrase_cache(std::string folder, std::size_t bytes_max);
  /// Writes what waits.
  ~phrase_cache();

  phrase_cache(const phrase_cache&) = delete;
  phrase_cache& operator=(const phrase_cache&) = delete;

  phrase_ptr find(const std::string& key);
  /// Is this worth keeping? The first time it is not.
  bool wanted(const std::string& key);
  void keep(const std::string& key, phrase what);

  std::size_t bytes() const;
  std::size_t size() const;

private:
  struct kept {
    std::string key;
    phrase_ptr what;
  };
  struct job {
    std::string file, bytes; // empty bytes: the file goes
  };

  void load();
  void insert_locked(const std::string& key, phrase_ptr what, bool write);
  void drop_oldest_locked(bool write);
  void work();
  std::string file_of(const std::string& key) const;

  const std::string folder_;
  const std::size_t bytes_max_;
  mutable std::mutex mutex_; // guards what follows
  std::list<kept> phrases_;  // the newest said first
  std::map<std::string, std::list<kept>::iterator> by_key_;
  std::size_t bytes_ = 0;
  std::deque<std::uint64_t> seen_order_;
  std::map<std::uint64_t, int> seen_;
  std::deque<job> jobs_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread writer_;
};

/// A phrase as a file's bytes, and back; nothing when they are none of this key's or any's.
std::string encoded_phrase(const std::string& key, const phrase& what);
std::pair<std::string, phrase_ptr> decoded_phrase(const std::string& bytes);

} // namespace unpod

#include "adapters/speech/phrase_cache.hpp"

#include "messages/log.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace unpod {

namespace fs = std::filesystem;

namespace {

constexpr auto room = "adapters.speech";
constexpr std::string_view magic = "unpod phrase 1\n";
constexpr auto ending = ".phrase";
/// bytes. What a phrase costs beside its sound.
constexpr std::size_t phrase_cost = 512;
constexpr std::size_t key_bytes_max = 1'024, words_max = 200, rate_max = 48'000;
/// bytes of a file: the longest sound there is, its words and its key.
constexpr std::size_t file_bytes_max = 2 * rate_max * phrase_s_max + 64 * 1024;
/// phrases that wait to be written; more are kept in memory alone.
constexpr std::size_t jobs_max = 64;
/// files looked at when the folder is read: far more than fit.
constexpr std::size_t files_max = 20'000;

std::uint64_t hash_of(std::string_view text) { // FNV-1a: the same in every build
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return hash;
}

std::size_t bytes_of(const std::string& key, const phrase& what) {
  return phrase_cost + key.size() + what.pcm.size() * sizeof(std::int16_t);
}

void put_number(std::string& out, std::uint64_t value) {
  for (int n = 0; n < 8; ++n)
    out += static_cast<char>(value >> (8 * n) & 0xff);
}

/// Reads numbers and texts, and never beyond the end.
class file_reader {
public:
  explicit file_reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    const auto text = take(8);
    std::uint64_t value = 0;
    for (std::size_t n = text.size(); n-- > 0;)
      value = value << 8 | static_cast<unsigned char>(text[n]);
    return value;
  }
  std::string_view text(std::size_t most) {
    const auto size = number();
    return size <= most ? take(static_cast<std::size_t>(size)) : fail();
  }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size())
      return fail();
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  bool is_whole() const {
    return good_ && bytes_.empty();
  }
  bool is_good() const {
    return good_;
  }

private:
  std::string_view fail() {
    good_ = false;
    bytes_ = {};
    return {};
  }

  std::string_view bytes_;
  bool good_ = true;
};

} // namespace

std::string phrase_key(const std::string& provider, const tts_settings& settings,
                       std::uint32_t rate_hz, const std::string& text) {
  std::string key;
  for (const auto& part : {provider, settings.model, settings.voice, settings.language,
                           std::to_string(settings.speed), std::to_string(rate_hz), text})
    key += part + '\n';
  return key;
}

std::string encoded_phrase(const std::string& key, const phrase& what) {
  std::string out{magic};
  const auto put_text = [&](const std::string& text) {
    put_number(out, text.size());
    out += text;
  };
  put_text(key);
  put_number(out, what.words.size());
  for (const auto& word : what.words) {
    put_text(word.text);
    put_number(out, static_cast<std::uint64_t>(word.from));
    put_number(out, static_cast<std::uint64_t>(word.to));
  }
  put_text(linear_audio(what.pcm.data(), what.pcm.size()));
  put_number(out, hash_of(out));
  return out;
}

std::pair<std::string, phrase_ptr> decoded_phrase(const std::string& bytes) {
  constexpr std::uint64_t hour_us = 3'600'000'000;
  if (bytes.size() < magic.size() + 8 || bytes.size() > file_bytes_max)
    return {};
  const std::string_view content{bytes.data(), bytes.size() - 8};
  if (file_reader{{bytes.data() + content.size(), 8}}.number() != hash_of(content))
    return {};
  file_reader in{content};
  if (in.take(magic.size()) != magic)
    return {};
  std::string key{in.text(key_bytes_max)};
  auto what = std::make_shared<phrase>();
  const auto words = in.number();
  for (std::uint64_t n = 0; n < words && n < words_max && in.is_good(); ++n) {
    std::string text{in.text(key_bytes_max)};
    const auto from = std::min(in.number(), hour_us), to = std::min(in.number(), hour_us);
    what->words.push_back({std::move(text), static_cast<wire_us>(from), static_cast<wire_us>(to)});
  }
  const auto sound = in.text(file_bytes_max);
  if (!in.is_whole() || key.empty() || words > words_max || sound.size() % 2 != 0)
    return {};
  for (std::size_t at = 0; at < sound.size(); at += 2)
    what->pcm.push_back(static_cast<std::int16_t>(
      static_cast<unsigned char>(sound[at]) | static_cast<unsigned char>(sound[at + 1]) << 8));
  return {std::move(key), std::move(what)};
}

phrase_cache::phrase_cache(std::string folder, std::size_t bytes_max)
  : folder_(std::move(folder)), bytes_max_(bytes_max) {
  if (folder_.empty() || bytes_max_ == 0)
    return;
  load();
  writer_ = std::thread{[this] { work(); }};
}

phrase_cache::~phrase_cache() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (writer_.joinable())
    writer_.join();
}

phrase_ptr phrase_cache::find(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return nullptr;
  phrases_.splice(phrases_.begin(), phrases_, found->second);
  return found->second->what;
}

bool phrase_cache::wanted(const std::string& key) {
  const std::lock_guard lock{mutex_};
  if (bytes_max_ == 0 || key.size() > key_bytes_max || by_key_.count(key) != 0)
    return false;
  const auto hash = hash_of(key);
  if (seen_.count(hash) != 0)
    return true;
  seen_.emplace(hash, 1);
  seen_order_.push_back(hash);
  if (seen_order_.size() > phrases_seen_max) {
    seen_.erase(seen_order_.front());
    seen_order_.pop_front();
  }
  return false;
}

void phrase_cache::keep(const std::string& key, phrase what) {
  if (what.words.size() > words_max || what.pcm.empty() || key.size() > key_bytes_max
      || what.pcm.size() > rate_max * phrase_s_max)
    return;
  const std::lock_guard lock{mutex_};
  if (bytes_max_ > 0 && by_key_.count(key) == 0)
    insert_locked(key, std::make_shared<const phrase>(std::move(what)), writer_.joinable());
}

void phrase_cache::insert_locked(const std::string& key, phrase_ptr what, bool write) {
  const auto cost = bytes_of(key, *what);
  if (cost > bytes_max_ || by_key_.count(key) != 0)
    return;
  while (bytes_ + cost > bytes_max_)
    drop_oldest_locked(write);
  if (write && jobs_.size() < jobs_max) {
    jobs_.push_back({file_of(key), encoded_phrase(key, *what)});
    changed_.notify_all();
  }
  bytes_ += cost;
  phrases_.push_front({key, std::move(what)});
  by_key_[key] = phrases_.begin();
}

void phrase_cache::drop_oldest_locked(bool write) {
  const auto& oldest = phrases_.back();
  if (write)
    jobs_.push_back({file_of(oldest.key), {}});
  bytes_ -= bytes_of(oldest.key, *oldest.what);
  by_key_.erase(oldest.key);
  phrases_.pop_back();
}

std::size_t phrase_cache::bytes() const {
  const std::lock_guard lock{mutex_};
  return bytes_;
}

std::size_t phrase_cache::size() const {
  const std::lock_guard lock{mutex_};
  return phrases_.size();
}

std::string phrase_cache::file_of(const std::string& key) const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string name;
  for (auto hash = hash_of(key); name.size() < 16; hash >>= 4)
    name += digits[hash & 15];
  return folder_ + "/" + name + ending;
}

/// The newest first, until it is full; what does not fit or is damaged goes.
void phrase_cache::load() {
  std::error_code error;
  fs::create_directories(folder_, error);
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (const auto& one : fs::directory_iterator{folder_, error}) {
    std::error_code gone;
    if (one.path().extension() == ".part") // a node died over it
      fs::remove(one.path(), gone);
    if (one.path().extension() == ending && files.size() < files_max)
      files.emplace_back(one.last_write_time(gone), one.path());
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a > b; });
  for (const auto& [time, path] : files) {
    std::ifstream file{path, std::ios::binary};
    const auto size = fs::file_size(path, error);
    std::string bytes;
    if (!error && size <= file_bytes_max)
      bytes.assign(std::istreambuf_iterator<char>{file}, {});
    auto [key, what] = decoded_phrase(bytes);
    const bool fits =
      what && file_of(key) == path.string() && bytes_ + bytes_of(key, *what) <= bytes_max_;
    if (!fits) {
      fs::remove(path, error);
      continue;
    }
    insert_locked(key, std::move(what), false);
    phrases_.splice(phrases_.end(), phrases_, phrases_.begin()); // older than those before
  }
}

void phrase_cache::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty())
      return;
    const auto next = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    std::error_code error;
    if (next.bytes.empty()) {
      fs::remove(next.file, error);
    } else {
      const auto part = next.file + ".part";
      bool written = false;
      {
        std::ofstream file{part, std::ios::binary | std::ios::trunc};
        written = static_cast<bool>(
          file.write(next.bytes.data(), static_cast<std::streamsize>(next.bytes.size())).flush());
      }
      if (written)
        fs::rename(part, next.file, error);
      if (!written || error) {
        fs::remove(part, error);
        log(log_level::warn, room, "", "a phrase could not be kept in " + folder_);
      }
    }
    lock.lock();
  }
}

} // namespace unpod

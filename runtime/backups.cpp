#include "runtime/backups.hpp"

#include "messages/log.hpp"
#include "storage/backup.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <utility>

namespace unpod {

namespace {

/// characters. 128: one step of a path.
constexpr std::size_t name_size_max = 128;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= name_size_max && text.front() != '.'
         && std::all_of(text.begin(), text.end(), [](unsigned char c) {
              return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
            });
}

refusal refusal_about(const disk_result& disk) {
  switch (disk.why) {
    case disk_result::cause::none:
      return refusal::none;
    case disk_result::cause::full:
    case disk_result::cause::read_only:
      return refusal::disk_full;
    default:
      return refusal::unavailable;
  }
}

} // namespace

std::string backup_folder(const std::string& root, const std::string& name, std::string& why) {
  namespace fs = std::filesystem;
  std::string step = name;
  if (fs::path{name}.is_absolute()) {
    const auto inside =
      fs::path{name}.lexically_normal().lexically_relative(fs::path{root}.lexically_normal());
    step = inside.string();
  }
  if (step.size() > 1 && step.back() == '/')
    step.pop_back();
  if (is_name(step))
    return root + "/" + step;
  why = "to must be a name of letters, digits, '-', '_' and '.', or a path right under " + root;
  return {};
}

std::string name_of_time(wall_ms at) {
  const auto seconds = static_cast<std::time_t>(at / 1'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H-%M-%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(at % 1'000));
  return text;
}

backups::backups(std::shared_ptr<rocksdb_backend> store, std::string root)
  : store_(std::move(store)), root_(std::filesystem::absolute(root).lexically_normal().string()) {}

backups::~backups() {
  if (worker_.joinable())
    worker_.join();
}

void backups::begin(const std::string& name, std::function<void(backup_outcome)> done) {
  std::string why;
  const auto folder = backup_folder(root_, name.empty() ? name_of_time(wall_now()) : name, why);
  if (folder.empty())
    return done({refusal::invalid, why, {}, 0});
  if (std::filesystem::exists(folder))
    return done({refusal::conflict, folder + " is there already; choose another name", {}, 0});
  {
    const std::lock_guard lock{mutex_};
    if (!std::exchange(busy_, true)) {
      if (worker_.joinable())
        worker_.join(); // it is through: its last word was that it is not busy
      worker_ = std::thread{[this, folder, done] { run(folder, done); }};
      return;
    }
  }
  done({refusal::conflict, "a backup is under way; try again when it is done", {}, 0});
}

void backups::run(const std::string& folder, const std::function<void(backup_outcome)>& done) {
  backup_outcome outcome;
  try {
    const auto result = back_up(*store_, folder);
    outcome = {refusal_about(result.disk), result.disk.words, folder, result.bytes};
  } catch (const std::exception& error) {
    outcome = {refusal::unavailable, error.what(), {}, 0};
  }
  log(outcome.why == refusal::none ? log_level::info : log_level::error, "runtime.backups", "",
      outcome.why == refusal::none ? "the store was backed up to " + folder
                                   : "the backup failed: " + outcome.words);
  {
    const std::lock_guard lock{mutex_};
    busy_ = false; // whoever hears of this one may ask for the next
  }
  done(std::move(outcome));
}

} // namespace unpod

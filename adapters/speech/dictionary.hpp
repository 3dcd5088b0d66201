// The recogniser's pronouncing dictionary (CMUdict's format: a word, a blank,
// its phones), read anew each time it is asked: it takes 5 ms and no memory.
#pragma once

#include <set>
#include <string>

namespace unpod {

class dictionary {
public:
  explicit dictionary(std::string path) : path_(std::move(path)) {}

  /// Which of these words it lacks; all of them when it cannot be read.
  std::set<std::string> lacks(const std::set<std::string>& words) const;

private:
  std::string path_;
};

} // namespace unpod

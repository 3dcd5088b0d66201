#include "adapters/speech/dictionary.hpp"

#include <fstream>

namespace unpod {

std::set<std::string> dictionary::lacks(const std::set<std::string>& words) const {
  auto missing = words;
  std::ifstream file{path_};
  for (std::string line; !missing.empty() && std::getline(file, line);)
    missing.erase(line.substr(0, line.find_first_of(" \t")));
  return missing;
}

} // namespace unpod

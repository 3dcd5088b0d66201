#include "cli/input.hpp"

#include <fstream>
#include <istream>

namespace unpod::cli {

std::optional<std::string> read_input(const std::string& name, std::istream& in, std::string& why) {
  std::ifstream file;
  if (name != "-")
    file.open(name, std::ios::binary);
  auto& from = name == "-" ? in : file;
  std::string content(input_bytes_max + 1, '\0');
  if (from)
    from.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (from.bad() || (name != "-" && !file.is_open()) || (from.fail() && !from.eof())) {
    why = name + " cannot be read";
    return std::nullopt;
  }
  content.resize(static_cast<std::size_t>(from.gcount()));
  if (content.size() > input_bytes_max) {
    why = name + " is larger than " + std::to_string(input_bytes_max) + " bytes";
    return std::nullopt;
  }
  return content;
}

} // namespace unpod::cli

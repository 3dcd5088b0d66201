// See toml_text.hpp.
#include "runtime/toml_text.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

namespace unpod {

std::size_t nameless_head(const std::string& text) {
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    ++line;
    auto from = std::min(text.find_first_not_of(" \t", at), text.size());
    if (text.compare(from, 1, "[") == 0) {
      from += text.compare(from, 2, "[[") == 0 ? 2 : 1;
      from = std::min(text.find_first_not_of(" \t", from), text.size());
      const unsigned char next = from < text.size() ? static_cast<unsigned char>(text[from]) : 0;
      if (std::isalnum(next) == 0 && next != '_' && next != '-' && next != '"' && next != '\'')
        return line;
    }
    if (text.find('\n', at) == std::string::npos)
      break;
  }
  return 0;
}

bool read_toml_file(const std::string& file, std::size_t bytes_max, std::string& text,
                    std::string& why) {
  std::ifstream in{file, std::ios::binary};
  text.resize(bytes_max + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
  if (!in.is_open() || in.bad())
    why = file + ": it cannot be read; is it there, and ours to read?";
  else if (text.size() > bytes_max)
    why = file + ": it is larger than " + std::to_string(bytes_max) + " bytes";
  return why.empty();
}

} // namespace unpod

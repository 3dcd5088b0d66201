#include "adapters/llm/sse.hpp"

namespace unpod {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

bool sse_reader::read(std::string_view bytes, const taker& take) {
  for (const char c : bytes) {
    if (broken_)
      return false;
    const bool second_half = c == '\n' && after_cr_; // of CR LF
    after_cr_ = c == '\r';
    if (second_half)
      continue;
    if (c == '\n' || c == '\r')
      broken_ = !end_line(take);
    else if (line_.size() >= bytes_max_)
      broken_ = true;
    else
      line_ += c;
  }
  return !broken_;
}

bool sse_reader::finish(const taker& take) {
  if (broken_ || (!line_.empty() && !end_line(take)))
    return false;
  end_event(take);
  return true;
}

bool sse_reader::end_line(const taker& take) {
  std::string_view line{line_};
  if (at_start_ && line.substr(0, byte_order_mark.size()) == byte_order_mark)
    line.remove_prefix(byte_order_mark.size());
  at_start_ = false;
  if (line.empty()) {
    end_event(take);
  } else {
    const auto colon = line.find(':');
    const auto field = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ')
      value.remove_prefix(1);
    if (field == "event") {
      event_.name = value;
    } else if (field == "data") {
      if (event_.data.size() + value.size() + 1 > bytes_max_)
        return false;
      if (has_data_)
        event_.data += '\n';
      event_.data += value;
      has_data_ = true;
    }
  }
  line_.clear();
  return true;
}

void sse_reader::end_event(const taker& take) {
  if (has_data_)
    take(event_);
  event_ = {};
  has_data_ = false;
}

} // namespace unpod

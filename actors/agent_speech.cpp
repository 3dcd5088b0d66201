#include "actors/agent_speech.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace unpod {

namespace {

/// bytes of text a second. A piece whose length is not known yet is taken to be
/// spoken slowly, so that nobody is believed to have heard too much.
constexpr std::uint64_t slow_speech = 10;

bool is_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

/// One past the word that `at` is in, or `at` when it stands at the end of one.
std::size_t end_of_word(const std::string& text, std::size_t at, std::size_t limit) {
  while (at < limit && is_blank(text[at]))
    ++at;
  while (at < limit && !is_blank(text[at]))
    ++at;
  return at;
}

} // namespace

generation agent_speech::append(const std::string& text, bool ours) {
  const bool open = !turn_.empty() && !turn_.back().complete && turn_.back().ours == ours;
  if (!open) {
    complete();
    turn_.push_back({++last_, {}, ours, false, false, {}});
  }
  turn_.back().text += text;
  return last_;
}

generation agent_speech::complete() {
  if (turn_.empty() || turn_.back().complete)
    return 0;
  turn_.back().complete = true;
  return turn_.back().id;
}

void agent_speech::place(const voice_asked& piece) {
  auto* one = find(piece.utterance);
  if (!one || piece.piece != one->pieces.size())
    return;
  one->pieces.push_back({piece.begin, piece.end, 0, false, {}});
}

void agent_speech::measure(const voice_piece& piece) {
  auto* one = find(piece.utterance);
  if (!one || piece.piece >= one->pieces.size())
    return;
  auto& place = one->pieces[piece.piece];
  place.samples = piece.samples;
  place.words = piece.words;
  place.measured = true;
}

void agent_speech::drained(generation id) {
  if (auto* one = find(id))
    one->drained = true;
}

void agent_speech::begin_turn() {
  turn_.clear();
}

bool agent_speech::is_silent() const {
  return std::all_of(turn_.begin(), turn_.end(),
                     [](const utterance& one) { return one.complete && one.drained; });
}

bool agent_speech::has(generation id) const {
  return find(id) != nullptr;
}

bool agent_speech::is_ours(generation id) const {
  const auto* one = find(id);
  return one && one->ours;
}

std::size_t agent_speech::bytes() const {
  std::size_t sum = 0;
  for (const auto& one : turn_)
    sum += one.text.size();
  return sum;
}

std::string agent_speech::text() const {
  std::string all;
  for (const auto& one : turn_)
    if (!one.ours)
      all += one.text;
  return all;
}

std::string agent_speech::heard(const media_port& port) const {
  std::string all;
  for (const auto& one : turn_) {
    const auto position = port.position(one.id);
    const bool whole = one.drained && position.heard >= position.sent;
    const auto bytes = whole ? one.text.size() : heard_bytes(one, position, port.rate_hz());
    if (!one.ours)
      all += one.text.substr(0, bytes);
    if (bytes < one.text.size() && !one.ours)
      break;
  }
  return all;
}

std::size_t agent_speech::heard_bytes(const utterance& one, const playout_position& position,
                                      std::uint32_t rate_hz) {
  const auto samples = position.heard;
  std::uint64_t start = 0;
  std::size_t bytes = 0;
  for (const auto& piece : one.pieces) {
    auto place = piece;
    if (!piece.measured)
      place.samples =
        std::max<std::uint64_t>((piece.end - piece.begin) * rate_hz / slow_speech,
                                position.sent - std::min(position.sent, start) + position.queued);
    if (place.samples == 0 || samples <= start)
      break;
    if (piece.measured && samples >= start + piece.samples)
      bytes = piece.end;
    else
      return std::max(bytes, heard_in_piece(one, place, samples - start));
    start += piece.samples;
  }
  return bytes;
}

/// By the voice's own word times; without them word by word, in proportion.
std::size_t agent_speech::heard_in_piece(const utterance& one, const piece_place& piece,
                                         std::uint64_t samples) {
  std::size_t bytes = piece.begin;
  if (!piece.words.empty()) {
    for (const auto& word : piece.words)
      if (word.until_sample <= samples)
        bytes = std::max<std::size_t>(bytes, std::min(word.end, piece.end));
    return bytes;
  }
  const auto size = piece.end - piece.begin;
  const auto reached = piece.begin + size * samples / piece.samples;
  for (auto at = end_of_word(one.text, piece.begin, piece.end); at <= reached;
       at = end_of_word(one.text, at, piece.end)) {
    bytes = at;
    if (at == piece.end)
      break;
  }
  return bytes;
}

std::optional<std::uint64_t> agent_speech::start_of(generation id, std::uint32_t piece) const {
  const auto* one = find(id);
  if (!one || piece >= one->pieces.size())
    return std::nullopt;
  std::uint64_t start = 0;
  for (std::uint32_t i = 0; i < piece; ++i) {
    if (!one->pieces[i].measured)
      return std::nullopt;
    start += one->pieces[i].samples;
  }
  return start;
}

std::string agent_speech::text_at(generation id, std::uint64_t sample) const {
  const auto* one = find(id);
  if (!one)
    return {};
  for (std::uint32_t i = 0; i < one->pieces.size(); ++i)
    if (start_of(id, i) == sample)
      return one->text.substr(one->pieces[i].begin, one->pieces[i].end - one->pieces[i].begin);
  return {};
}

const agent_speech::utterance* agent_speech::find(generation id) const {
  const auto found =
    std::find_if(turn_.begin(), turn_.end(), [&](const utterance& one) { return one.id == id; });
  return found == turn_.end() ? nullptr : &*found;
}

agent_speech::utterance* agent_speech::find(generation id) {
  return const_cast<utterance*>(std::as_const(*this).find(id));
}

} // namespace unpod

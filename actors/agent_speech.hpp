// What the agent says in its turn, and how much of it the caller heard. Pure:
// how far the sound got is asked of the port.
//
//   turn = utterances, each a generation of the playout ring
//   utterance = text; pieces of it [begin, end) with their samples; words in them
//
// "Heard" is whole words, and always a prefix of the runner's own text: what the
// node says itself (greeting, apology, filler) is no part of it.
#pragma once

#include "messages/call.hpp"
#include "messages/media_port.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

class agent_speech {
public:
  /// Adds text to the open utterance, or opens one; `ours` is never mixed with the runner's.
  generation append(const std::string& text, bool ours);

  /// The open utterance has all its text; its generation, or 0 when none is open.
  generation complete();

  /// A piece was sent to the voice: these bytes of the utterance.
  void place(const voice_asked& piece);
  /// A piece is in the ring: this many samples, these words.
  void measure(const voice_piece& piece);
  /// An utterance was played to its end.
  void drained(generation utterance);

  /// Begins the next turn; generations go on counting.
  void begin_turn();

  /// Nothing is being said, or waits to be.
  bool is_silent() const;
  bool has(generation utterance) const;
  /// Is it the node's own (greeting, filler, apology)?
  bool is_ours(generation utterance) const;
  /// The newest generation ever used; 0 before the first.
  generation last() const {
    return last_;
  }
  /// bytes of text in this turn.
  std::size_t bytes() const;
  /// All of the runner's text in this turn.
  std::string text() const;

  /// What the caller heard of the runner's text, by the port's own count.
  std::string heard(const media_port& port) const;

  /// Where a piece begins in its utterance (samples), when all before it are measured.
  std::optional<std::uint64_t> start_of(generation utterance, std::uint32_t piece) const;
  /// The text of the piece that begins at this sample; empty when none does.
  std::string text_at(generation utterance, std::uint64_t sample) const;

private:
  struct piece_place {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint64_t samples = 0;
    bool measured = false;
    std::vector<spoken_word> words; // offsets in the utterance's text
  };

  struct utterance {
    generation id = 0;
    std::string text;
    bool ours = false;
    bool complete = false;
    bool drained = false;
    std::vector<piece_place> pieces;
  };

  const utterance* find(generation id) const;
  utterance* find(generation id);
  static std::size_t heard_bytes(const utterance& one, const playout_position& position,
                                 std::uint32_t rate_hz);
  static std::size_t heard_in_piece(const utterance& one, const piece_place& piece,
                                    std::uint64_t samples);

  std::vector<utterance> turn_;
  generation last_ = 0;
};

} // namespace unpod

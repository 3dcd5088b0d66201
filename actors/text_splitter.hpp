// Cuts the agent's text into pieces that can be spoken: the first early, the
// later ones whole. Pure; every piece keeps its place in the agent's own text.
//
//   text:    "Sure! The table for **four** is booked."
//   pieces:  [0,6) "Sure!"   [6,39) "The table for four is booked."
//
// The pieces' ranges cover the text without gap or overlap, however it arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

struct text_piece {
  std::uint32_t begin = 0; // bytes of the text so far
  std::uint32_t end = 0;
  std::string spoken;                // what the voice gets; may be empty
  std::vector<std::uint32_t> source; // for each byte of `spoken`, where it stands in the text
};

class text_splitter {
public:
  /// bytes. 12: a first clause is worth speaking from here on; shorter ones wait for more.
  static constexpr std::size_t first_clause_min = 12;
  /// bytes. 80: without any punctuation the first piece is cut here, at a space.
  static constexpr std::size_t first_piece_max = 80;

  /// `language` is that of the text, for what is said otherwise than written (spoken_form.hpp).
  explicit text_splitter(std::size_t piece_bytes_max, std::string language = {})
    : piece_bytes_max_(piece_bytes_max), language_(std::move(language)) {}

  /// More text; the pieces that are ready.
  std::vector<text_piece> add(std::string_view delta);
  /// What is left, as it is; more may follow.
  std::vector<text_piece> finish();

private:
  std::size_t next_cut() const;
  text_piece cut(std::size_t bytes);

  std::size_t piece_bytes_max_;
  std::string language_;
  std::string waiting_;        // not released yet
  std::uint32_t released_ = 0; // bytes released before it
  bool first_ = true;
  bool line_begins_ = true;
};

} // namespace unpod

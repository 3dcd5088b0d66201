// What a voice is given of a piece of text: without markdown and pictures, and in English
// with figures and signs in words. Every byte of it knows where it stands in the text, so
// that what was heard can be said in the text's own words. Pure.
//
//   text:    "**Pay $5** [here](https://a.co) 🙂"
//   spoken:  "Pay five dollars here "
//
// Of "five dollars" the last word stands at the end of "$5" and what is before it at its
// beginning: a caller who heard "five" has not heard "$5" yet.
// Other languages than English keep their figures: voices say them better than we do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

struct spoken_form {
  std::string text;
  std::vector<std::uint32_t> source; // for each byte, where it stands
};

/// `begin` is where `text` begins, and whether a line does; `language` a tag like "en-GB", or
/// empty for none that is known.
spoken_form spoken_form_of(std::string_view text, std::uint32_t begin, bool line_begins,
                           std::string_view language);

/// Where that of which `spoken_end` bytes were spoken ends in the text: before what is only
/// half said. `end` is where the text ends.
std::uint32_t written_end(const std::vector<std::uint32_t>& source, std::size_t spoken_end,
                          std::uint32_t end);

} // namespace unpod

// The time zone of a telephone number, where its country has only one. Pure.
#pragma once

#include <string>
#include <string_view>

namespace unpod {

/// "Europe/Berlin" of +49…; empty when the country has several zones (+1, +7, +55, …), or is
/// none that is known here: then nobody guesses.
std::string zone_of_number(std::string_view e164);

} // namespace unpod

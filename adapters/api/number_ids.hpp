// What numbers and trunks are called: E.164, the ids of the management surface
// (NUM_…, TK_…) and the integers of the telephony one (contract §1.10, §1.16). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// Trunks have integers below 2^48: exact in every JSON reader.
inline constexpr std::int64_t trunk_int_max = (std::int64_t{1} << 48) - 1;

/// '+', then 2 to 15 digits, the first of them not 0 (ITU-T E.164).
bool is_e164(std::string_view text);

/// The number that an id means in any spelling: NUM_14155550101, 14155550101 or
/// +14155550101; nothing when it is none of them.
std::optional<std::string> number_of_id(std::string_view id);
/// "NUM_14155550101"; the number is E.164.
std::string number_id_of(std::string_view number);
/// 14155550101; 0 for what is no E.164.
std::int64_t number_int_of(std::string_view number);

/// The integer that was meant by what was written as a number or its id: 0 when there is none.
std::int64_t number_int_meant(std::string_view written);

/// "TK_482910374" of TK_482910374 or 482910374; nothing for anything else.
std::optional<std::string> trunk_of_id(std::string_view id);
std::string trunk_id_of(std::int64_t whole);
/// 482910374 of "TK_482910374"; 0 for what is no id.
std::int64_t trunk_int_of(std::string_view id);

} // namespace unpod

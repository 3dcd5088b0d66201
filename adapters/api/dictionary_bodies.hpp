// Domain dictionaries: the words of a trade, as agents hear and say them (SDK 0.5.0
// `client.domain_dictionaries`). How they are given, kept and shown. Pure.
//
//   {"vocabulary": [{"key","value"}…], "pronunciation": […], "fillers": […], "settings": {…}}
#pragma once

#include "adapters/json/json.hpp"
#include "messages/records.hpp"

#include <string>

namespace unpod {

/// bytes. 128: of a domain's name, which is free text.
inline constexpr std::size_t domain_bytes_max = 128;
/// rows. 2,000: of one section.
inline constexpr std::size_t dictionary_rows_max = 2'000;
/// bytes. 128 KB: of one dictionary.
inline constexpr std::size_t dictionary_bytes_max = 128 * 1024;
/// dictionaries. 100: of one project; a list of them is one answer.
inline constexpr std::size_t project_dictionaries_max = 100;

/// Words when this cannot be a domain's name; empty: it can.
std::string domain_mistake(const std::string& domain);

/// The body of `PUT domain-dictionaries/{domain}` in place of all rows that were there; settings
/// that it leaves out stay.
bool read_dictionary(const json::value& body, dictionary_record& into, std::string& why);

/// One dictionary; `with_seed`: also the bundled half, which is empty here.
std::string dictionary_json(const dictionary_record& dictionary, bool with_seed);

/// A pipe's or agent's kept keys without the tag `domain`, when it is this one.
bool untag(std::string& extra_json, const std::string& domain);

} // namespace unpod

// The settings of the speech providers behind a socket, and of the same ones in other places.
//
//   providers.deepgram.base_url       providers.deepgram@eu.base_url
//
// A name with a region is a provider of its own: own address, own key (else its kind's), own
// health; a voice profile names it like any other.
#pragma once

#include "runtime/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// regions of all providers. 16: each is dialled, probed and shown on its own.
inline constexpr std::size_t regions_max = 16;

/// Those of each provider, without regions.
std::vector<setting> provider_settings();

/// One of a provider in a region; nothing when this is no name of such.
std::optional<setting> region_setting(const std::string& name);

/// Those of all regions that these settings have.
std::vector<setting> region_settings(const node_settings& settings);

} // namespace unpod

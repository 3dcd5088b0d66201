// The console's first view, and what others say in the same way. Pure.
#pragma once

#include "cli/console_model.hpp"

#include <string>

namespace unpod::cli {

/// percent. 80: of a limit; from here on it is near.
inline constexpr double near_percent = 80;

/// A member of an object, or nothing.
inline const plain_value& member_of(const plain_value& object, const char* name) {
  static const plain_value none;
  const auto* found = object.find(name);
  return found ? *found : none;
}

/// How the state of a provider is painted.
paint paint_of_provider(const std::string& state);

/// The node at a glance: calls, seats, times, providers, limits, deaths.
screen overview(const console_model& model, const screen_size& size);

} // namespace unpod::cli

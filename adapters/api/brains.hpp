// Brains: what an agent thinks with (contract §1.6), as they are given, kept and shown.
// What authenticates a brain elsewhere can be written and never read (secrets.hpp). Pure.
#pragma once

#include "adapters/json/json.hpp"

#include <string>

namespace unpod {

/// Checks a body's brain and puts it into `into` with its type first (messages/brain.hpp).
/// `stored` is what is kept so far: a masked secret is taken from it, unless the brain is
/// another one now (type or ref), for whoever changes where a secret goes must know it.
bool read_brain(const json::value& brain, const std::string& stored, std::string& into,
                std::string& why);

/// A kept brain with its secrets masked: `cfg.api_key`, the values of `cfg.headers`, what is a
/// secret by its name in `cfg.query` and `cfg.extra_body`, and who asks in an endpoint's URL.
std::string shown_brain(const std::string& stored);

} // namespace unpod

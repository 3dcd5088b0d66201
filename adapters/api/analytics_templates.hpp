// Analytics blocks to begin with: `POST v1/analytics-blocks?from_template=<id>` makes one
// of them the caller's own.
#pragma once

#include "messages/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace unpod {

struct block_template {
  const char* id; // stands in URLs as it is
  const char* description;
  const char* body; // as it would be posted
};

const std::vector<block_template>& block_templates();

/// Null when there is none.
const block_template* find_template(std::string_view id);

/// The block that a template describes, without id and owner.
analytics_block block_from(const block_template& from);

std::string template_json(const block_template& one);

} // namespace unpod

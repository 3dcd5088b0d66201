// Analytics blocks and what they found (contract §1.15).
#include "adapters/api/desk.hpp"

namespace unpod {

std::vector<api_route> analytics_routes() {
  return {};
}

} // namespace unpod

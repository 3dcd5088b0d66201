// Organisations, projects, API keys, and who changed what (architecture §6).
#include "adapters/api/desk.hpp"

namespace unpod {

std::vector<api_route> account_routes() {
  return {};
}

} // namespace unpod

// SIP trunks, one store behind both surfaces (contract §1.11, §1.16).
#include "adapters/api/desk.hpp"

namespace unpod {

std::vector<api_route> trunk_routes() {
  return {};
}

} // namespace unpod

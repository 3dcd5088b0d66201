// Telephone numbers: what they are attached to, on both surfaces (contract §1.10, §1.16).
#include "adapters/api/desk.hpp"

namespace unpod {

std::vector<api_route> number_routes() {
  return {};
}

} // namespace unpod

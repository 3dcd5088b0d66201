// Recordings: the list, and the signed, expiring links they are fetched by.
#include "adapters/api/desk.hpp"

namespace unpod {

std::vector<api_route> recording_routes() {
  return {};
}

} // namespace unpod

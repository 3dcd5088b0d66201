// The API described: OpenAPI 3.1, and a page to read it.
#include "adapters/api/desk.hpp"

namespace unpod {

std::vector<api_route> docs_routes() {
  return {};
}

} // namespace unpod

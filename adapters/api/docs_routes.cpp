// The API described: OpenAPI 3.1, and a page to read it.
#include "adapters/api/desk.hpp"
#include "adapters/api/openapi.hpp"

#include "embedded/docs_page.hpp"

namespace unpod {

namespace {

void serve_openapi(const api_desk&, const api_visit& visit) {
  static const auto document = openapi_json(every_route());
  http_response response;
  response.body = document;
  response.headers.emplace_back("Cache-Control", "no-cache");
  visit.answer(std::move(response));
}

/// Its script and its style run by a word that is new in every answer; nothing else does.
void serve_page(const api_desk& desk, const api_visit& visit) {
  static constexpr std::string_view place = "@nonce@";
  const auto nonce = desk->new_token();
  http_response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = docs_page;
  for (auto at = response.body.find(place); at != std::string::npos;
       at = response.body.find(place, at + nonce.size()))
    response.body.replace(at, place.size(), nonce);
  response.headers = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce
       + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'"},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
  };
  visit.answer(std::move(response));
}

} // namespace

std::vector<api_route> docs_routes() {
  return {
    {"GET", path_pattern{"openapi.json"}, access::open, serve_openapi},
    {"GET", path_pattern{"docs"}, access::open, serve_page},
  };
}

} // namespace unpod

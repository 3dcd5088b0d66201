#include "adapters/api/api.hpp"

#include "adapters/api/desk.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

class api {
public:
  explicit api(api_setup setup) : desk_(std::make_shared<const api_setup>(std::move(setup))) {
    for (auto* table : {&pipe_routes, &call_routes, &node_routes})
      for (auto& route : table())
        routes_.push_back(std::move(route));
  }

  void take(const std::shared_ptr<http_exchange>& exchange) const {
    const auto& request = exchange->request();
    const auto segments = route_path(request.path);
    auto query = parse_query(request.query);
    if (!segments || !query)
      return exchange->answer(error_answer(400, "the path or query is malformed"));
    std::string allowed;
    for (const auto& route : routes_) {
      auto caught = route.pattern.match(*segments);
      if (!caught)
        continue;
      if (request.method == route.method || (request.method == "HEAD" && is_get(route)))
        return enter(route, {exchange, {}, std::move(*caught), std::move(*query)});
      allowed += (allowed.empty() ? "" : ", ") + std::string{route.method};
    }
    if (allowed.empty())
      return exchange->answer(error_answer(404, "there is no " + request.path + " here"));
    auto refusal = error_answer(405, request.method + " is not served here; " + allowed + " is");
    refusal.headers.emplace_back("Allow", allowed);
    exchange->answer(std::move(refusal));
  }

private:
  static bool is_get(const api_route& route) {
    return std::string_view{route.method} == "GET";
  }

  void enter(const api_route& route, api_visit visit) const {
    if (!route.open) {
      const auto caller
        = desk_->authenticate(credential_of(visit.request().header("authorization")));
      if (!caller) {
        auto refusal = error_answer(401, "Not authenticated");
        refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
        return visit.answer(std::move(refusal));
      }
      visit.caller = *caller;
    }
    route.action(desk_, visit);
  }

  api_desk desk_;
  std::vector<api_route> routes_;
};

} // namespace

std::string_view credential_of(std::string_view authorization) {
  const auto blank = authorization.find(' ');
  if (blank == std::string_view::npos)
    return {};
  std::string scheme{authorization.substr(0, blank)};
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (scheme != "bearer" && scheme != "token" && scheme != "jwt")
    return {};
  return authorization.substr(blank + 1);
}

std::optional<json::document> api_visit::body(const limits& bounds) const {
  std::string why;
  auto parsed = json::parse(request().body, bounds.wire.json_depth_max, why);
  if (!parsed)
    answer(error_answer(400, "the body is no JSON: " + why));
  return parsed;
}

void write_then(const api_desk& desk, const api_visit& visit, std::vector<store_change> changes,
                http_response answer) {
  ask<store_done>(desk, visit, desk->house->get<store_actor>(), store_write{std::move(changes)},
      [answer](const store_done&) { return answer; });
}

std::function<void(std::shared_ptr<http_exchange>)> make_api(api_setup setup) {
  const auto all = std::make_shared<const api>(std::move(setup));
  return [all](const std::shared_ptr<http_exchange>& exchange) { all->take(exchange); };
}

} // namespace unpod

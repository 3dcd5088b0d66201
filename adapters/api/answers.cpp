#include "adapters/api/answers.hpp"

#include "messages/iso_time.hpp"
#include "messages/json_line.hpp"

namespace unpod {

namespace {

int status_of(refusal why) {
  switch (why) {
    case refusal::not_found:
      return 404;
    case refusal::conflict:
      return 409;
    case refusal::invalid:
      return 422;
    case refusal::unauthorised:
      return 401;
    case refusal::disk_full:
      return 507;
    default:
      return 503;
  }
}

/// bytes. 48: of an envelope, without what is in it.
constexpr std::size_t envelope_bytes = 48;

} // namespace

http_response ok_answer(int status, std::string_view data_json, std::string_view message) {
  http_response response;
  response.status = status;
  auto& body = response.body; // in one piece: the data may be long
  body.reserve(data_json.size() + message.size() + envelope_bytes);
  body += "{\"status_code\":";
  body += std::to_string(status);
  body += ",\"message\":";
  append_json_quoted(body, message);
  body += ",\"data\":";
  body += data_json;
  body += '}';
  return response;
}

http_response error_answer(int status, std::string_view detail) {
  http_response response;
  response.status = status;
  response.body = json_line{}.text("detail", detail).str();
  if (status == 503)
    response.headers.emplace_back("Retry-After", "1");
  return response;
}

http_response coded_answer(int status, std::string_view code, std::string_view words) {
  http_response response;
  response.status = status;
  response.body = json_line{}
                    .text("detail", std::string{code} + ": " + std::string{words})
                    .text("code", code)
                    .str();
  return response;
}

http_response refusal_answer(const caf::error& error) {
  return error_answer(status_of(refusal_of(error)), words_of(error));
}

http_response empty_answer() {
  http_response response;
  response.status = 204;
  return response;
}

std::string json_time(wall_ms at) {
  return json_or_null(iso_time(at));
}

std::string json_or_null(std::string_view text) {
  return text.empty() ? "null" : json_quoted(text);
}

} // namespace unpod

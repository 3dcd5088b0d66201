#include "adapters/api/answers.hpp"

#include "messages/json_line.hpp"

#include <ctime>

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

/// Writes a number over `count` digits of a text.
void put_digits(std::string& text, std::size_t at, std::size_t count, int number) {
  for (; count > 0; --count, number /= 10)
    text[at + count - 1] = static_cast<char>('0' + number % 10);
}

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
  if (at == 0)
    return "null";
  const auto seconds = static_cast<std::time_t>(at / 1'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::string text = "\"0000-00-00T00:00:00.000Z\"";
  put_digits(text, 1, 4, utc.tm_year + 1900);
  put_digits(text, 6, 2, utc.tm_mon + 1);
  put_digits(text, 9, 2, utc.tm_mday);
  put_digits(text, 12, 2, utc.tm_hour);
  put_digits(text, 15, 2, utc.tm_min);
  put_digits(text, 18, 2, utc.tm_sec);
  put_digits(text, 21, 3, static_cast<int>(at % 1'000));
  return text;
}

std::string json_or_null(std::string_view text) {
  return text.empty() ? "null" : json_quoted(text);
}

} // namespace unpod

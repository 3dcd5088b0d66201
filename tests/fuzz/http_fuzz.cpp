// Requests as they arrive: a head in pieces is judged as it is at once; paths and
// queries are taken apart or refused.
#include "adapters/http/route_path.hpp"
#include "adapters/http/rules.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

namespace {

using what = unpod::head_verdict::what;

void judge_head(std::string_view text) {
  const unpod::wire_limits limits;
  const auto at_once = unpod::inspect_head(text, 0, limits);
  fuzz::expect(at_once.is != what::whole || at_once.bytes <= text.size());
  fuzz::expect(at_once.is != what::bad || at_once.status >= 400);
  std::size_t seen = 0;
  auto in_pieces = unpod::inspect_head({}, 0, limits);
  for (std::size_t have = 0; have < text.size() && in_pieces.is == what::need_more;) {
    have = std::min(have + 7, text.size());
    in_pieces = unpod::inspect_head(text.substr(0, have), seen, limits);
    seen = have;
  }
  // A mistake may be seen sooner in pieces; a whole head is the same head.
  if (at_once.is == what::whole)
    fuzz::expect(in_pieces.is == what::whole && in_pieces.bytes == at_once.bytes);
  else
    fuzz::expect(in_pieces.is != what::whole);
}

void route(std::string_view text) {
  unpod::http_request request;
  request.method = "GET";
  request.target = std::string{text};
  unpod::split_target(request);
  if (const auto segments = unpod::route_path(request.path))
    fuzz::expect(segments->size() <= unpod::path_segments_max);
  if (const auto query = unpod::parse_query(request.query))
    fuzz::expect(query->all.size() <= unpod::query_arguments_max);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  judge_head(fuzz::text_of(data, size));
  route(fuzz::text_of(data, size));
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {"GET /platform/v1/pipes/PIPE_1?a=b&c=%20d HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
          "POST /v1/pipes HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
          "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nUpgrade: websocket\r\n\r\n",
          "/api/v2/platform/speech/v1/numbers/+14155550101/attach", "http://h:80/speech/v1/x?%zz"};
}

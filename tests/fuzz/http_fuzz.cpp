// Requests as they arrive: a head in pieces is judged as it is at once; paths and
// queries are taken apart or refused; WebSocket frames say the same however they are cut.
#include "adapters/http/route_path.hpp"
#include "adapters/http/rules.hpp"
#include "adapters/http/ws_wire.hpp"
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

std::string said_in_frames(std::string_view bytes, std::size_t step) {
  constexpr std::size_t message_max = 300;
  unpod::ws_reader reader{message_max};
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string part{bytes.substr(at, step)};
    reader.feed(part.data(), part.size());
    for (auto item = reader.next(); item.is != unpod::ws_item::what::nothing;
         item = reader.next()) {
      fuzz::expect(item.bytes.size() <= message_max);
      all += static_cast<char>('a' + static_cast<int>(item.is));
      all.append(item.bytes);
      if (item.is == unpod::ws_item::what::bad)
        return all;
    }
  }
  return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  judge_head(fuzz::text_of(data, size));
  route(fuzz::text_of(data, size));
  const auto frames = fuzz::text_of(data, size);
  fuzz::expect(said_in_frames(frames, frames.size() + 1) == said_in_frames(frames, 3));
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {"GET /platform/v1/pipes/PIPE_1?a=b&c=%20d HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
          "POST /v1/pipes HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
          "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nUpgrade: websocket\r\n\r\n",
          "/api/v2/platform/speech/v1/numbers/+14155550101/attach",
          "http://h:80/speech/v1/x?%zz",
          "\x81\x85masksaid!\x89\x80mask\x02\x84mask1234\x80\x82mask12\x88\x82mask\x6e\x89"};
}

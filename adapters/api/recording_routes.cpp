// Recordings: the list, and the files behind signed links (contract §1.13, §5.5).
//
//   recording_url --GET--> signature and expiry --> the call's record --> the file, piece
//                          by piece, each read on the reading thread
#include "adapters/api/call_rows.hpp"
#include "adapters/api/recording_link.hpp"
#include "adapters/api/shapes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace unpod {

namespace {

/// bytes. 256 KB: 4 s of a recording at 16 kHz; all that a download holds in memory.
constexpr std::size_t piece_bytes = 256 * 1024;

void list_recordings(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    answer_page(
      at, for_whom,
      [&](const call_record& call) {
        return !call.recording.empty() && call.ended > 0
               && matches(for_whom.query, "call_id", call.id.str());
      },
      [&](const call_record& call) {
        return session_json(call, recording_url_of(at, for_whom, call));
      });
  });
}

/// A recording's file, open for reading; one reader at a time.
class recording_file {
public:
  explicit recording_file(const std::string& path)
    : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
    struct stat facts {};
    if (file_ >= 0 && (fstat(file_, &facts) != 0 || !S_ISREG(facts.st_mode)))
      close(std::exchange(file_, -1));
    bytes_ = static_cast<std::uint64_t>(facts.st_size);
  }
  ~recording_file() {
    if (file_ >= 0)
      close(file_);
  }
  recording_file(const recording_file&) = delete;
  recording_file& operator=(const recording_file&) = delete;

  bool is_open() const {
    return file_ >= 0;
  }
  std::uint64_t bytes() const {
    return bytes_;
  }

  void choose(const byte_range& range) {
    at_ = range.first;
    left_ = range.bytes;
  }

  /// The next bytes of what was chosen; none at the end and when the disk refuses.
  std::string next() {
    std::string piece(std::min<std::uint64_t>(piece_bytes, left_), '\0');
    ssize_t got = 0;
    do {
      got = pread(file_, piece.data(), piece.size(), static_cast<off_t>(at_));
    } while (got < 0 && errno == EINTR);
    piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    at_ += piece.size();
    left_ -= piece.size();
    return piece;
  }

private:
  int file_;
  std::uint64_t bytes_ = 0, at_ = 0, left_ = 0;
};

http_response recording_answer(const api_desk& desk, const std::shared_ptr<recording_file>& file,
                               const byte_range& range) {
  const auto size = std::to_string(file->bytes());
  http_response response;
  response.headers.emplace_back("Accept-Ranges", "bytes");
  response.headers.emplace_back("Cache-Control", "private, no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (range.is == byte_range::what::unsatisfiable) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", "bytes */" + size);
    response.body =
      error_answer(416, "Range begins behind the recording's end; it has " + size + " bytes").body;
    return response;
  }
  if (range.is == byte_range::what::part) {
    response.status = 206;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-"
                                                     + std::to_string(range.first + range.bytes - 1)
                                                     + "/" + size);
  }
  response.content_type = "audio/wav";
  file->choose(range);
  auto rest = std::make_shared<http_body_source>();
  rest->bytes = range.bytes;
  rest->next = [desk, file](std::function<void(std::string)> take) {
    const auto read = [file, take] { take(file->next()); };
    if (!desk->elsewhere)
      read();
    else if (!desk->elsewhere(read))
      take({});
  };
  response.more = rest;
  return response;
}

/// What is named must be some call's recording: no other file is ever opened.
void send_recording(const api_desk& desk, const api_visit& visit) {
  const auto name = visit.part("file");
  const auto call = find<call_record>(*desk->reader, table::calls, call_of_recording(name));
  const auto file = call && call->recording == name
                      ? std::make_shared<recording_file>(desk->recordings_dir + "/" + name)
                      : nullptr;
  if (!file || !file->is_open())
    return visit.answer(error_answer(404, "the recording '" + name + "' is not on this node"));
  // Without a validator to compare, If-Range holds for no part (RFC 9110 §13.1.5).
  const auto wanted = visit.request().header("if-range").empty() ? visit.request().header("range")
                                                                 : std::string_view{};
  visit.answer(recording_answer(desk, file, range_of(wanted, file->bytes())));
}

void fetch_recording(const api_desk& desk, const api_visit& visit) {
  const auto name = visit.part("file");
  if (call_of_recording(name).empty())
    return visit.answer(error_answer(404, "there is no recording '" + name + "'"));
  const auto wrong =
    link_mistake(desk->link_secret.reveal(), name, visit.query.find("expires").value_or(""),
                 visit.query.find("signature").value_or(""), wall_now());
  if (!wrong.empty())
    return visit.answer(error_answer(403, wrong));
  read_apart(desk, visit, send_recording);
}

} // namespace

std::vector<api_route> recording_routes() {
  return {
    {"GET", path_pattern{"v1/recordings"}, access::read, list_recordings},
    {"GET", path_pattern{"v1/recordings/{file}"}, access::open, fetch_recording},
  };
}

} // namespace unpod

// Strong ids: a call's id cannot be passed where a pipe's is wanted. A call and
// its session are one thing with one id, so that either API finds it.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace unpod {

template <class Tag>
class strong_id {
public:
  strong_id() = default;

  explicit strong_id(std::string text) : text_(std::move(text)) {}

  const std::string& str() const {
    return text_;
  }

  bool empty() const {
    return text_.empty();
  }

  friend bool operator==(const strong_id& a, const strong_id& b) {
    return a.text_ == b.text_;
  }

  friend bool operator!=(const strong_id& a, const strong_id& b) {
    return a.text_ != b.text_;
  }

  friend bool operator<(const strong_id& a, const strong_id& b) {
    return a.text_ < b.text_;
  }

  friend std::ostream& operator<<(std::ostream& out, const strong_id& id) {
    return out << id.text_;
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, strong_id& x) {
    return f(x.text_);
  }

private:
  std::string text_;
};

/// `SCL_…`: one call, which is also one session.
using call_id = strong_id<struct call_id_tag>;
/// `PIPE_…`: one Speech Pipe.
using pipe_id = strong_id<struct pipe_id_tag>;
/// The handle a developer's agent registers under, chosen by the developer.
using agent_id = strong_id<struct agent_id_tag>;
/// `<agent_id>#<8 hex>`: one Agent Runner process, chosen by the SDK (contract §2.3).
using worker_id = strong_id<struct worker_id_tag>;
/// `JOB_…`: one attempt to give one call to one runner.
using job_id = strong_id<struct job_id_tag>;

} // namespace unpod

template <class Tag>
struct std::hash<unpod::strong_id<Tag>> {
  std::size_t operator()(const unpod::strong_id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};

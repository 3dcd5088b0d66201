// The frames of the runner control socket (contract §2.3), pure: text in, values
// out and back. One JSON object a frame, told apart by `type`.
//
//   runner -> us: register, heartbeat, job.ack       us -> runner: registered, job.assign,
//   job.cancel
#pragma once

#include "messages/limits.hpp"
#include "messages/runner.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace unpod {

/// bytes. A handle, a host or a reason; longer is a mistake.
inline constexpr std::size_t runner_word_bytes_max = 256;
/// bytes. A serving_url.
inline constexpr std::size_t runner_url_bytes_max = 2'048;

/// Understood as a frame, of no interest here (contract §2.3: newer and unused types).
struct ignored_frame {
  std::string type;
};

/// Not a frame of the contract; `why` tells the peer what to mend.
struct bad_frame {
  std::string why;
};

using control_frame = std::variant<bad_frame, ignored_frame, runner_card, runner_beat, job_ack>;

/// What a frame of the runner says. A card comes without `project` and `public_url`,
/// its seats clamped to `seats_max`; fields nobody needs may be missing or null.
control_frame read_control_frame(std::string_view text, std::size_t seats_max,
                                 std::size_t depth_max);

/// `transport_ack` is "dial_out", or null for a runner that serves.
std::string registered_frame(seconds heartbeat, bool dial_out);
std::string job_assign_frame(const job_assign& job, milliseconds deadline);
std::string job_cancel_frame(const job_cancel& job);

} // namespace unpod

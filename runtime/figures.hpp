// What this process takes, read from /proc: threads with their CPU time, memory, open files.
#pragma once

#include "adapters/api/node_figures.hpp"

#include <string>

namespace unpod {

/// Reads files; not for net threads. `data_dir` is where the disk's free space is looked up.
node_figures process_figures(const std::string& data_dir);

} // namespace unpod

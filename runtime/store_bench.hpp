// `unpod bench store`: what the STORE acknowledges a second. Here, because only here
// storage/ and the benches meet.
#pragma once

#include "adapters/peers/bench_wishes.hpp"

#include <iosfwd>

namespace unpod {

int run_store_bench_program(const store_bench_wishes& wishes, std::ostream& out, std::ostream& err);

} // namespace unpod

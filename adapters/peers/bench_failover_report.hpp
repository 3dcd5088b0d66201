// What `unpod bench failover` reports.
#pragma once

#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/failover_judge.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace unpod {

struct failover_report {
  std::size_t calls = 0, calls_dropped = 0;
  std::size_t utterances = 0, unanswered = 0; // of the callers, each with an answer
  std::size_t turns_split = 0;                // the runner got an utterance in more than one part
  std::size_t kills = 0;                      // of a provider, with all its calls
  std::size_t answers_hit = 0;                // that were asked for or sounding at a voice's kill
  std::size_t words = 0;                      // said by callers and runner
  word_losses heard, spoken;                  // by recognisers, by voices
  std::vector<double> gaps_ms;                // of the answers that were hit
  std::vector<double> silences_ms;            // before and within every answer
  double first_byte_ms = 0;                   // what a simulated voice takes
  double failures = 0;                        // of providers, as the node has counted them
  double seconds = 0;
  load_figures load;
  std::vector<std::string> findings; // the first few

  bool is_good() const {
    return calls_dropped == 0 && unanswered == 0 && heard.lost + heard.doubled == 0
           && spoken.lost + spoken.doubled == 0;
  }
};

std::string failover_json(const failover_report& report, const bench_frame& frame,
                          std::uint64_t seed);
std::string failover_table(const failover_report& report);

} // namespace unpod

// What a bench found, as one list in the order it is shown: from it come the table on
// the terminal, the JSON object and the results file, so that they cannot differ.
//
//   sheet + frame (posture, command, hardware) --publish--> stdout, --results DIR, --plot FILE
#pragma once

#include "adapters/peers/bench_plot.hpp"
#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/bench_wishes.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace unpod {

class bench_sheet {
public:
  /// A number that is counted, not measured; `note` stands behind it in the table.
  bench_sheet& count(std::string key, std::string label, std::uint64_t number,
                     std::string note = {});
  bench_sheet& one(std::string key, std::string label, figure what, std::string unit);
  bench_sheet& row(std::string key, std::string label, figure_row what, std::string unit);
  bench_sheet& words(std::string key, std::string label, std::string text);
  /// What went wrong, a line each; in the JSON under `findings`.
  bench_sheet& findings(std::vector<std::string> what);
  /// How the load process fared, and whether its figures may be believed.
  bench_sheet& load(const load_figures& load);
  /// Sheets of the same shape: an array in the JSON, one below the other in the table.
  bench_sheet& steps(std::string key, std::string label, std::vector<bench_sheet> all);

  std::string table() const;
  std::string json(const bench_frame& frame) const;

private:
  struct counted {
    std::uint64_t number;
    std::string note;
  };
  struct measured {
    figure what;
    std::string unit;
  };
  struct rowed {
    figure_row what;
    std::string unit;
  };
  struct lines {
    std::vector<std::string> all;
    std::string before; // each, in the table
  };
  using content =
    std::variant<counted, measured, rowed, std::string, bool, lines, std::vector<bench_sheet>>;
  struct item {
    std::string key, label;
    content what;
  };

  class json_face;
  class table_face;

  bench_sheet& add(std::string key, std::string label, content what);

  std::vector<item> items_;
};

/// p50, p99 and max of these; `why` when there are none.
figure_row spread_row(const std::vector<double>& values, const std::string& why);

/// The results file: hardware, posture and the exact command around the table.
std::string results_page(const std::string& name, const std::string& table,
                         const bench_frame& frame, const std::string& release);

/// False, and words, when a file could not be written; standard output has it all the same.
/// A results file that is there already is never overwritten.
bool publish(const std::string& name, const bench_sheet& sheet, const bench_frame& frame,
             const std::vector<bench_plot>& plots, const bench_outlets& outlets, std::ostream& out,
             std::string& why);

} // namespace unpod

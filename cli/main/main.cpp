// The program: the command line joined to what it sets in motion.
#include "cli/program.hpp"

#include <iostream>

int main(int count, char** arguments) {
  using namespace unpod;
  const int named = count > 0 ? 1 : 0; // the program itself
  return cli::run({arguments + named, arguments + count}, {run_node, run_demo, run_runner, run_calls_bench, run_dispatch_bench},
                  std::cout, std::cerr);
}

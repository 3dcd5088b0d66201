// The program: joins the command line to what it sets in motion.
#include "cli/program.hpp"
#include "runtime/workshop.hpp"

#include <iostream>

int main(int count, char** values) {
  using namespace unpod;
  cli::workshop workshop;
  workshop.start = run_node;
  workshop.demo = [](const cli::demo_request& request) {
    return run_demo({request.seed, request.repeat, request.script_file, request.free_speech,
                     request.json, request.keep});
  };
  workshop.runner = [](const cli::runner_request& request) {
    return run_runner({request.agent, request.script_file, request.url, request.api_key,
                       request.delta_every});
  };
  return cli::run({values + 1, values + count}, workshop, std::cout, std::cerr);
}

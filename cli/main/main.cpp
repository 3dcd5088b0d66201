// The program: the command line joined to what it sets in motion.
#include "cli/program.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace {

/// Of the terminal; 80 when nobody looks.
std::size_t columns_here() {
  constexpr std::size_t columns_least = 40, columns_most = 240;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return unpod::cli::columns_usual;
  return std::clamp(std::size_t{size.ws_col}, columns_least, columns_most);
}

/// The threads share two heaps. Each with its own, as the C library has it, keeps what others
/// gave back: 161 KB a call became 129. What the environment asks for stands.
void share_heaps() {
  constexpr int heaps = 2;
  if (std::getenv("MALLOC_ARENA_MAX") == nullptr)
    ::mallopt(M_ARENA_MAX, heaps);
}

/// Until SIGINT, which ends the program as usual.
bool pause_for(std::chrono::seconds how_long) {
  std::this_thread::sleep_for(how_long);
  return true;
}

} // namespace

int main(int count, char** arguments) {
  using namespace unpod;
  share_heaps();
  const int named = count > 0 ? 1 : 0; // the program itself
  return cli::run({arguments + named, arguments + count},
                  {run_node,
                   run_demo,
                   run_runner,
                   ask_node,
                   &std::cin,
                   columns_here(),
                   run_restore,
                   run_calls_bench,
                   run_dispatch_bench,
                   follow_node,
                   pause_for,
                   run_setup_bench,
                   run_talk_bench,
                   run_reference_bench,
                   run_soak_bench,
                   run_store_bench,
                   run_failover_bench,
                   run_faults_bench,
                   run_say,
                   run_transcribe},
                  std::cout, std::cerr);
}

// See store_thread.hpp.
#include "storage/store_thread.hpp"

#include <utility>

#include <pthread.h>

namespace unpod {

namespace {

void run(store_engine& engine) {
  pthread_setname_np(pthread_self(), "store");
  while (engine.wait(mono_now))
    engine.step(mono_now(), wall_now());
  engine.drain(mono_now(), wall_now());
}

} // namespace

store_thread::store_thread(std::shared_ptr<store_engine> engine)
  : engine_(std::move(engine)), thread_([this] { run(*engine_); }) {}

store_thread::~store_thread() {
  engine_->stop();
  thread_.join();
}

} // namespace unpod

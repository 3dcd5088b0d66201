// The threads actors run on: every job is done once, every timer comes, in its order.
#define BOOST_TEST_MODULE actor_threads
#include <boost/test/unit_test.hpp>

#include "messages/call_timers.hpp"
#include "runtime/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

using done_sign = std::shared_ptr<std::promise<void>>;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(done_sign)

using namespace unpod;
using namespace std::chrono_literals;

namespace {

class counted_job : public caf::resumable {
public:
  resume_result resume(caf::execution_unit*, std::size_t) override {
    return done;
  }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}
  std::atomic<int> times{0};
};

struct threads_fixture {
  system_config config{2};
  caf::actor_system system{config};
};

/// Passes a number on until it is 0.
caf::behavior passing_on(caf::event_based_actor* self, caf::actor next) {
  return {
    [self, next](int left, const done_sign& over) {
      if (left == 0)
        over->set_value();
      else if (next)
        self->send(next, left - 1, over);
    },
  };
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_left_when_all_is_over_is_handed_back) {
  counted_job late;
  job_queue queue;
  queue.expect_worker();
  queue.end();
  queue.push(&late);
  BOOST_TEST((queue.pop() == &late));
  BOOST_TEST((queue.pop() == nullptr)); // and nobody waits
}

BOOST_AUTO_TEST_CASE(every_job_is_done_once_whoever_pushes) {
  constexpr std::size_t pushers = 3, workers = 3, each = 20'000;
  std::vector<counted_job> jobs(pushers * each);
  job_queue queue;
  std::vector<std::thread> threads;
  for (std::size_t at = 0; at < workers; ++at) {
    queue.expect_worker();
    threads.emplace_back([&queue] {
      while (auto* job = queue.pop())
        ++static_cast<counted_job*>(job)->times;
    });
  }
  std::vector<std::future<void>> pushing;
  for (std::size_t from = 0; from < pushers; ++from)
    pushing.push_back(std::async(std::launch::async, [&, from] {
      for (std::size_t at = 0; at < each; ++at)
        queue.push(&jobs[from * each + at]);
    }));
  for (auto& one : pushing)
    one.get();
  queue.end(); // what is queued is done all the same
  for (auto& thread : threads)
    thread.join();
  const auto once =
    std::count_if(jobs.begin(), jobs.end(), [](const auto& job) { return job.times == 1; });
  BOOST_TEST(static_cast<std::size_t>(once) == jobs.size());
}

BOOST_AUTO_TEST_CASE(nobody_is_called_while_those_awake_will_get_to_it) {
  counted_job one, two;
  job_queue queue;
  queue.expect_worker();
  queue.expect_worker();
  BOOST_TEST(!queue.push(&one)); // both work, and come by
  BOOST_TEST(!queue.push(&two));
  BOOST_TEST((queue.pop() == &one));
  BOOST_TEST((queue.pop() == &two));
  std::promise<caf::resumable*> got;
  std::thread sleeper{[&] { got.set_value(queue.pop()); }};
  queue.push(&one); // be it asleep already or not
  BOOST_TEST((got.get_future().get() == &one));
  sleeper.join();
}

BOOST_AUTO_TEST_CASE(who_is_held_up_by_a_job_holds_up_no_other) {
  counted_job slow, quick;
  job_queue queue;
  std::promise<void> held, let_go;
  std::promise<caf::resumable*> got;
  queue.expect_worker();
  std::thread worker{[&] {
    BOOST_TEST((queue.pop() == &slow));
    held.set_value();
    let_go.get_future().wait();
  }};
  queue.expect_worker();
  queue.push(&slow);
  held.get_future().wait();
  std::thread sleeper{[&] { got.set_value(queue.pop()); }};
  const auto since = mono_now();
  while (mono_now() - since <= long_job_min)
    std::this_thread::yield();
  queue.push(&quick); // nothing follows that would call anybody
  auto answer = got.get_future();
  BOOST_TEST((answer.wait_for(60s) == std::future_status::ready));
  let_go.set_value();
  queue.end();
  worker.join();
  sleeper.join();
  BOOST_TEST((answer.get() == &quick));
}

BOOST_FIXTURE_TEST_CASE(messages_reach_whoever_they_are_for, threads_fixture) {
  const auto last = system.spawn(passing_on, caf::actor{});
  std::vector<caf::actor> ring{last};
  for (int at = 0; at < 50; ++at)
    ring.push_back(system.spawn(passing_on, ring.back()));
  std::vector<std::future<void>> over;
  for (int at = 0; at < 200; ++at) {
    const auto sign = std::make_shared<std::promise<void>>();
    over.push_back(sign->get_future());
    caf::anon_send(ring.back(), 50, sign);
  }
  for (auto& one : over)
    BOOST_TEST((one.wait_for(60s) == std::future_status::ready));
}

BOOST_FIXTURE_TEST_CASE(timers_come_in_the_order_in_which_they_are_due, threads_fixture) {
  caf::scoped_actor self{system};
  std::vector<int> order;
  const auto begun = std::chrono::steady_clock::now();
  // Far enough from each other for a thread that is kept waiting between two sends.
  self->delayed_send(self, 900ms, 4);
  self->delayed_send(self, 300ms, 2);
  self->delayed_send(self, 1ms, 1);
  self->delayed_send(self, 600ms, 3);
  self->delayed_send(self, 2h, 5); // dropped with the system
  for (int at = 0; at < 4; ++at)
    self->receive([&](int what) { order.push_back(what); });
  BOOST_TEST((order == std::vector<int>{1, 2, 3, 4}));
  BOOST_TEST((std::chrono::steady_clock::now() - begun >= 900ms)); // never early
}

BOOST_FIXTURE_TEST_CASE(an_exact_timer_is_not_early_and_passes_those_that_can_wait,
                        threads_fixture) {
  caf::scoped_actor self{system};
  const auto begun = std::chrono::steady_clock::now();
  self->delayed_send(self, 7ms, turn_check{1});
  self->receive([&](const turn_check& due) { BOOST_TEST(due.epoch == 1u); });
  BOOST_TEST((std::chrono::steady_clock::now() - begun >= 7ms));
}

BOOST_FIXTURE_TEST_CASE(a_request_that_nobody_answers_times_out_and_one_that_is_answered_does_not,
                        threads_fixture) {
  const auto mute = system.spawn([](caf::event_based_actor* me) -> caf::behavior {
    return {[me](int) { return me->make_response_promise(); }};
  });
  const auto ready = system.spawn(
    [](caf::event_based_actor*) -> caf::behavior { return {[](int what) { return what + 1; }}; });
  std::promise<std::string> said;
  std::promise<int> answered;
  system.spawn([&](caf::event_based_actor* me) {
    me->request(mute, 5ms, 1)
      .then([](int) {},
            [&said, me](const caf::error& error) { said.set_value(me->system().render(error)); });
    me->request(ready, 10s, 1).then([&](int what) { answered.set_value(what); });
  });
  BOOST_TEST(said.get_future().get().find("timeout") != std::string::npos);
  BOOST_TEST(answered.get_future().get() == 2);
  caf::anon_send_exit(mute, caf::exit_reason::kill);
}

#include "adapters/websocket/net_threads.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <thread>
#include <vector>

namespace unpod {

namespace asio = boost::asio;

struct net_threads::impl {
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::vector<std::thread> threads;
};

net_threads::net_threads(std::size_t threads, std::chrono::microseconds look_every)
  : impl_(std::make_unique<impl>()) {
  for (std::size_t i = 0; i < threads; ++i)
    impl_->threads.emplace_back([this, look_every] {
      pthread_setname_np(pthread_self(), "net");
      if (look_every.count() == 0)
        impl_->context.run();
      while (!impl_->context.stopped()) {
        impl_->context.poll();
        std::this_thread::sleep_for(look_every);
      }
    });
}

net_threads::~net_threads() {
  stop();
}

asio::io_context& net_threads::context() {
  return impl_->context;
}

void net_threads::post(std::function<void()> work) {
  asio::post(impl_->context, std::move(work));
}

void net_threads::post_after(std::size_t delay_ms, std::function<void()> work) {
  auto timer =
    std::make_shared<asio::steady_timer>(impl_->context, std::chrono::milliseconds(delay_ms));
  timer->async_wait([timer, work = std::move(work)](const boost::system::error_code& error) {
    if (!error)
      work();
  });
}

void net_threads::stop() {
  impl_->work.reset();
  impl_->context.stop();
  for (auto& thread : impl_->threads)
    if (thread.joinable())
      thread.join();
}

} // namespace unpod

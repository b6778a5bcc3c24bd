#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <latch>
#include <thread>

#include "base/on_exit.h"
#include "strategies/bounded_queue.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

thread_local std::unique_ptr<BlockingClient> thread_client;

void run(Job& job, const BlockingFactory& make_client) {
  const auto requests = job.requests();
  BoundedQueue<std::size_t> completed(requests.size() + 1);
  std::vector<std::future<void>> results(requests.size());
  // The threads are ours, attached to the pool, so that each has a client before it takes work.
  boost::asio::thread_pool pool(0);
  std::latch attached(job.workers());
  std::vector<std::jthread> threads;               // joined last,
  const OnExit stopper([&pool] { pool.stop(); });  // after the pool has stopped
  for (unsigned i = 0; i < job.workers(); ++i) {
    threads.emplace_back([&, client = make_client()]() mutable {
      thread_client = std::move(client);
      attached.count_down();
      pool.attach();
    });
  }
  attached.wait();
  job.ready();
  boost::asio::post(pool, [&] {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      results[i] = boost::asio::defer(pool, boost::asio::use_future([&, i] {
                                        job.fetch(*thread_client, requests[i]);
                                        completed.push(i);
                                      }));
    }
  });
  for (std::size_t taken = 0; taken < requests.size(); ++taken) results[*completed.pop()].get();
}

}  // namespace

extern const Strategy thread_pool;
const Strategy thread_pool{
    .name = "thread_pool",
    .summary = "a pool of W threads, a future per request taken as it completes",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
    .bytes_per_request = 300,  // a task, its future and what they share
};

}  // namespace fanout

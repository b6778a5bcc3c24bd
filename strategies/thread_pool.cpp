#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <latch>

#include "strategies/bounded_queue.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

thread_local std::unique_ptr<BlockingClient> thread_client;

// Gives each thread of the pool a client: one task per thread, none of which ends before all began.
void make_clients(boost::asio::thread_pool& pool, unsigned workers,
                  const BlockingFactory& make_client) {
  std::latch all_made(workers);
  std::vector<std::future<void>> made;
  for (unsigned i = 0; i < workers; ++i) {
    made.push_back(boost::asio::post(pool, boost::asio::use_future([&] {
                                       thread_client = make_client();
                                       all_made.arrive_and_wait();
                                     })));
  }
  for (std::future<void>& one : made) one.get();
}

void run(Job& job, const BlockingFactory& make_client) {
  const auto requests = job.requests();
  BoundedQueue<std::size_t> completed(requests.size() + 1);
  std::vector<std::future<void>> results(requests.size());
  boost::asio::thread_pool pool(job.workers());
  make_clients(pool, job.workers(), make_client);
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
  pool.join();
}

}  // namespace

extern const Strategy thread_pool;
const Strategy thread_pool{
    .name = "thread_pool",
    .summary = "a pool of W threads, a future per request taken as it completes",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout

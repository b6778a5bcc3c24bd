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
void hand_out(boost::asio::thread_pool& pool,
              std::vector<std::unique_ptr<BlockingClient>> clients) {
  std::latch all_taken(std::ssize(clients));
  std::vector<std::future<void>> taken;
  for (std::unique_ptr<BlockingClient>& client : clients) {
    taken.push_back(boost::asio::post(pool, boost::asio::use_future([&] {
                                        thread_client = std::move(client);
                                        all_taken.arrive_and_wait();
                                      })));
  }
  for (std::future<void>& one : taken) one.get();
}

void run(Job& job, const BlockingFactory& make_client) {
  const auto requests = job.requests();
  BoundedQueue<std::size_t> completed(requests.size() + 1);
  std::vector<std::future<void>> results(requests.size());
  std::vector<std::unique_ptr<BlockingClient>> clients(job.workers());
  for (std::unique_ptr<BlockingClient>& client : clients) client = make_client();
  boost::asio::thread_pool pool(job.workers());
  hand_out(pool, std::move(clients));
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

// Requests of an open loop are held until they are due, and no longer.
#include "transports/pacing.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "strategies/strategy.h"
#include "tests/unit/support.h"
#include "transports/deadline.h"
#include "transports/registry.h"

namespace fanout {
namespace {

using unit_test::kMs;

const Transport& null_row() {
  for (const Transport* row : transports()) {
    if (row->stack == "none") return *row;
  }
  throw std::logic_error("no transport without a network");
}

// Four requests, due 0, 5, 10 and 15 ms after the schedule began.
class Pacing : public testing::Test {
 protected:
  Pacing() {
    config.targets.resize(1);
    config.due_ns = due;
    config.schedule_start = &start;
    for (std::uint32_t i = 0; i < requests.size(); ++i) requests[i].index = i;
  }

  std::unique_ptr<BlockingClient> blocking() {
    return with_pacing(std::get<PrepareEither>(null_row().prepare).blocking(config)(), config);
  }

  // All at once, as workers that have nothing else to do ask for them.
  void run_async() {
    const auto client =
        with_pacing(std::get<PrepareEither>(null_row().prepare).async(config)(4), config);
    for (const Request& request : requests) {
      job.started(request);
      client->start(request, [&](const Response& r) { job.finished(request, r); });
    }
    client->run();
  }

  std::vector<std::int64_t> due{0, 5 * kMs, 10 * kMs, 15 * kMs};
  std::atomic<std::int64_t> start{now_ns()};
  std::atomic<std::int64_t> deadline{kNever};
  std::vector<Request> requests{4};
  std::vector<Sample> samples{4};
  Job job{requests, samples, {.workers = 4}, {}};
  ClientConfig config;
};

TEST_F(Pacing, LeavesAClientWithoutAScheduleAlone) {
  config.due_ns = {};
  auto client = std::get<PrepareEither>(null_row().prepare).blocking(config)();
  const BlockingClient* same = client.get();
  EXPECT_EQ(with_pacing(std::move(client), config).get(), same);
}

TEST_F(Pacing, BlocksUntilARequestIsDue) {
  const auto client = blocking();
  for (const Request& request : requests) {
    job.fetch(*client, request);
    EXPECT_GE(samples[request.index].start_ns, start + due[request.index]);
    EXPECT_EQ(samples[request.index].outcome, Outcome::ok);
  }
}

TEST_F(Pacing, LetsTheLoopRunUntilARequestIsDue) {
  run_async();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_GE(samples[i].start_ns, start + due[i]);
    EXPECT_EQ(samples[i].finishes, 1);
    EXPECT_EQ(samples[i].outcome, Outcome::ok);
  }
}

// A worker that comes late lets its request go at once, and says when.
TEST_F(Pacing, BeginsWhatIsOverdueAtOnce) {
  start = now_ns() - 1'000 * kMs;
  const std::int64_t asked = now_ns();
  run_async();
  for (const Sample& sample : samples) EXPECT_GE(sample.start_ns, asked);
  const Response response = blocking()->fetch(requests[3]);
  EXPECT_GE(response.began_ns, asked);
}

// Due in an hour; the test would not end.
TEST_F(Pacing, HoldsNothingBeyondTheDeadline) {
  due = {3'600'000 * kMs, 3'600'000 * kMs, 3'600'000 * kMs, 3'600'000 * kMs};
  config.due_ns = due;
  config.deadline = &deadline;
  deadline = now_ns() + 10 * kMs;
  run_async();
  EXPECT_GE(samples[3].start_ns, deadline);
  EXPECT_GE(blocking()->fetch(requests[0]).began_ns, deadline);
}

}  // namespace
}  // namespace fanout

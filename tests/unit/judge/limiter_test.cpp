// What is named as the limit of a run, on figures made up by hand.
#include "harness/judge/limiter.h"
#include "harness/judge/execution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using unit_test::kMs;

// 100 ms, 60 ms of CPU, 4 client CPUs and 10 workers; a server that used 20 ms.
class Limiter : public testing::Test {
 protected:
  Limiter() {
    run.makespan_ns = 100 * kMs;
    run.cpu_ns = 60 * kMs;
    run.server = ServerCounters{.answered = 100, .hold_ns = {.mean = 1e6}, .cpu_ns = 20 * kMs};
    execution.client_cpus = 4;
    execution.header.threads = 11;  // the main thread and 10 others
    execution.header.main_cpu_ns = 0;
  }

  [[nodiscard]] BusyShares shares() const {
    return busy_shares(run, execution, cell, scenario, {});
  }

  fanout::Run run;
  Execution execution;
  Cell cell{.strategy = "thread_pool", .transport = "null", .workers = 10};
  Scenario scenario;
};

TEST_F(Limiter, JudgesAClientByTheCpusItsThreadsCanUse) {
  EXPECT_DOUBLE_EQ(shares().client, 0.15);  // 60 of 4 x 100 ms
  execution.header.threads = 3;             // 2 of them work
  EXPECT_DOUBLE_EQ(shares().client, 0.3);
  execution.header.threads = 1;  // others come later: as many as there are workers
  cell.workers = 3;
  EXPECT_DOUBLE_EQ(shares().client, 0.2);
  execution.header.main_cpu_ns = 59 * kMs;  // the main thread does it all
  EXPECT_DOUBLE_EQ(shares().client, 0.6);
}

TEST_F(Limiter, DoesNotTakeAnUnknownMainThreadForTheOnlyOne) {
  execution.header.main_cpu_ns = -1;
  EXPECT_DOUBLE_EQ(shares().client, 0.15);
}

TEST_F(Limiter, SeesAServerWhoseThreadsAreAllHeldWhileItsCpuIdles) {
  scenario.server().engine = EngineKind::httplib;
  scenario.server().threads = 2;
  run.server->hold_ns.mean = 1.8e6;  // 100 x 1.8 ms over 2 threads: 90 of 100 ms
  EXPECT_DOUBLE_EQ(shares().server, 0.9);
  cell.workers = 2;  // as many as threads: nobody waits unread, the delay is the limit
  EXPECT_DOUBLE_EQ(shares().server, 0.2);
  cell.workers = 10;
  scenario.server().engine = EngineKind::asio;  // holds any number
  EXPECT_DOUBLE_EQ(shares().server, 0.2);
}

TEST_F(Limiter, CountsAsManyServerCpusAsItsThreadsCanUse) {
  run.server->cpu_ns = 180 * kMs;
  run.server->hold_ns.mean = 0;
  execution.server_cpus = 4;
  EXPECT_DOUBLE_EQ(shares().server, 1.8);  // one event loop
  scenario.server().loops = 3;
  run.server->connections = 10;
  EXPECT_DOUBLE_EQ(shares().server, 0.6);
  run.server->connections = 2;  // the third loop has none to serve
  EXPECT_DOUBLE_EQ(shares().server, 0.9);
  execution.server_cpus = 1;
  EXPECT_DOUBLE_EQ(shares().server, 1.8);
  execution.server_cpus = 4;
  scenario.server().engine = EngineKind::httplib;
  EXPECT_DOUBLE_EQ(shares().server, 0.45);
}

TEST_F(Limiter, NamesOneLimitAndFlagsAll) {
  const Limited none = limit_of(run, {.latency = 0.84, .client = 0.84, .server = 0.84});
  EXPECT_EQ(none.by, Limit::none);
  EXPECT_THAT(none.flags, IsEmpty());
  const Limited both = limit_of(run, {.latency = 0.2, .client = 0.86, .server = 0.9});
  EXPECT_EQ(both.by, Limit::server);
  EXPECT_THAT(both.flags, ElementsAre(Flag::client_bound, Flag::server_bound));
}

TEST_F(Limiter, FlagsAServerWhoseAcceptQueueOverflowed) {
  run.host.listen_overflows = 1;
  const Limited found = limit_of(run, {});
  EXPECT_THAT(found.flags, ElementsAre(Flag::server_bound));
  EXPECT_EQ(found.by, Limit::none);
}

TEST_F(Limiter, NamesPortsAndDescriptorsThatRanOut) {
  EXPECT_EQ(exhaustion_of(run).by, Limit::none);
  run.retries = {{"no_port", 1}};
  EXPECT_THAT(exhaustion_of(run).flags, ElementsAre(Flag::port_limited));
  EXPECT_EQ(exhaustion_of(run).by, Limit::ports);
  run.errors = {{"no_descriptor", 2}};
  EXPECT_THAT(exhaustion_of(run).flags, ElementsAre(Flag::port_limited, Flag::fd_limited));
  EXPECT_EQ(exhaustion_of(run).by, Limit::descriptors);
}

}  // namespace
}  // namespace fanout

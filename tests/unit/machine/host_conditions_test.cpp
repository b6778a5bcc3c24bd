// What is read from /proc, and when a run counts as disturbed, by hand-made files and figures.
#include "harness/machine/host_conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using unit_test::kMs;
using unit_test::TempFolder;

// A folder like /proc, of a machine that tells all.
class Proc {
 public:
  Proc() {
    std::filesystem::create_directory(folder_.path("net"));
    std::filesystem::create_directory(folder_.path("pressure"));
    std::filesystem::create_directory(folder_.path("self"));
    write("self/cgroup", "0::/\n");
    write("self/mountinfo", "31 30 0:28 / " + folder_.path("self") + " rw - cgroup2 none rw\n");
    write("self/cpu.stat", "usage_usec 9\nthrottled_usec 11\n");
    write("stat", "cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n");
    for (const char* what : {"cpu", "memory", "io"}) {
      write(std::string("pressure/") + what,
            "some avg10=1.00 avg60=0.00 avg300=0.00 total=42\n"
            "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
    }
    write("net/sockstat", "sockets: used 5\nTCP: inuse 3 orphan 0 tw 12 alloc 4 mem 1\n");
    write("net/netstat",
          "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 22 33\n"
          "IpExt: InNoRoutes\nIpExt: 0\n");
    write("net/snmp", "Ip: Forwarding\nIp: 2\nTcp: ActiveOpens RetransSegs\nTcp: 100 -5\n");
  }
  void write(const std::string& name, const std::string& text) const {
    (void)folder_.file(name, text);
  }
  [[nodiscard]] std::string path() const { return folder_.path(""); }

 private:
  TempFolder folder_;
};

TEST(ReadHost, FindsEveryCounter) {
  const HostConditions host = read_host(Proc().path());
  EXPECT_EQ(host.steal_ns, 8 * 10 * kMs);  // ticks of 10 ms
  EXPECT_EQ(host.throttled_ns, 11'000);
  EXPECT_EQ(host.psi_cpu_ns, 42'000);  // "some", from microseconds
  EXPECT_EQ(host.psi_memory_ns, 42'000);
  EXPECT_EQ(host.psi_io_ns, 42'000);
  EXPECT_EQ(host.time_wait, 12);
  EXPECT_EQ(host.listen_overflows, 22);
  EXPECT_EQ(host.listen_drops, 33);
  EXPECT_EQ(host.retransmits, -5);
}

TEST(ReadHost, KnowsNothingOfAMachineThatTellsNothing) {
  const HostConditions host = read_host("/nowhere");
  for (const auto& value :
       {host.steal_ns, host.throttled_ns, host.psi_cpu_ns, host.psi_memory_ns, host.psi_io_ns,
        host.time_wait, host.listen_overflows, host.retransmits}) {
    EXPECT_EQ(value, std::nullopt);
  }
}

TEST(ReadHost, CountsBetweenTwoReadingsAndKeepsTheSocketsFromBefore) {
  const Proc proc;
  const HostConditions before = read_host(proc.path());
  proc.write("net/netstat", "TcpExt: ListenOverflows\nTcpExt: 25\n");
  proc.write("net/sockstat", "TCP: inuse 3 orphan 0 tw 99\n");
  proc.write("self/cpu.stat", "throttled_usec 13\n");
  const HostConditions during = between(before, read_host(proc.path()));
  EXPECT_EQ(during.listen_overflows, 3);
  EXPECT_EQ(during.listen_drops, std::nullopt);  // no longer told
  EXPECT_EQ(during.steal_ns, 0);
  EXPECT_EQ(during.throttled_ns, 2'000);
  EXPECT_EQ(during.time_wait, 12);
}

TEST(ThreadTimes, AreThoseOfTheCallingThreadAndOfALivingProcess) {
  const auto own = own_thread_times();
  if (!own) GTEST_SKIP() << "this kernel keeps no such account";
  EXPECT_GT(own->cpu_ns, 0);
  EXPECT_TRUE(thread_times(::getpid()).contains(::getpid()));
  EXPECT_TRUE(thread_times(-1).empty());
}

TEST(ThreadTimes, AreComparedForThreadsInBothReadings) {
  const auto had = between({{1, {10, 100}}, {2, {20, 200}}}, {{2, {25, 260}}, {3, {1, 1}}});
  ASSERT_EQ(had.size(), 1U);
  EXPECT_EQ(had[0].cpu_ns, 5);
  EXPECT_EQ(had[0].wait_ns, 60);
}

TEST(ForeignWait, IsAllTheWaitingOfAThreadThatIsAlone) {
  const ThreadTimes alone{.cpu_ns = 50, .wait_ns = 30};
  EXPECT_EQ(foreign_wait_ns(std::span(&alone, 1), 50), 30);
}

TEST(ForeignWait, LeavesOutWhatTheGroupCanHaveCausedItself) {
  // Ten busy threads on one CPU: each waits while the nine others run, for nobody else.
  const std::vector<ThreadTimes> pool(10, {.cpu_ns = 100, .wait_ns = 900});
  EXPECT_EQ(foreign_wait_ns(pool, 1000), 0);
  // The same with each waiting 50 longer than the others ran.
  const std::vector<ThreadTimes> disturbed(10, {.cpu_ns = 100, .wait_ns = 950});
  EXPECT_EQ(foreign_wait_ns(disturbed, 1000), 500);
}

TEST(IsNoisy, FromMoreThanOnePercentStolenThatIsCertain) {
  // 1 % of 2 CPUs over 1 s are 20 ms; one tick of 10 ms may be an artefact of reading.
  EXPECT_FALSE(is_noisy({.steal_ns = 30 * kMs}, 200 * kMs, 800 * kMs, 2));
  EXPECT_TRUE(is_noisy({.steal_ns = 40 * kMs}, 200 * kMs, 800 * kMs, 2));
  EXPECT_FALSE(is_noisy({.steal_ns = 10 * kMs}, 0, 5 * kMs, 1));
}

TEST(IsNoisy, FromMoreThanTenPercentOfTheMakespanSpentWaitingForOthers) {
  EXPECT_FALSE(is_noisy({.foreign_wait_ns = 100 * kMs}, 500 * kMs, 1000 * kMs, 2));
  EXPECT_TRUE(is_noisy({.foreign_wait_ns = 101 * kMs}, 500 * kMs, 1000 * kMs, 2));
}

TEST(IsThrottled, FromMoreThanOnePermilleOfItsLength) {
  EXPECT_FALSE(is_throttled({.throttled_ns = kMs}, 200 * kMs, 800 * kMs));
  EXPECT_TRUE(is_throttled({.throttled_ns = kMs + 1}, 200 * kMs, 800 * kMs));
  EXPECT_FALSE(is_throttled({}, 200 * kMs, 800 * kMs));
}

TEST(IsNoisy, NeverByTheWaitsOfAThrottledRun) {
  EXPECT_FALSE(is_noisy({.throttled_ns = 2 * kMs, .foreign_wait_ns = 500 * kMs}, 0, 1000 * kMs, 2));
  EXPECT_TRUE(is_noisy({.steal_ns = 40 * kMs, .throttled_ns = 2 * kMs}, 0, 1000 * kMs, 2));
}

TEST(IsNoisy, NeverForAMillisecondOrForWhatIsNotKnown) {
  EXPECT_FALSE(is_noisy({.foreign_wait_ns = kMs}, 0, 2 * kMs, 2));
  EXPECT_FALSE(is_noisy({}, 0, 1000 * kMs, 2));
  // The server's raw waiting and pressure do not count: they may be of our own making.
  EXPECT_FALSE(is_noisy({.run_queue_wait_ns = 900 * kMs,
                         .server_run_queue_wait_ns = 900 * kMs,
                         .psi_cpu_ns = 900 * kMs},
                        0, 1000 * kMs, 2));
}

}  // namespace
}  // namespace fanout

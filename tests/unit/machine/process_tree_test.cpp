// Families of processes: who belongs to one, what it has used, and that none of it stays.
#include "harness/machine/process_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "base/pipe.h"

namespace fanout {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;

void burn(double seconds) {
  const auto cpu_s = [] { return static_cast<double>(::clock()) / CLOCKS_PER_SEC; };
  const double until_s = cpu_s() + seconds;
  while (cpu_s() < until_s) {
  }
}

// A child that has a child of its own, in a session of its own if `stray`; both wait for ever once
// they have used so much CPU.
pid_t start_family(bool stray, double burnt_s = 0) {
  Pipe started = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    if (::fork() == 0 && stray) ::setsid();
    burn(burnt_s);
    [[maybe_unused]] const auto written = ::write(started.write_end.get(), "x", 1);
    for (;;) ::pause();
  }
  char both[2];
  for (ssize_t got = 0; got < 2;) got += ::read(started.read_end.get(), both, 1);
  return child;
}

class ProcessTree : public testing::Test {
 public:
  ProcessTree() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~ProcessTree() override {
    end_descendants();
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  }
};

TEST_F(ProcessTree, KnowsGrandchildren) {
  const pid_t child = start_family(false);
  EXPECT_THAT(descendants(::getpid()), SizeIs(2));
  EXPECT_THAT(descendants(::getpid()), Contains(child));
  EXPECT_THAT(descendants(child), SizeIs(1));
}

TEST_F(ProcessTree, EndsThoseToo) {
  start_family(true);
  EXPECT_EQ(end_descendants(), 2U);
  EXPECT_THAT(descendants(::getpid()), IsEmpty());
  EXPECT_TRUE(::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD);
  EXPECT_EQ(end_descendants(), 0U);
}

TEST_F(ProcessTree, TakesInThoseWhoseParentHasEnded) {
  const pid_t child = start_family(true);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_THAT(descendants(::getpid()), SizeIs(1));
}

TEST_F(ProcessTree, GuardEndsStraysAndLeavesAloneWhoWasThereBefore) {
  const pid_t before = start_family(false);
  {
    const StrayGuard guard;
    const pid_t child = start_family(true);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_THAT(descendants(::getpid()), SizeIs(3));
  }
  EXPECT_THAT(descendants(::getpid()), SizeIs(2));
  EXPECT_THAT(descendants(::getpid()), Contains(before));
}

TEST_F(ProcessTree, AddsUpWhatAFamilyHasUsed) {
  const pid_t child = start_family(false, 0.1);
  const FamilyUsage usage = family_usage(child);
  EXPECT_EQ(usage.processes, 2);
  EXPECT_EQ(usage.threads, 2);
  EXPECT_NEAR(static_cast<double>(usage.cpu_ns) / 0.2e9, 1, 0.1);
}

TEST_F(ProcessTree, CountsTheCpuOfThoseThatWereReaped) {
  Pipe started = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      burn(0.2);
      ::_exit(0);
    }
    ::waitpid(grandchild, nullptr, 0);
    [[maybe_unused]] const auto written = ::write(started.write_end.get(), "x", 1);
    for (;;) ::pause();
  }
  char one = 0;
  ASSERT_EQ(::read(started.read_end.get(), &one, 1), 1);
  const FamilyUsage usage = family_usage(child);
  EXPECT_EQ(usage.processes, 1);
  EXPECT_NEAR(static_cast<double>(usage.cpu_ns) / 0.2e9, 1, 0.15);  // in clock ticks of 10 ms
}

}  // namespace
}  // namespace fanout

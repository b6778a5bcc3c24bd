// Texts as /proc and /sys hold them.
#include "harness/machine/proc_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ProcFile, IsReadWhole) {
  EXPECT_EQ(number_of(value_of(proc_file("/proc/self/status"), "Pid")), ::getpid());
}

TEST(ProcFile, IsEmptyIfItIsNotThere) { EXPECT_EQ(proc_file("/proc/0/status"), ""); }

TEST(FirstLine, HasNoEnd) {
  EXPECT_EQ(first_line("cubic\n"), "cubic");
  EXPECT_EQ(first_line("one\ntwo\n"), "one");
  EXPECT_EQ(first_line("no end"), "no end");
  EXPECT_EQ(first_line(""), "");
}

TEST(ValueOf, IsWhatFollowsTheKeyInItsLine) {
  EXPECT_EQ(value_of("Name:\tx\nThreads:\t3\nVmHWM:\t  12 kB\n", "Threads"), "3");
  EXPECT_EQ(value_of("Threads:\t3\nVmHWM:\t  12 kB\n", "VmHWM"), "12 kB");
  EXPECT_EQ(value_of("model\t\t: 85\nmodel name\t: Some CPU @ 2 GHz\n", "model name"),
            "Some CPU @ 2 GHz");
  EXPECT_EQ(value_of("NAME=\"X\"\nPRETTY_NAME=\"Debian 12 (bookworm)\"\n", "PRETTY_NAME"),
            "Debian 12 (bookworm)");
  EXPECT_EQ(value_of("cpu0 7 8\ncpu  1 2\n", "cpu"), "1 2");
}

TEST(ValueOf, IsThatOfTheFirstSuchLine) { EXPECT_EQ(value_of("key: 1\nkey: 2\n", "key"), "1"); }

TEST(ValueOf, IsEmptyWithoutTheKeyOrWithoutAValue) {
  EXPECT_EQ(value_of("Threads:\t3\n", "Thread"), "");
  EXPECT_EQ(value_of("nonvoluntary_ctxt_switches: 3\n", "voluntary_ctxt_switches"), "");
  EXPECT_EQ(value_of("Groups:\t \nPid: 3\n", "Groups"), "");
  EXPECT_EQ(value_of("Pid", "Pid"), "");
  EXPECT_EQ(value_of("", "Pid"), "");
}

constexpr std::string_view kNetstat =
    "TcpExt: Sent Drops\nTcpExt: 7 9\nIpExt: In Sent\nIpExt: 1 -5\n";

TEST(ValueBelow, IsInTheSameColumnOfTheNextLine) {
  EXPECT_EQ(value_below(kNetstat, "TcpExt:", "Drops"), 9);
  EXPECT_EQ(value_below(kNetstat, "IpExt:", "Sent"), -5);
}

TEST(ValueBelow, IsNothingWithoutTheLineTheTitleOrTheValue) {
  EXPECT_EQ(value_below(kNetstat, "Tcp:", "Drops"), std::nullopt);
  EXPECT_EQ(value_below(kNetstat, "TcpExt:", "In"), std::nullopt);
  EXPECT_EQ(value_below("TcpExt: Sent Drops\nTcpExt: 7\n", "TcpExt:", "Drops"), std::nullopt);
  EXPECT_EQ(value_below("TcpExt: Sent", "TcpExt:", "Sent"), std::nullopt);
}

TEST(Numbers, AreReadUpToTheFirstOtherWord) {
  EXPECT_THAT(numbers_of("32768\t60999\n"), ElementsAre(32768, 60999));
  EXPECT_THAT(numbers_of(" 1 -2 kB 3"), ElementsAre(1, -2));
  EXPECT_THAT(numbers_of("1 18446744073709551615 2"), ElementsAre(1));  // does not fit
  EXPECT_THAT(numbers_of("\n"), IsEmpty());
  EXPECT_EQ(number_of("12 kB"), 12);
  EXPECT_EQ(number_of("12kB"), std::nullopt);
  EXPECT_EQ(number_of(""), std::nullopt);
}

TEST(NumberBehind, FollowsItsLabelAtOnceOrAfterBlanks) {
  EXPECT_EQ(number_behind("avg10=1.00 total=42", "total="), 42);
  EXPECT_EQ(number_behind("inuse 5 orphan 0 tw 3 alloc 8", "tw "), 3);
  EXPECT_EQ(number_behind("inuse 5", "tw "), std::nullopt);
  EXPECT_EQ(number_behind("tw ", "tw "), std::nullopt);
}

}  // namespace
}  // namespace fanout

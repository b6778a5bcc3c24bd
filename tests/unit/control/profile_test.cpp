#include "harness/control/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "harness/document/report_json.h"
#include "harness/machine/syscall_counter.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::HasSubstr;

void make_calls(int count) {
  for (int i = 0; i < count; ++i) ::syscall(SYS_getppid);
}

TEST(SyscallCounter, CountsOrSaysWhyNot) {
  const SyscallCounter counter;
  const std::int64_t before = counter.count();
  make_calls(1000);
  const std::int64_t calls = counter.count() - before;
  if (!counter.why_not().empty()) {
    EXPECT_EQ(calls, 0);
    EXPECT_THAT(counter.why_not(), testing::AnyOf(HasSubstr("mount tracefs"),
                                                  HasSubstr("kernel.perf_event_paranoid")));
    return;
  }
  EXPECT_EQ(calls, 1001) << "and the one that reads";
}

TEST(SyscallCounter, CountsThreadsAndChildrenMadeLater) {
  const SyscallCounter counter;
  if (!counter.why_not().empty()) GTEST_SKIP() << counter.why_not();
  const std::int64_t before = counter.count();
  std::thread([] { make_calls(1000); }).join();
  const pid_t child = ::fork();
  if (child == 0) {
    make_calls(1000);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_GE(counter.count() - before, 2000);
  EXPECT_LE(counter.count() - before, 2200);
}

TEST(ProfileCells, RunsEveryCellOnceOrNoneAndSaysWhy) {
  Report report = unit_test::sample_report();
  std::size_t runs = 0;
  profile_cells(report, [&](const Cell& cell) {
    EXPECT_EQ(cell, report.cells[runs].cell);
    ++runs;
    return Profile{static_cast<double>(runs), ""};
  });
  const bool counted = SyscallCounter().why_not().empty();
  EXPECT_EQ(runs, counted ? report.cells.size() : 0);
  for (const CellReport& cell : report.cells) {
    const Profile& profile = cell.profile.value();
    EXPECT_EQ(profile.syscalls_per_request.has_value(), counted);
    EXPECT_EQ(profile.reason.empty(), counted);
  }
}

TEST(Profile, IsReadBackFromTheDocument) {
  Report report = unit_test::sample_report();
  report.cells[0].profile = Profile{2.5, ""};
  report.cells[1].profile = Profile{std::nullopt, "not permitted"};
  const nlohmann::json json = unit_test::document(report);
  EXPECT_EQ(json["cells"][0]["profile"]["syscalls_per_request"], 2.5);
  EXPECT_EQ(json["cells"][1]["profile"]["syscalls_per_request"], nullptr);
  EXPECT_EQ(json["cells"][1]["profile"]["reason"], "not permitted");
  EXPECT_EQ(json["cells"][2]["profile"], nullptr);
  EXPECT_EQ(unit_test::document(report_from_json(json, "it")), json);
}

}  // namespace
}  // namespace fanout

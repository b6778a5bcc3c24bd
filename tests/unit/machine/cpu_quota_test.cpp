// What control groups let a process have of the CPUs, by hand-made files of both versions.
#include "harness/machine/cpu_quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A machine's /proc/self, and the files of its control groups, below a folder of its own.
class Cgroups {
 public:
  // Mounts the group `root` of a hierarchy at `point`; of v1 with these controllers.
  void mount(const std::string& root, const std::string& point, const std::string& controllers) {
    const std::string type = controllers.empty() ? "cgroup2 cgroup2" : "cgroup cgroup";
    mounts_ += "31 30 0:28 " + root + " " + folder_.path(point) + " rw,relatime shared:9 - " +
               type + " rw," + controllers + "\n";
    write("proc/self/mountinfo", mounts_);
  }
  void be_in(const std::string& groups) const { write("proc/self/cgroup", groups); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(folder_.path(name)).parent_path());
    (void)folder_.file(name, text);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
  [[nodiscard]] std::vector<std::string> groups() const { return cpu_groups(path("proc")); }

 private:
  unit_test::TempFolder folder_;
  std::string mounts_ = "22 1 0:21 / /proc rw - proc proc rw\n\n29 22 8:1 / / rw - ext4 x rw\n";
};

// v2, as systemd has it: the quota may be that of a group above.
class Unified : public Cgroups {
 public:
  Unified() {
    mount("/", "fs", "");
    be_in("0::/user.slice/shell.scope\n");
    write("fs/user.slice/cpu.max", "150000 100000\n");
    write("fs/user.slice/shell.scope/cpu.max", "max 100000\n");
  }
};

TEST(CpuGroups, AreThePathFromTheOwnOneUp) {
  const Unified cgroups;
  EXPECT_THAT(cgroups.groups(), ElementsAre(cgroups.path("fs/user.slice/shell.scope"),
                                            cgroups.path("fs/user.slice"), cgroups.path("fs")));
}

TEST(CpuGroups, OfV1AreThoseOfItsControllerOfCpuTime) {
  Cgroups cgroups;
  cgroups.mount("/", "cpuset", "cpuset");
  cgroups.mount("/", "both", "cpu,cpuacct");
  cgroups.be_in("4:cpuset:/other\n3:cpu,cpuacct:/job\n1:name=systemd:/else\n");
  EXPECT_THAT(cgroups.groups(), ElementsAre(cgroups.path("both/job"), cgroups.path("both")));
}

TEST(CpuGroups, OfBothVersionsSideBySide) {
  Cgroups cgroups;
  cgroups.mount("/", "cpu", "cpu");
  cgroups.mount("/", "unified", "");
  cgroups.mount("/", "again", "cpu");  // the same groups in another place
  cgroups.be_in("1:cpu:/job\n0::/\n");
  EXPECT_THAT(cgroups.groups(),
              ElementsAre(cgroups.path("cpu/job"), cgroups.path("cpu"), cgroups.path("unified")));
}

TEST(CpuGroups, OfAContainerBeginWhereItsMountDoes) {
  Cgroups below;  // v1: the group's name is that of the whole machine, the mount shows a part
  below.mount("/docker/abc", "fs", "cpu");
  below.be_in("3:cpu:/docker/abc/job\n");
  EXPECT_THAT(below.groups(), ElementsAre(below.path("fs/job"), below.path("fs")));
  for (const char* group : {"0::/docker/abc\n", "0::/\n", "0::/../def\n", "0::/docker/abcd\n"}) {
    Cgroups cgroups;
    cgroups.mount("/docker/abc", "fs", "");
    cgroups.be_in(group);
    EXPECT_THAT(cgroups.groups(), ElementsAre(cgroups.path("fs"))) << group;
  }
  Cgroups outside;  // of the namespace that the mount shows
  outside.mount("/", "fs", "");
  outside.be_in("0::/../def\n");
  EXPECT_THAT(outside.groups(), ElementsAre(outside.path("fs")));
}

TEST(CpuGroups, AreNoneWhereThereAreNoControlGroups) {
  EXPECT_THAT(Cgroups().groups(), IsEmpty());
  EXPECT_THAT(cpu_groups("/nowhere"), IsEmpty());
}

TEST(CpuQuota, IsTheSmallestOfTheGroups) {
  const Unified cgroups;
  EXPECT_EQ(cpu_quota(cgroups.groups()), 1.5);
  cgroups.write("fs/user.slice/shell.scope/cpu.max", "25000 50000\n");
  EXPECT_EQ(cpu_quota(cgroups.groups()), 0.5);
}

TEST(CpuQuota, OfV1LiesInTwoFiles) {
  Cgroups cgroups;
  cgroups.mount("/", "cpu", "cpu");
  cgroups.be_in("1:cpu:/job\n");
  cgroups.write("cpu/job/cpu.cfs_quota_us", "-1\n");
  cgroups.write("cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpu_quota(cgroups.groups()), std::nullopt);
  cgroups.write("cpu/job/cpu.cfs_quota_us", "50000\n");
  EXPECT_EQ(cpu_quota(cgroups.groups()), 0.5);
}

TEST(CpuQuota, IsNoneWithoutOneOrInAFileThatSaysSomethingElse) {
  const Unified cgroups;
  for (const char* text : {"max 100000\n", "", "50000\n", "50000 0\n", "fifty hundred\n"}) {
    cgroups.write("fs/user.slice/cpu.max", text);
    EXPECT_EQ(cpu_quota(cgroups.groups()), std::nullopt) << text;
  }
  EXPECT_EQ(cpu_quota({}), std::nullopt);
}

TEST(Throttled, IsAddedUpOverTheGroupsOfBothVersions) {
  Cgroups cgroups;
  cgroups.mount("/", "cpu", "cpu");
  cgroups.mount("/", "unified", "");
  cgroups.be_in("1:cpu:/job\n0::/job\n");
  EXPECT_EQ(throttled_ns(cgroups.groups()), std::nullopt);
  cgroups.write("unified/cpu.stat", "usage_usec 7\nuser_usec 7\n");  // without a quota
  EXPECT_EQ(throttled_ns(cgroups.groups()), std::nullopt);
  cgroups.write("cpu/job/cpu.stat", "nr_periods 3\nnr_throttled 2\nthrottled_time 5000001\n");
  cgroups.write("unified/job/cpu.stat", "usage_usec 7\nnr_throttled 1\nthrottled_usec 2000\n");
  EXPECT_EQ(throttled_ns(cgroups.groups()), 7'000'001);
}

}  // namespace
}  // namespace fanout

#include "harness/commands/machines.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using ::testing::HasSubstr;
using unit_test::usage_error;

// Three machines that run nothing.
class ThreeMachines : public Cluster {
 public:
  [[nodiscard]] const std::vector<ClientMachine>& clients() const override { return clients_; }
  [[nodiscard]] const std::string& server_address() const override { return address_; }
  void run(const CellTask& /*task*/, std::chrono::nanoseconds /*limit*/,
           const InterruptWatch& /*interrupt*/, const CellMemory& /*memory*/,
           Execution& /*execution*/) override {}

 private:
  std::vector<ClientMachine> clients_{{"b", 2, 10}, {"c", 2, 20}, {"d", 2, 30}};
  std::string address_ = "10.0.0.1";
};

class MachinesOfACluster : public ::testing::Test {
 protected:
  // Why they do not run this scenario, or this cell of it.
  std::string refusal(const Scenario& scenario, std::vector<Cell> cells = {}) {
    plan_.scenarios = {scenario};
    plan_.cells = std::move(cells);
    return usage_error([&] { Machines(options_, &cluster_).choose(plan_, options_); });
  }

  ThreeMachines cluster_;
  Options options_;
  Plan plan_;
};

TEST_F(MachinesOfACluster, HaveAMachineEach) {
  EXPECT_EQ(refusal({.name = "batch", .requests = 3}), "no error");
  EXPECT_EQ(plan_.affinity, Affinity::none);
  EXPECT_GE(plan_.scenarios[0].server().loops, 1U);
  const Machines machines(options_, &cluster_);
  EXPECT_TRUE(machines.limits().one_address);
  EXPECT_EQ(machines.environment(plan_).clients.size(), 3U);
  EXPECT_FALSE(machines.environment(plan_).server_machine);
}

TEST_F(MachinesOfACluster, DoNotDoWhatOneMachineDecides) {
  EXPECT_THAT(refusal({.name = "few", .requests = 2}), HasSubstr("more requests (-n)"));
  EXPECT_THAT(refusal({.name = "steady", .requests = 9, .mode = Mode::steady}),
              HasSubstr("--mode batch"));
  EXPECT_THAT(refusal({.name = "paced", .requests = 9, .max_rate = 5}), HasSubstr("max_rate"));
  EXPECT_THAT(refusal({.name = "gated", .requests = 9, .per_host = 5}), HasSubstr("per_host"));
  EXPECT_THAT(refusal({.name = "urls", .requests = 9, .answered_by = RealTargets{}}),
              HasSubstr("--urls"));
  EXPECT_THAT(refusal({.name = "many", .requests = 1'000'001}), HasSubstr("fewer requests"));
  EXPECT_THAT(refusal({.name = "adaptive", .requests = 9}, {{.strategy = "aimd"}}),
              HasSubstr("which aimd looks for"));
  options_.against = "other/fanout";
  EXPECT_THAT(refusal({.name = "two builds", .requests = 9}), HasSubstr("--against"));
}

TEST(Machines, AreOneUnlessOthersAreNamed) {
  const Machines machines(Options{}, nullptr);
  EXPECT_FALSE(machines.limits().one_address);
  EXPECT_EQ(machines.server(), nullptr);
  Plan plan{.scenarios = {{.name = "batch"}}};
  EXPECT_FALSE(machines.environment(plan).server_machine);
  EXPECT_TRUE(machines.environment(plan).clients.empty());
}

}  // namespace
}  // namespace fanout

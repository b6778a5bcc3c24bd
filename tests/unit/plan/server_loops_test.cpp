// How many loops a plan gives to the embedded server.
#include "harness/plan/server_loops.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

Plan plan_of(std::vector<ServerConfig> servers) {
  Plan plan;
  for (ServerConfig& server : servers) {
    plan.scenarios.push_back({.name = "mine", .answered_by = std::move(server)});
  }
  return plan;
}

TEST(ServerLoops, GrowWithTheCpus) {
  for (const auto& [cpus, loops] :
       {std::pair(0.5, 1U), std::pair(1.0, 1U), std::pair(2.0, 1U), std::pair(3.0, 1U),
        std::pair(4.0, 2U), std::pair(8.0, 3U), std::pair(16.0, 5U), std::pair(64.0, 20U),
        std::pair(1024.0, kMostLoops)}) {
    EXPECT_EQ(server_loops_for(cpus), loops) << cpus;
  }
}

TEST(ServerLoops, AreAsManyAsTheCpusOfAMachineThatOnlyServes) {
  EXPECT_EQ(server_loops_alone(0.5), 1U);
  EXPECT_EQ(server_loops_alone(8), 8U);
  EXPECT_EQ(server_loops_alone(1024), kMostLoops);
}

TEST(ServerLoops, AreChosenWhereNobodyHasSaidThem) {
  Plan plan = plan_of({{}, {.loops = 3}, {.engine = EngineKind::httplib}});
  plan.scenarios.push_back({.name = "urls", .answered_by = RealTargets{}});
  choose_server_loops(plan, server_loops_for(16));
  EXPECT_EQ(plan.scenarios[0].server().loops, 5U);
  EXPECT_EQ(plan.scenarios[1].server().loops, 3U);
  EXPECT_EQ(plan.scenarios[2].server().loops, 1U);
  EXPECT_EQ(most_server_loops(plan), 5U);
  plan.scenarios.erase(plan.scenarios.begin(), plan.scenarios.begin() + 3);
  EXPECT_EQ(most_server_loops(plan), 1U);
}

}  // namespace
}  // namespace fanout

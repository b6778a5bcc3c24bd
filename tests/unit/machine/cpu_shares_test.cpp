// Who gets which CPUs, on machines made up by hand.
#include <gtest/gtest.h>

#include <vector>

#include "harness/machine/environment.h"

namespace fanout {
namespace {

using Cpus = std::vector<int>;

TEST(CpuShares, GiveTheServerTheLastCpusOneForEachLoop) {
  const Cpus cpus{0, 1, 2, 3, 8, 9};
  const CpuShares one = divide_cpus(cpus, Affinity::isolated, 1);
  EXPECT_EQ(one.server, Cpus{9});
  EXPECT_EQ(one.client, (Cpus{0, 1, 2, 3, 8}));
  const CpuShares two = divide_cpus(cpus, Affinity::isolated, 2);
  EXPECT_EQ(two.server, (Cpus{8, 9}));
  EXPECT_EQ(two.client, (Cpus{0, 1, 2, 3}));
}

TEST(CpuShares, LeaveTheClientsOne) {
  const CpuShares shares = divide_cpus({4, 6}, Affinity::isolated, 2);
  EXPECT_EQ(shares.server, Cpus{6});
  EXPECT_EQ(shares.client, Cpus{4});
  const CpuShares many = divide_cpus({1, 2, 3}, Affinity::isolated, 64);
  EXPECT_EQ(many.server, (Cpus{2, 3}));
  EXPECT_EQ(many.client, Cpus{1});
}

TEST(CpuShares, AreTheSameWhereBothShareThemOrThereIsOne) {
  for (const auto& [cpus, affinity] :
       {std::pair(Cpus{0, 1, 2}, Affinity::shared), std::pair(Cpus{5}, Affinity::isolated)}) {
    const CpuShares shares = divide_cpus(cpus, affinity, 2);
    EXPECT_EQ(shares.server, cpus);
    EXPECT_EQ(shares.client, cpus);
  }
}

TEST(CpuShares, AreEmptyWhereNobodyIsPinned) {
  const CpuShares shares = divide_cpus({0, 1, 2, 3}, Affinity::none, 2);
  EXPECT_TRUE(shares.server.empty());
  EXPECT_TRUE(shares.client.empty());
}

}  // namespace
}  // namespace fanout

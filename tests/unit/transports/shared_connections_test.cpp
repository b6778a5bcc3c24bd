#include <gtest/gtest.h>

#include "transports/client_config.h"

namespace fanout {
namespace {

ClientConfig sharing(unsigned connections, unsigned workers) {
  ClientConfig config;
  config.connections = connections;
  config.workers = workers;
  return config;
}

TEST(SharedConnections, AreAClientsShareOfAll) {
  EXPECT_EQ(shared_connections(sharing(4, 10), 10), 4U);  // one loop
  // Three loops of 34, 33 and 33 slots.
  EXPECT_EQ(shared_connections(sharing(6, 100), 34), 2U);
  EXPECT_EQ(shared_connections(sharing(6, 100), 33), 2U);
}

TEST(SharedConnections, AreOneAtLeastAndNoMoreThanSlots) {
  EXPECT_EQ(shared_connections(sharing(1, 100), 33), 1U);
  EXPECT_EQ(shared_connections(sharing(20, 10), 10), 10U);
}

TEST(SharedConnections, AreOneForEachUnlessTheyAreNumbered) {
  EXPECT_EQ(shared_connections(sharing(0, 10), 5), 5U);
}

TEST(SharedConnections, AreNoMoreForHedges) {
  ClientConfig config = sharing(2, 10);
  config.hedge.budget = 0.1;
  EXPECT_EQ(shared_connections(config, 10 * attempts_at_once(config)), 2U);
}

}  // namespace
}  // namespace fanout

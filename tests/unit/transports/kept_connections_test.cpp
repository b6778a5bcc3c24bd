#include "transports/kept_connections.h"

#include <gtest/gtest.h>

#include <memory>

namespace fanout {
namespace {

TEST(KeptConnections, HandsOverWhatItKeeps) {
  KeptConnections<std::unique_ptr<int>> kept(2);
  EXPECT_FALSE(kept.take(7));
  kept.keep(7, std::make_unique<int>(1));
  EXPECT_EQ(kept.size(), 1U);
  const auto taken = kept.take(7);
  ASSERT_TRUE(taken);
  EXPECT_EQ(**taken, 1);
  EXPECT_EQ(kept.size(), 0U);
  EXPECT_FALSE(kept.take(7));
}

TEST(KeptConnections, LetsTheOneThatIsIdleLongestMakeRoom) {
  KeptConnections<int> kept(2);
  kept.keep(1, 10);
  kept.keep(2, 20);
  kept.keep(1, *kept.take(1));  // used meanwhile: 2 is idle longer now
  kept.keep(3, 30);
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_FALSE(kept.take(2));
  EXPECT_EQ(kept.take(1), 10);
  EXPECT_EQ(kept.take(3), 30);
}

TEST(KeptConnections, ClosesWhatMakesRoom) {
  const auto connection = std::make_shared<int>(0);
  KeptConnections<std::shared_ptr<int>> kept(1);
  kept.keep(1, connection);
  EXPECT_EQ(connection.use_count(), 2);
  kept.keep(2, nullptr);
  EXPECT_EQ(connection.use_count(), 1);
}

TEST(KeptConnections, KeepsOneAtLeast) {
  KeptConnections<int> kept(0);
  kept.keep(1, 10);
  EXPECT_EQ(kept.take(1), 10);
}

}  // namespace
}  // namespace fanout

// What runs at the end of a scope.
#include "base/on_exit.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fanout {
namespace {

TEST(OnExit, RunsOnceAtTheEndOfItsScope) {
  int runs = 0;
  {
    const OnExit count([&] { ++runs; });
    EXPECT_EQ(runs, 0);
  }
  EXPECT_EQ(runs, 1);
}

TEST(OnExit, RunsWhenAnExceptionLeavesItsScope) {
  int runs = 0;
  try {
    const OnExit count([&] { ++runs; });
    throw std::runtime_error("left");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace fanout

#include "harness/plan/worker_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::StartsWith;
using unit_test::usage_error;
using Workers = std::vector<unsigned>;

TEST(ParseWorkers, TakesLists) {
  EXPECT_EQ(parse_workers("7"), Workers{7});
  EXPECT_EQ(parse_workers("1,5,10,20"), (Workers{1, 5, 10, 20}));
  EXPECT_EQ(parse_workers("20,1k"), (Workers{20, 1000}));
}

TEST(ParseWorkers, TakesRangesAsPowersOfTwoAndTheLast) {
  EXPECT_EQ(parse_workers("1..64"), (Workers{1, 2, 4, 8, 16, 32, 64}));
  EXPECT_EQ(parse_workers("1..50"), (Workers{1, 2, 4, 8, 16, 32, 50}));
  EXPECT_EQ(parse_workers("3..20"), (Workers{3, 6, 12, 20}));
  EXPECT_EQ(parse_workers("5..5"), Workers{5});
}

TEST(ParseWorkers, TakesRangesWithSteps) {
  EXPECT_EQ(parse_workers("1..10:4"), (Workers{1, 5, 9}));
  EXPECT_EQ(parse_workers("2..8:3"), (Workers{2, 5, 8}));
  EXPECT_EQ(parse_workers("1..64:1").size(), 64U);
}

TEST(ParseWorkers, RefusesEverythingElse) {
  for (const char* text : {"",     ",",      "0",      "-1",    "1.5",     "many",
                           "1,,5", "1,5,",   ",1",     "1, 5",  "100001",  "8..1",
                           "..8",  "1..",    "1..8:0", "1..8:", "1..65:1", "1..2..3",
                           "1:2",  "1..5,9", "5,5",    "10,5",  "1,5,3"}) {
    EXPECT_THAT(usage_error([&] { parse_workers(text); }), StartsWith("--workers: expected "))
        << '"' << text << '"';
  }
}

}  // namespace
}  // namespace fanout

// What every strategy makes of a list that is too long to be held (strategies/long_list.h). There
// are fewer slots than a strategy may ask ahead for, so that requests lie beside them, too.
#include <gtest/gtest.h>

#include "strategies/registry.h"
#include "tests/contract/strategy_harness.h"

namespace fanout::strategy_test {
namespace {

class LongListOf : public testing::TestWithParam<const Strategy*> {};

TEST_P(LongListOf, HasEveryRequestStartedAndFinishedExactlyOnce) {
  constexpr std::size_t kRequests = 500;
  constexpr unsigned kWorkers = 8;
  constexpr std::size_t kSlots = 4;
  if (kThreadSanitizer && GetParam()->name.starts_with("process_")) {
    GTEST_SKIP() << "ThreadSanitizer does not support forking beside its own thread";
  }
  Execution execution(*GetParam(), kRequests, kWorkers);
  execution.keep_tally(kSlots);
  execution.run();
  const Tally& tally = execution.tally();
  for (std::size_t i = 0; i < kRequests; ++i) {
    const Sample sample = tally.at(i);
    ASSERT_EQ(sample.starts, 1) << "request " << i;
    ASSERT_EQ(sample.finishes, 1) << "request " << i;
    ASSERT_EQ(sample.outcome, Outcome::ok) << "request " << i;
  }
  EXPECT_EQ(tally.service_times().count(), kRequests);
  EXPECT_GT(tally.first_start_ns(), 0);
  EXPECT_GE(tally.last_end_ns(), tally.first_start_ns());
  EXPECT_LE(tally.service_times().max(), tally.last_end_ns() - tally.first_start_ns())
      << "each ended with the start that it had";
}

INSTANTIATE_TEST_SUITE_P(Strategies, LongListOf, testing::ValuesIn(strategies()),
                         [](const auto& tested) { return std::string(tested.param->name); });

}  // namespace
}  // namespace fanout::strategy_test

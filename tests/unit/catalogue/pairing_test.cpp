// How a strategy and a transport are run together.
#include "harness/catalogue/pairing.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "base/clock.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

unsigned prepared = 0;
unsigned made = 0;

class Answering final : public BlockingClient {
  Response fetch(const Request&) override { return {.outcome = Outcome::ok}; }
};

// A transport that counts what is asked of it.
const Transport kCounting{
    .name = "counting",
    .stack = "made up",
    .summary = "counts",
    .version = [] { return std::string("1"); },
    .prepare = +[](const ClientConfig&) -> BlockingFactory {
      ++prepared;
      return [] {
        ++made;
        return std::make_unique<Answering>();
      };
    },
};

// Runs 5 requests, a client for each, and returns how they ended.
std::vector<Outcome> outcomes(const ClientConfig& config) {
  prepared = made = 0;
  const Strategy& anew =
      **std::ranges::find(strategies(), std::string_view("sequential"), &Strategy::name);
  std::vector<Request> requests(5);
  for (std::uint32_t i = 0; i < requests.size(); ++i) requests[i].index = i;
  std::vector<Sample> samples(requests.size());
  Job job(requests, samples, {}, {});
  std::get<RunPair>(pair_up(anew, kCounting))(job, config);
  std::vector<Outcome> found;
  for (const Sample& sample : samples) found.push_back(sample.outcome);
  return found;
}

TEST(PairUp, PreparesOnceForAllClients) {
  EXPECT_EQ(outcomes({}), std::vector(5, Outcome::ok));
  EXPECT_EQ(prepared, 1U);
  EXPECT_EQ(made, 5U);
}

TEST(PairUp, MakesNoClientWhenTheDeadlineHasPassed) {
  const std::atomic<std::int64_t> passed = now_ns() - 1;
  ClientConfig config;
  config.deadline = &passed;
  EXPECT_EQ(outcomes(config), std::vector(5, Outcome::deadline));
  EXPECT_EQ(made, 0U);
}

}  // namespace
}  // namespace fanout

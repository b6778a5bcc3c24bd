#include "local_server/token_set.h"

#include <gtest/gtest.h>

#include "local_server/ledger.h"
#include "wire/token.h"

namespace fanout {
namespace {

constexpr FirstTokens kFirst{.seed = 42, .count = 1000};

TEST(TokenSet, KnowsEachExpectedTokenAndEveryOther) {
  TokenSet set;
  set.expect(kFirst);
  for (std::uint64_t i = 0; i < kFirst.count + 10; ++i) {
    const std::uint64_t token = make_token(kFirst.seed, i);
    ASSERT_TRUE(set.insert(token)) << i;
    ASSERT_FALSE(set.insert(token)) << i;
    ASSERT_TRUE(set.insert(attempt_token(token, 1))) << i;
    ASSERT_FALSE(set.insert(attempt_token(token, 1))) << i;
  }
  EXPECT_TRUE(set.insert(0));
  EXPECT_FALSE(set.insert(0));
}

TEST(TokenSet, MergesWhatLoopsHaveSeen) {
  TokenSet mine;
  TokenSet theirs;
  for (TokenSet* set : {&mine, &theirs}) set->expect(kFirst);
  for (std::uint64_t i = 0; i < 600; ++i) mine.insert(make_token(kFirst.seed, i));
  for (std::uint64_t i = 400; i < 1000; ++i) theirs.insert(make_token(kFirst.seed, i));
  mine.insert(7);
  theirs.insert(7);
  theirs.insert(8);
  EXPECT_EQ(mine.merge(theirs), 201U);
  EXPECT_EQ(mine.merge(theirs), 602U);
  EXPECT_FALSE(mine.insert(make_token(kFirst.seed, 999)));
  EXPECT_FALSE(mine.insert(8));
}

// The same words as of a ledger that expects nothing, whatever comes.
TEST(Ledger, CountsTheSameWhetherOrNotItKnowsTheTokens) {
  Ledger knows;
  knows.expect(kFirst);
  Ledger plain;
  for (Ledger* ledger : {&knows, &plain}) {
    for (const std::uint64_t i : {0ULL, 1ULL, 1ULL, 999ULL, 1000ULL, 1000ULL}) {
      ledger->arrived(make_token(kFirst.seed, i));
    }
    ledger->arrived(make_token(kFirst.seed + 1, 0));
    ledger->arrived(std::nullopt);
  }
  for (const auto count : {&ServerCounters::requests, &ServerCounters::unique_tokens,
                           &ServerCounters::duplicate_tokens, &ServerCounters::untokened}) {
    EXPECT_EQ(knows.counters().*count, plain.counters().*count);
  }
  EXPECT_EQ(knows.counters().unique_tokens, 5U);
  EXPECT_EQ(knows.counters().duplicate_tokens, 2U);
}

}  // namespace
}  // namespace fanout

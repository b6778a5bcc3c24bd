#include "wire/token.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

namespace fanout {
namespace {

std::string text_of_token(std::uint64_t token) {
  const TokenText text = token_text(token);
  return {text.data(), text.size()};
}

TEST(Token, IsWrittenAsSixteenLowerCaseDigits) {
  EXPECT_EQ(text_of_token(0x0123456789abcdef), "0123456789abcdef");
  EXPECT_EQ(text_of_token(0), "0000000000000000");
  EXPECT_EQ(text_of_token(UINT64_MAX), "ffffffffffffffff");
}

TEST(Token, SurvivesBeingWrittenAndRead) {
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t token = make_token(3, i);
    ASSERT_EQ(parse_token(text_of_token(token)), token);
  }
}

TEST(Token, TellsItsIndex) {
  for (const std::uint64_t seed : {0ULL, 3ULL, ~0ULL}) {
    for (const std::uint64_t index : {0ULL, 1ULL, 2ULL, 4'000'000'000ULL, ~0ULL - 1}) {
      EXPECT_EQ(index_of_token(seed, make_token(seed, index)), index);
    }
    for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_EQ(unmix64(mix64(seed + i)), seed + i);
  }
}

TEST(Token, IsReadOnlyFromExactlySixteenLowerCaseDigits) {
  for (const char* text : {"", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF",
                           "0123456789abcdeg", "0123456789abcde ", "-123456789abcdef"}) {
    EXPECT_EQ(parse_token(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Token, IsFoundInAPath) {
  EXPECT_EQ(token_of_path("/r/0123456789abcdef"), 0x0123456789abcdefU);
  for (const char* path : {"", "/", "/r/", "/r/12", "r/0123456789abcdef", "/x/0123456789abcdef",
                           "/r/0123456789abcdef/", "/r/0123456789abcdef?a=1"}) {
    EXPECT_EQ(token_of_path(path), std::nullopt) << '"' << path << '"';
  }
}

TEST(Token, IsDistinctForEveryRequestOfARun) {
  constexpr std::size_t kRequests = 200'000;
  for (const std::uint64_t seed : {0ULL, 1ULL, ~0ULL}) {
    std::unordered_set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < kRequests; ++i) seen.insert(make_token(seed, i));
    EXPECT_EQ(seen.size(), kRequests) << "seed " << seed;
  }
}

TEST(Token, DiffersBetweenSeeds) {
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_NE(make_token(1, i), make_token(2, i));
}

// The inverse of x ^ (x >> shift): shifting again until nothing is left to shift in.
std::uint64_t undo_shift(std::uint64_t x, int shift) {
  std::uint64_t result = x;
  for (int done = shift; done < 64; done += shift) result = x ^ (result >> shift);
  return result;
}

// The factor that undoes an odd one modulo 2^64, by Newton's iteration: each step doubles the
// number of right bits, from 3.
std::uint64_t inverse_of(std::uint64_t odd) {
  std::uint64_t inverse = odd;
  for (int bits = 3; bits < 64; bits *= 2) inverse *= 2 - odd * inverse;
  return inverse;
}

TEST(Mix64, IsABijection) {
  // A function that can be undone maps no two inputs to one output.
  const auto undo = [](std::uint64_t x) {
    x = undo_shift(x, 31) * inverse_of(0x94d049bb133111ebULL);
    x = undo_shift(x, 27) * inverse_of(0xbf58476d1ce4e5b9ULL);
    return undo_shift(x, 30);
  };
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t x = i * 0x9e3779b97f4a7c15ULL;
    ASSERT_EQ(undo(mix64(x)), x);
  }
}

TEST(Mix64, IsTheFinaliserOfSplitMix64) {
  // The first output of SplitMix64 seeded with 0 is the finaliser of its increment:
  // 0xe220a8397b1dcdaf (published test vector).
  EXPECT_EQ(mix64(0x9e3779b97f4a7c15ULL), 0xe220a8397b1dcdafULL);
}

TEST(UnitShare, IsInsideTheUnitInterval) {
  EXPECT_GT(unit_share(0), 0);
  EXPECT_LT(unit_share(~std::uint64_t{0}), 1);
  EXPECT_NEAR(unit_share(std::uint64_t{1} << 63), 0.5, 1e-9);
}

}  // namespace
}  // namespace fanout

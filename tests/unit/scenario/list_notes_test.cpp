#include "harness/scenario/list_notes.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

// printf 'http://a/\nhttp://b/\n' | sha256sum
TEST(ListDigest, IsThatOfTheLines) {
  ListDigest digest;
  digest.add("http://a/");
  digest.add("http://b/");
  EXPECT_EQ(digest.finish(), "cb5ce9cfecde9297d17c7ddafc4a6a9059ec99a1f2135da5fff08f191278d338");
}

TEST(LineNumbers, AreThoseOfTheFile) {
  LineNumbers lines;
  EXPECT_EQ(lines.of(0), std::nullopt);
  // The first entry is no line; then lines 3, 4, 5, 9 and 10.
  for (const auto& [entry, line] : {std::pair{1, 3}, {2, 4}, {3, 5}, {4, 9}, {5, 10}}) {
    lines.note(entry, line);
  }
  EXPECT_EQ(lines.of(0), std::nullopt);
  EXPECT_EQ(lines.of(1), 3);
  EXPECT_EQ(lines.of(3), 5);
  EXPECT_EQ(lines.of(4), 9);
  EXPECT_EQ(lines.of(5), 10);
}

// A line that turned out to hold no URL takes no entry.
TEST(LineNumbers, BelieveTheLastOfSeveralForAnEntry) {
  LineNumbers lines;
  lines.note(0, 1);
  lines.note(1, 2);
  lines.note(1, 3);
  EXPECT_EQ(lines.of(0), 1);
  EXPECT_EQ(lines.of(1), 3);
}

}  // namespace
}  // namespace fanout

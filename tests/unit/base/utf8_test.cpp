#include "base/utf8.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Utf8, LeavesTextAsItIs) {
  for (const char* text : {"", "plain\n", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(as_utf8(text), text);
  }
}

TEST(Utf8, ReplacesEachByteThatIsNone) {
  constexpr const char* kOne = "\xef\xbf\xbd";
  EXPECT_EQ(as_utf8("a\xff"
                    "b"),
            std::string("a") + kOne + "b");
  EXPECT_EQ(as_utf8("\xc3"), kOne);  // cut short
  EXPECT_EQ(as_utf8("\xc3("), std::string(kOne) + "(");
  EXPECT_EQ(as_utf8("\xc0\x80"), std::string(kOne) + kOne);  // longer than it has to be
  EXPECT_EQ(as_utf8("\xe0\x80\x80"), std::string(kOne) + kOne + kOne);
  EXPECT_EQ(as_utf8("\xed\xa0\x80"), std::string(kOne) + kOne + kOne);  // a surrogate
  EXPECT_EQ(as_utf8("\xf4\x90\x80\x80").size(), 12U);                   // beyond U+10FFFF
}

}  // namespace
}  // namespace fanout

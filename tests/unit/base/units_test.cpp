#include "base/units.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, TakesEveryUnit) {
  EXPECT_EQ(parse_duration("90ns"), 90ns);
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("17ms"), 17ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("0"), 0ns);
  EXPECT_EQ(parse_duration("0s"), 0ns);
}

TEST(ParseShare, TakesPercentAndFractions) {
  EXPECT_DOUBLE_EQ(*parse_share("3%"), 0.03);
  EXPECT_DOUBLE_EQ(*parse_share("0.5 %"), 0.005);
  EXPECT_DOUBLE_EQ(*parse_share("0.05"), 0.05);
  for (const char* text : {"", "%", "-1%", "3 percent", "nan", "2000%", "1e-2"}) {
    EXPECT_EQ(parse_share(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, RefusesWhatIsNotADuration) {
  for (const char* text : {"", "5", "s", "ms", "1", "-1s", "1 s", " 1s", "1s ", "1h", "1S", "1e3s",
                           "0x1s", "1,5s", "400000m0", "1ss"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseDuration, RefusesNumbersThatAreNone) {
  for (const char* text : {"nans", "nanms", "infs", "-nans"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseDuration, RefusesMoreThanAYear) {
  EXPECT_TRUE(parse_duration("527040m").has_value());  // 366 x 24 x 60
  EXPECT_EQ(parse_duration("527041m"), std::nullopt);
}

TEST(ParseCount, TakesPowersOfTen) {
  EXPECT_EQ(parse_count("0"), 0U);
  EXPECT_EQ(parse_count("200"), 200U);
  EXPECT_EQ(parse_count("10k"), 10'000U);
  EXPECT_EQ(parse_count("1.5k"), 1500U);
  EXPECT_EQ(parse_count("2M"), 2'000'000U);
  EXPECT_EQ(parse_count("1000000M"), 1'000'000'000'000U);
}

TEST(ParseCount, TakesEveryWholeNumberOfThousands) {
  // 1.001 x 1000 is 1000.9999999999999 in floating point, and still 1001.
  EXPECT_EQ(parse_count("1.001k"), 1001U);
  EXPECT_EQ(parse_count("8.201k"), 8201U);
}

TEST(ParseCount, RefusesWhatIsNotACount) {
  for (const char* text : {"", "k", "-1", "1.5", "1 k", "1K", "1m", "1e3", "0x10", "nan", "inf",
                           "1000000000001", "1.0005k"}) {
    EXPECT_EQ(parse_count(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(FormatDuration, KeepsThreeDigitsAndTheNumberBelowAThousand) {
  EXPECT_EQ(format_duration(0), "0 ns");
  EXPECT_EQ(format_duration(90), "90 ns");
  EXPECT_EQ(format_duration(999.4), "999 ns");
  EXPECT_EQ(format_duration(999.6), "1.00 us");
  EXPECT_EQ(format_duration(17'100'000), "17.1 ms");
  EXPECT_EQ(format_duration(9'994'000), "9.99 ms");
  EXPECT_EQ(format_duration(9'996'000), "10.0 ms");
  EXPECT_EQ(format_duration(99'960'000), "100 ms");
  EXPECT_EQ(format_duration(999.4e6), "999 ms");
  EXPECT_EQ(format_duration(999.6e6), "1.00 s");
  EXPECT_EQ(format_duration(1.2e12), "1200 s");  // there is no longer unit
}

TEST(FormatBytes, KeepsThreeDigitsAndTheNumberBelow1024) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.00 KiB");
  EXPECT_EQ(format_bytes(512 * 1024), "512 KiB");
  EXPECT_EQ(format_bytes(2.1 * 1024 * 1024), "2.10 MiB");
  EXPECT_EQ(format_bytes(1024.0 * 1024 * 1024), "1.00 GiB");
  EXPECT_EQ(format_bytes(5000.0 * 1024 * 1024 * 1024), "5000 GiB");
}

TEST(FormatCount, SeparatesThousands) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1'234'567), "1,234,567");
  EXPECT_EQ(format_count(UINT64_MAX), "18,446,744,073,709,551,615");
}

}  // namespace
}  // namespace fanout

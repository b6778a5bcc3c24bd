#include "base/json_read.h"

#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout::json_read {
namespace {

using namespace std::chrono_literals;
using unit_test::usage_error;

enum class Colour { red, green };
const EnumNames<Colour, 2> kColours{{{"red", Colour::red}, {"green", Colour::green}}};

TEST(JsonRead, ReturnsWhatIsThere) {
  EXPECT_EQ(whole_number("a", 5U, 5, 5), 5U);
  EXPECT_EQ(boolean("a", true), true);
  EXPECT_EQ(text("a", "b"), "b");
  EXPECT_EQ(texts("a", {"b", "c"}), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(duration("a", "17ms"), 17ms);
  EXPECT_EQ(one_of("a", "green", kColours), Colour::green);
  EXPECT_EQ(enum_name(Colour::green, kColours), "green");
  EXPECT_EQ(required("a", {{"b", 1}}, "b", ""), 1);
  EXPECT_NO_THROW(check_object("a", {{"b", 1}}, {"b", "c"}));
}

TEST(JsonRead, NamesPathExpectedAndFound) {
  EXPECT_EQ(usage_error([] { whole_number("a.b", 6U, 1, 5); }),
            "a.b: expected a whole number from 1 to 5, found 6");
  EXPECT_EQ(usage_error([] { boolean("a.b", 1); }), "a.b: expected true or false, found 1");
  EXPECT_EQ(usage_error([] { text("a.b", nullptr); }), "a.b: expected a text, found null");
  EXPECT_EQ(usage_error([] { texts("a.b", "c"); }), "a.b: expected an array of texts, found \"c\"");
  EXPECT_EQ(usage_error([] { texts("a.b", {"c", 1}); }), "a.b[1]: expected a text, found 1");
  EXPECT_EQ(usage_error([] { duration("a.b", "17"); }),
            "a.b: expected a duration with a unit, such as \"17ms\", found \"17\"");
  EXPECT_EQ(usage_error([] { one_of("a.b", "blue", kColours); }),
            "a.b: expected one of red, green, found \"blue\"");
}

TEST(JsonRead, NamesUnknownAndMissingKeys) {
  EXPECT_EQ(usage_error([] {
              check_object("a", {{"x", 1}}, {"b", "c"});
            }),
            "a.x: unknown key; known: b, c");
  EXPECT_EQ(usage_error([] { check_object("a", 1, {"b"}); }), "a: expected an object, found 1");
  EXPECT_EQ(usage_error([] {
              required("a", {{"x", 1}}, "b", "c needs it");
            }),
            "a.b: missing; c needs it");
}

TEST(JsonRead, RefusesAKeyThatIsThereTwice) {
  EXPECT_EQ(
      usage_error([] { parse("mine.json", R"({"a": {"b": 1}, "c": [{"b": 1, "b": 2}]})", ""); }),
      "mine.json: the key \"b\" is there twice in one object; leave one");
  EXPECT_EQ(parse("mine.json", R"({"a": {"b": 1}, "b": [{"b": 2}, {"b": 3}]})", "").size(), 2U);
  EXPECT_EQ(usage_error([] { parse("mine.json", R"({"a")", "mend it"); }),
            "mine.json: not JSON at byte 5; mend it");
}

TEST(JsonRead, RefusesANumberThatIsTooLarge) {
  EXPECT_EQ(usage_error([] { parse("mine.json", R"({"a": 1e999})", "mend it"); }),
            "mine.json: number overflow parsing '1e999'; write a smaller one");
}

TEST(JsonRead, SaysWhatTheLibraryComplainsOf) {
  try {
    (void)Json::object().at("tool");
    FAIL();
  } catch (const Json::exception& error) {
    EXPECT_EQ(complaint(error), "key 'tool' not found");
  }
}

TEST(JsonRead, CutsLongValuesShortInErrors) {
  const std::string error = usage_error([] { boolean("a", std::string(1000, 'x')); });
  EXPECT_LT(error.size(), 150U);
  EXPECT_TRUE(error.ends_with("xxx...")) << error;
}

}  // namespace
}  // namespace fanout::json_read

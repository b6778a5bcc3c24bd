// Header fields as users write them, and the type of a body.
#include "harness/scenario/request_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/make_plan.h"
#include "harness/plan/selection.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using unit_test::kAmple;
using unit_test::usage_error;

Selection one_url() {
  Selection selection;
  selection.targets = RealTargets{.urls = 1, .origins = 1, .source = "list.txt"};
  return selection;
}

TEST(RequestHeaders, AreNamesAndValues) {
  const auto error = [](const std::string& header) {
    return usage_error([&] { check_headers({header}); });
  };
  EXPECT_EQ(error("X-A: b: c, d"), "no error");
  EXPECT_EQ(error("accept: */*"), "no error");
  for (const char* right :
       {"X:b", "X;", "X:", "X: ", "X:  b ", "X: \xc3\xa4", "X: \xe4", "X: a\tb", "Host: a",
        "user-agent: a", "Content-Type: a", "User-Agent:", "Expect:", "Content-Type:"}) {
    EXPECT_EQ(error(right), "no error") << right;
  }
  for (const char* wrong : {"", "X", ": b", "X Y: b", "X\xc3\xa4: b", "X; b"}) {
    EXPECT_THAT(error(wrong), HasSubstr("expected 'Name: value'")) << wrong;
  }
  EXPECT_THAT(error("X: b\r\nY: c"), HasSubstr("line end"));
  EXPECT_THAT(error(std::string("X: b\0c", 6)), AllOf(HasSubstr("\"X:\""), HasSubstr("control")));
  for (const char* ours : {"CONTENT-LENGTH: 5", "Connection: close", "Transfer-Encoding: chunked",
                           "Expect: 100-continue"}) {
    EXPECT_THAT(error(ours), HasSubstr("fanout sets")) << ours;
  }
  EXPECT_THAT(error("Host:"), HasSubstr("needs it"));
  EXPECT_THAT(error("X: " + std::string(40'000, 'a')), HasSubstr("at most 32768"));
}

TEST(RequestHeaders, TellWhoComesUnlessTheUserSays) {
  const auto sent = [](std::vector<std::string> headers) {
    Selection selection = one_url();
    selection.headers = std::move(headers);
    return sent_headers(make_plan(selection, kAmple, {}).scenarios[0]);
  };
  EXPECT_THAT(sent({}), ElementsAre(testing::StartsWith("User-Agent: fanout/")));
  EXPECT_THAT(sent({"user-agent:me"}), ElementsAre("user-agent:me"));
  EXPECT_THAT(sent({"User-Agent:"}), ElementsAre("User-Agent:"));
}

TEST(RequestBody, IsTakenAsCurlDoes) {
  Selection selection = one_url();
  selection.body = "a=1";
  Scenario scenario = make_plan(selection, kAmple, {}).scenarios[0];
  EXPECT_EQ(scenario.method, Method::post);
  EXPECT_EQ(scenario.request_body_bytes, 3U);
  EXPECT_THAT(scenario.headers, ElementsAre("Content-Type: application/x-www-form-urlencoded"));
  selection.body = "[1]";
  selection.method = Method("DELETE");
  scenario = make_plan(selection, kAmple, {}).scenarios[0];
  EXPECT_EQ(scenario.method, Method("DELETE"));
  EXPECT_THAT(scenario.headers, ElementsAre("Content-Type: application/json"));
  selection.headers = {"content-type:"};
  EXPECT_THAT(make_plan(selection, kAmple, {}).scenarios[0].headers, ElementsAre("content-type:"));
  selection.method = Method::head;
  EXPECT_THAT(usage_error([&] { make_plan(selection, kAmple, {}); }), HasSubstr("HEAD"));
}

}  // namespace
}  // namespace fanout

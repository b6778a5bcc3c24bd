// Lines of lists: URLs, JSON objects, and files of them whatever their line ends.
#include "harness/scenario/request_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/text_lines.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using unit_test::TempFolder;
using unit_test::usage_error;

RequestForm form_of(const std::string& text, const RequestDefaults& defaults = {}) {
  const RequestLine line = parse_request_line(text, defaults);
  EXPECT_TRUE(line.form.has_value()) << text;
  return line.form.value_or(RequestForm{});
}

std::string refusal(const std::string& text) {
  return usage_error([&] { (void)parse_request_line(text, {}); });
}

TEST(RequestLine, HasTheFormOfTheDefaultsUnlessItSaysMore) {
  EXPECT_FALSE(parse_request_line("http://a/b", {}).form);
  const RequestLine line = parse_request_line(R"({"url": "http://a/b"})", {});
  EXPECT_FALSE(line.form);
  EXPECT_EQ(line.url.path, "/b");
}

TEST(RequestLine, MayBeATargetOfVegeta) {
  const RequestForm form = form_of(
      R"({"method":"PUT","url":"http://a/","header":{"X-A":["1","2"],"X-B":[""]},"body":"eyJhIjoxfQ=="})");
  EXPECT_EQ(form.method, Method("PUT"));
  EXPECT_EQ(form.fields, "X-A: 1\r\nX-A: 2\r\nX-B: \r\nContent-Type: application/json\r\n");
  EXPECT_EQ(form.body, R"({"a":1})");
}

TEST(RequestLine, TakesTextsToo) {
  const RequestForm form =
      form_of(R"({"url":"http://a/","headers":{"Content-Type":"a/b"},"body_text":"x=1"})");
  EXPECT_EQ(form.method, Method::post);
  EXPECT_EQ(form.fields, "Content-Type: a/b\r\n");
  EXPECT_EQ(form.body, "x=1");
  EXPECT_THAT(form_of(R"({"url":"http://a/","body_text":"x=1"})").fields,
              HasSubstr("application/x-www-form-urlencoded"));
}

TEST(RequestLine, AddsToTheDefaultsAndReplacesWhatItNames) {
  const RequestDefaults defaults{Method("PATCH"), {"X-A: 1", "X-B: 2"}, "{}"};
  const RequestForm form = form_of(R"({"url":"http://a/","headers":{"x-a":"3"}})", defaults);
  EXPECT_EQ(form.method, Method("PATCH"));
  EXPECT_EQ(form.fields, "X-B: 2\r\nx-a: 3\r\nContent-Type: application/json\r\n");
  EXPECT_EQ(form.body, "{}");
  EXPECT_EQ(form_of(R"({"url":"http://a/","method":"HEAD"})", defaults).body, "");
}

TEST(RequestLine, SendsItsCredentialsUnlessAuthorizationIsNamed) {
  EXPECT_EQ(form_of("http://me:s%40cret@a/").fields, "Authorization: Basic bWU6c0BjcmV0\r\n");
  EXPECT_EQ(form_of("http://me@a/").fields, "Authorization: Basic bWU6\r\n");
  const RequestDefaults defaults{{}, {"authorization: mine"}, {}};
  EXPECT_EQ(form_of("http://me:x@a/", defaults).fields, "authorization: mine\r\n");
}

TEST(RequestLine, SaysWhatIsWrong) {
  EXPECT_THAT(refusal(R"({"url":"http://a/","ur":1})"), HasSubstr("unknown key \"ur\""));
  EXPECT_THAT(refusal(R"({"method":"GET"})"), HasSubstr("no \"url\""));
  EXPECT_THAT(refusal(R"({"url":"http://a/")"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","method":"get"})"), HasSubstr("upper case"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","body":"plain"})"), HasSubstr("body_text"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","body":"","body_text":""})"), HasSubstr("exclude"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","method":"HEAD","body_text":"x"})"),
              HasSubstr("no body"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","headers":{"A B":"x"}})"), HasSubstr("'Name: value'"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","headers":{"A":"x\r\nB: y"}})"), HasSubstr("line end"));
  EXPECT_THAT(refusal(R"({"url":"http://a/","headers":{"A":5}})"), HasSubstr("headers.A"));
}

std::vector<std::string> lines_of(const std::string& text) {
  const TempFolder folder;
  TextLines lines(folder.file("list.txt", text), "--urls");
  std::vector<std::string> all;
  for (std::string line; lines.next(line, 10);) all.push_back(line);
  return all;
}

TEST(TextLines, KnowsEveryLineEndAndTheByteOrderMark) {
  EXPECT_THAT(lines_of("a\nb\r\nc\rd"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(lines_of("\xef\xbb\xbf"
                       "a\n\n\r\r\nb\r"),
              ElementsAre("a", "", "", "", "b"));
  EXPECT_THAT(lines_of("a\r\n"), ElementsAre("a"));
  EXPECT_THAT(lines_of(""), ElementsAre());
  EXPECT_THAT(lines_of("0123456789abc\nd"), ElementsAre("0123456789a", "d")) << "cut";
  const std::string across((1 << 16) - 1, '\n');  // CR and LF on two sides of a buffer's end
  EXPECT_EQ(lines_of(across + "\r\nb").size(), across.size() + 2);
}

TEST(TextLines, NamesWhatIsNoText) {
  EXPECT_THAT(usage_error([] { lines_of(std::string("\xff\xfeh\0", 4)); }), HasSubstr("UTF-16"));
  EXPECT_THAT(usage_error([] { lines_of(std::string("\xfe\xff\0h", 4)); }), HasSubstr("iconv"));
  EXPECT_THAT(usage_error([] { lines_of(std::string("a\nh\0t\0", 6)); }),
              HasSubstr("line 2: holds a NUL byte"));
  const TempFolder folder;
  EXPECT_THAT(usage_error([&] { TextLines(folder.path("none"), "--urls"); }),
              HasSubstr("cannot be read"));
  EXPECT_THAT(usage_error([&] { TextLines(folder.path(""), "--urls"); }),
              HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace fanout

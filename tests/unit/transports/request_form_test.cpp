// Methods, header fields as users write them, and what a request says besides its path.
#include "transports/request_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transports/http_text.h"
#include "transports/path.h"

namespace fanout {
namespace {

TEST(ParseMethod, TakesAnyTokenButThoseThatCannotBeMeant) {
  for (const char* name : {"GET", "DELETE", "PROPFIND", "M-SEARCH", "x", "Purge"}) {
    ASSERT_TRUE(parse_method(name)) << name;
    EXPECT_EQ(parse_method(name)->name(), name);
  }
  for (const char* name : {"", "get", "Post", "G ET", "GET\r\nX: y", "CONNECT", "G\xc3\x89T"}) {
    EXPECT_FALSE(parse_method(name)) << name;
  }
  EXPECT_FALSE(parse_method(std::string(32, 'A')));
  EXPECT_TRUE(parse_method(std::string(31, 'A')));
}

TEST(IsIdempotent, FollowsTheStandard) {
  for (const char* name : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
    EXPECT_TRUE(is_idempotent(Method(name))) << name;
  }
  for (const char* name : {"POST", "PATCH", "PROPFIND", "PUTT"}) {
    EXPECT_FALSE(is_idempotent(Method(name))) << name;
  }
}

TEST(HeaderFieldForms, AreThoseOfCurl) {
  const auto parts = [](std::string_view text) {
    const HeaderField field = header_field(text);
    return std::string(field.name) + "|" + std::string(field.value) + (field.removes ? "|-" : "");
  };
  EXPECT_EQ(parts("X-A: b: c; d"), "X-A|b: c; d");
  EXPECT_EQ(parts("X-A:b"), "X-A|b");
  EXPECT_EQ(parts("X-A:  b  "), "X-A|b");
  EXPECT_EQ(parts("X-A;"), "X-A|");
  EXPECT_EQ(parts("X-A:"), "X-A||-");
  EXPECT_EQ(parts("X-A: "), "X-A||-");
  EXPECT_EQ(parts("X-A; b"), "|");
  EXPECT_EQ(parts("X-A"), "|");
}

TEST(MakeForm, PutsTheHostFirstAndNamesTheTypeOfABody) {
  EXPECT_EQ(make_form(Method::get, {"X: 1", "host:a", "Y;", "Z:"}, "").fields,
            "Host: a\r\nX: 1\r\nY: \r\n");
  EXPECT_EQ(make_form(Method::post, {"X: 1"}, "").fields,
            "Content-Type: application/octet-stream\r\nX: 1\r\n");
  EXPECT_EQ(make_form(Method::get, {"CONTENT-TYPE: a"}, "b").fields, "CONTENT-TYPE: a\r\n");
  EXPECT_EQ(make_form(Method::post, {"Content-Type:"}, "b").fields, "");
}

TEST(StoredForm, IsTheFormThatWasStored) {
  const RequestForm form = make_form(Method("PUT"), {"A: 1"}, std::string("a\0b", 3));
  std::string text = "/path";
  append_form(form.view(), text);
  const std::size_t end = text.size();
  text += "/next";
  ClientConfig config;
  config.paths = text;
  const std::uint64_t token = path_place(0, 5) | kOwnForm;
  const FormView stored = own_form(text, token);
  EXPECT_EQ(stored.method, form.method);
  EXPECT_EQ(stored.fields, form.fields);
  EXPECT_EQ(stored.body, form.body);
  EXPECT_EQ(5 + stored_size(stored), end);
  EXPECT_EQ(method_of(config, token), Method("PUT"));
  EXPECT_TRUE(may_repeat(config, token));
  EXPECT_EQ(method_of(config, path_place(0, 5)), Method::get);
}

TEST(DefaultForm, FillsABodyOnlyWhereThereIsToBeOne) {
  ClientConfig config;
  config.request_body_bytes = 3;
  EXPECT_EQ(default_form(config).body, "");
  config.method = Method("PUT");
  EXPECT_EQ(default_form(config).body, "xxx");
  config.method = Method("DELETE");
  EXPECT_EQ(default_form(config).body, "");
  config.body = "mine";
  EXPECT_EQ(default_form(config).body, "mine");
}

}  // namespace
}  // namespace fanout

// URLs as users write them, and what is asked of strangers' servers.
#include "transports/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/courtesy.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using unit_test::usage_error;

std::string refusal(const std::string& text) {
  return usage_error([&] { (void)parse_url(text); });
}

TEST(ParseUrl, TakesItApart) {
  const Url url = parse_url("http://Example.ORG:8080/a/../b%20c?x=1&y=/z");
  EXPECT_FALSE(url.tls);
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 8080);
  EXPECT_EQ(url.path, "/a/../b%20c?x=1&y=/z");
  EXPECT_FALSE(url.encoded || url.scheme_added || url.credentials);
}

TEST(ParseUrl, KnowsTheSchemesPortsAndTheShortestPath) {
  EXPECT_EQ(parse_url("http://127.0.0.1").port, 80);
  EXPECT_EQ(parse_url("http://127.0.0.1").path, "/");
  EXPECT_EQ(parse_url("http://127.0.0.1?q").path, "/?q");
  EXPECT_EQ(parse_url("https://127.0.0.1/").port, 443);
  EXPECT_TRUE(parse_url("HTTPS://127.0.0.1/").tls);
}

TEST(ParseUrl, KnowsIPv6AndUnixSockets) {
  const Url six = parse_url("http://[2001:DB8::1]:8080/a");
  EXPECT_EQ(six.host, "2001:db8::1");
  EXPECT_EQ(six.port, 8080);
  const Url local = parse_url("http+unix://%2Frun%2Fx%20y.sock/a?b");
  EXPECT_EQ(local.unix_socket, "/run/x y.sock");
  EXPECT_EQ(local.host, "localhost");
  EXPECT_EQ(local.port, 80);
  EXPECT_EQ(local.path, "/a?b");
  EXPECT_EQ(parse_url("http+unix://%2Fx").path, "/");
}

TEST(ParseUrl, SaysWhatIsWrong) {
  EXPECT_THAT(refusal("ftp://a/"), HasSubstr("begins with http://, https:// or http+unix://"));
  for (const char* text : {"-n", "/path", "", "http:/a", "https:", "#x", "?x"}) {
    EXPECT_THAT(refusal(text), HasSubstr("begins with http://")) << text;
  }
  EXPECT_THAT(refusal("http://[fe80::1%25eth0]/"), HasSubstr("interface"));
  for (const char* wrong : {"http+unix://", "http+unix:///a", "http+unix://run/a"}) {
    EXPECT_THAT(refusal(wrong), HasSubstr("the path of a Unix socket")) << wrong;
  }
  EXPECT_THAT(refusal("http+unix://%2F" + std::string(200, 'a')), HasSubstr("at most 107 bytes"));
  EXPECT_THAT(refusal("http://a:0/"), HasSubstr("port 0"));
  EXPECT_THAT(refusal("http://a:65536/"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("http://"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("http://a/b\r\nHost: c"), AllOf(HasSubstr("b??Host"), HasSubstr("%XX")));
  EXPECT_THAT(refusal("http://a b/"), HasSubstr("blank before its path"));
  EXPECT_THAT(refusal("GET http://a/"), HasSubstr("begins with http://"));
  EXPECT_THAT(refusal("http://\xe4/"), HasSubstr("international"));
  EXPECT_THAT(refusal("http://a%80/"), HasSubstr("international"));
  EXPECT_THAT(refusal("http://a%%3333/"), HasSubstr("its host name holds a %"));
  EXPECT_THAT(refusal("http://me%00@a/"), HasSubstr("control character"));
  EXPECT_THAT(refusal("http://me:secret@a:0/x"), StartsWith("http://me:***@a:0/x: "));
  EXPECT_THAT(refusal("http://secret@a:0/x"), StartsWith("http://secret:***@a:0/x: "));
  EXPECT_THAT(refusal("http://a/" + std::string(kLongestUrl, 'b')), HasSubstr("longer than 8000"));
  EXPECT_EQ(parse_url("http://a/" + std::string(kLongestUrl - 9, 'b')).path.size(),
            kLongestUrl - 8);
}

TEST(ParseUrl, TakesWhatCanOnlyBeMeantInOneWay) {
  const Url bare = parse_url("Example.org:81/x");
  EXPECT_TRUE(bare.scheme_added);
  EXPECT_FALSE(bare.tls);
  EXPECT_EQ(bare.host, "example.org");
  EXPECT_EQ(bare.port, 81);
  EXPECT_EQ(parse_url("localhost").path, "/");
  const Url blank = parse_url("http://a/b c\xc3\xa4?d e");
  EXPECT_TRUE(blank.encoded);
  EXPECT_EQ(blank.path, "/b%20c%C3%A4?d%20e");
  EXPECT_EQ(parse_url("http://a/b?c#part one").path, "/b?c");
  EXPECT_EQ(parse_url("http://a#part").path, "/");
  EXPECT_EQ(parse_url("http://a/b|c\"{}?d=[]&e=http://f/@").path, "/b|c\"{}?d=[]&e=http://f/@");
  EXPECT_EQ(parse_url("http://a/?").path, "/?");
}

TEST(ParseUrl, KnowsUsersAndInternationalNames) {
  EXPECT_EQ(parse_url("http://me:se%3Acr%40et@a/").credentials, "me:se:cr@et");
  EXPECT_EQ(parse_url("http://me@a/").credentials, "me:");
  EXPECT_EQ(parse_url("http://me:\xc3\xa4@a/").credentials, "me:\xc3\xa4");
  EXPECT_EQ(parse_url("http://b\xc3\xbc"
                      "cher.example:8080/\xc3\xbc")
                .host,
            "xn--bcher-kva.example");
  EXPECT_EQ(parse_url("http://stra\xc3\x9f"
                      "e.example/")
                .host,
            "xn--strae-oqa.example");
}

class Courtesy : public testing::Test {
 protected:
  Courtesy() {
    plan.scenarios = {{.name = "urls", .requests = 10}};
    plan.cells = {{.scenario = "urls", .workers = 10}, {.scenario = "urls", .workers = 1}};
    plan.rounds = 5;  // 10 x 2 x 5 = 100
  }
  [[nodiscard]] std::string refusal(const std::string& address) const {
    return usage_error([&] { check_courtesy(plan, {{{"127.0.0.1"}}, {{address}}}); });
  }
  Plan plan;
};

TEST_F(Courtesy, AllowsAHundredRequestsTenAtATime) { EXPECT_EQ(refusal("192.0.2.1"), "no error"); }

TEST_F(Courtesy, CountsCellsRoundsAndRetries) {
  plan.rounds = 6;
  EXPECT_THAT(refusal("192.0.2.1"),
              AllOf(HasSubstr("192.0.2.1"), HasSubstr("10 and 120 (cells x rounds: 2 x 6)"),
                    HasSubstr("--i-may-load-this-target")));
  EXPECT_EQ(refusal("127.9.9.9"), "no error");
  plan.rounds = 3;
  EXPECT_EQ(refusal("192.0.2.1"), "no error");
  plan.scenarios[0].retry.retries = 1;
  EXPECT_THAT(refusal("192.0.2.1"), HasSubstr("2 x 3, retries: 1"));
}

TEST_F(Courtesy, TakesUnixSocketsForThisMachine) {
  plan.rounds = 1000;
  EXPECT_EQ(usage_error([&] {
              check_courtesy(plan, {{.addresses = {}, .name = "localhost", .unix_socket = "/x"},
                                    {.addresses = {"::1"}}});
            }),
            "no error");
  EXPECT_THAT(refusal("2001:db8::1"), HasSubstr("2001:db8::1"));
}

TEST_F(Courtesy, CountsWorkers) {
  plan.cells[0].workers = 11;
  EXPECT_THAT(refusal("192.0.2.1"), HasSubstr("this plan has 11"));
}

}  // namespace
}  // namespace fanout

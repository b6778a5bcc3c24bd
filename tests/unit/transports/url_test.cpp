// URLs as users write them, lists of them, and what is asked of strangers' servers.
#include "transports/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/courtesy.h"
#include "harness/scenario/request_headers.h"
#include "harness/scenario/url_list.h"
#include "harness/scenario/url_spool.h"
#include "tests/unit/support.h"
#include "transports/path.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using unit_test::TempFolder;
using unit_test::usage_error;

std::string refusal(const std::string& text) {
  return usage_error([&] { (void)parse_url(text); });
}

TEST(ParseUrl, TakesItApart) {
  const Url url = parse_url("http://Example.ORG:8080/a/../b%20c?x=1&y=/z");
  EXPECT_FALSE(url.tls);
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 8080);
  EXPECT_EQ(url.path, "/b%20c?x=1&y=/z");
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
  EXPECT_THAT(refusal("example.org/x"), HasSubstr("begins with http://, https:// or http+unix://"));
  EXPECT_THAT(refusal("http://me:secret@a/"), HasSubstr("passwords"));
  EXPECT_THAT(refusal("http://me@a/"), HasSubstr("user names"));
  EXPECT_THAT(refusal("http://a/#part"), HasSubstr("fragments"));
  EXPECT_THAT(refusal("http://[fe80::1%25eth0]/"), HasSubstr("interface"));
  for (const char* wrong : {"http+unix://", "http+unix:///a", "http+unix://run/a"}) {
    EXPECT_THAT(refusal(wrong), HasSubstr("the path of a Unix socket")) << wrong;
  }
  EXPECT_THAT(refusal("http+unix://%2F" + std::string(200, 'a')), HasSubstr("at most 107 bytes"));
  EXPECT_THAT(refusal("http://a:0/"), HasSubstr("port 0"));
  EXPECT_THAT(refusal("http://a:65536/"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("http://"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("http://a/b c"), HasSubstr("%XX"));
  EXPECT_THAT(refusal("http://a/b\r\nHost: c"), AllOf(HasSubstr("b??Host"), HasSubstr("%XX")));
  EXPECT_THAT(refusal("http://\xc3\xa4/"), HasSubstr("xn--"));
  EXPECT_THAT(refusal("http://a/" + std::string(kLongestUrl, 'b')), HasSubstr("longer than 8000"));
  EXPECT_EQ(parse_url("http://a/" + std::string(kLongestUrl - 9, 'b')).path.size(),
            kLongestUrl - 8);
}

std::vector<std::string> paths_of(const UrlList& list, std::uint64_t requests) {
  const UrlSpool spool(list.spool.get());
  std::vector<std::string> paths;
  for (const Request& request : spool.requests(requests)) {
    EXPECT_EQ(request.index, paths.size());
    EXPECT_LT(request.target, list.targets.size());
    paths.emplace_back(listed_path(spool.text(), request.token));
  }
  return paths;
}

class ReadUrls : public testing::Test {
 protected:
  UrlList read(const std::string& text, std::optional<std::uint64_t> most = {}) {
    return read_urls({.file = folder.file("list.txt", text)}, most, true);
  }
  // The message, from the name of the file on.
  std::string error(const std::string& text) {
    const std::string message = usage_error([&] { (void)read(text); });
    const std::size_t name = message.find("list.txt");
    return name == std::string::npos ? message : message.substr(name);
  }

  TempFolder folder;
};

TEST_F(ReadUrls, SkipsBlankLinesAndComments) {
  const UrlList list =
      read("# two\n\n  http://127.0.0.1:81/a  \r\n\t# more\nhttp://127.0.0.1:81/b?c");
  EXPECT_EQ(list.about.urls, 2U);
  EXPECT_EQ(list.about.origins, 1U);
  EXPECT_THAT(list.about.source, HasSubstr("list.txt"));
  EXPECT_THAT(paths_of(list, 2), ElementsAre("/a", "/b?c"));
}

TEST_F(ReadUrls, BeginsAgainAfterTheLastAndCutsWhatIsTooMany) {
  const UrlList list = read("http://127.0.0.1/a\nhttp://127.0.0.1/b\n");
  EXPECT_THAT(paths_of(list, 5), ElementsAre("/a", "/b", "/a", "/b", "/a"));
  EXPECT_THAT(paths_of(list, 1), ElementsAre("/a"));
}

TEST_F(ReadUrls, ReadsNoFurtherThanAsked) {
  const UrlList list = read("http://127.0.0.1/a\nhttp://127.0.0.1/b\nnonsense\n", 2);
  EXPECT_EQ(list.about.urls, 2U);
  EXPECT_EQ(read("http://127.0.0.1/a\n", 5).about.urls, 1U);
}

TEST_F(ReadUrls, TellsTargetsApartBySchemeHostAndPort) {
  const UrlList list = read(
      "http://127.0.0.1/\nhttp://127.0.0.1:80/x\nhttps://127.0.0.1/\nhttp://127.0.0.2/\n"
      "http://LOCALHOST/\nhttp://localhost/y\n");
  ASSERT_EQ(list.about.origins, 4U);
  EXPECT_EQ(list.targets[0].addresses.front(), "127.0.0.1");
  EXPECT_EQ(list.targets[0].name, "");
  EXPECT_EQ(list.targets[0].expected_status, 0U);
  EXPECT_TRUE(list.targets[1].tls);
  EXPECT_TRUE(list.about.tls);
  EXPECT_EQ(list.targets[1].port, 443U);
  EXPECT_EQ(list.targets[2].addresses.front(), "127.0.0.2");
  EXPECT_EQ(list.targets[3].name, "localhost");
  EXPECT_TRUE(is_loopback(list.targets[3].addresses.front()));
  std::vector<std::uint32_t> targets;
  const UrlSpool spool(list.spool.get());
  for (const Request& request : spool.requests(6)) targets.push_back(request.target);
  EXPECT_THAT(targets, ElementsAre(0, 0, 1, 2, 3, 3));
  const UrlList sockets = read("http+unix://%2Fa/\nhttp+unix://%2Fb/\nhttp+unix://%2Fa/c\n");
  EXPECT_EQ(sockets.about.origins, 2U);
}

TEST_F(ReadUrls, GoesOnWithoutTheNamesThatHaveNoAddress) {
  const UrlList list = read("http://127.0.0.1/\nhttp://" + std::string(64, 'a') + "/\n");
  EXPECT_EQ(list.targets[0].unresolved, "");
  EXPECT_NE(list.targets[1].unresolved, "");
}

TEST_F(ReadUrls, NamesTheLine) {
  EXPECT_THAT(error("http://127.0.0.1/\n\n#\nftp://a/\n"),
              StartsWith("list.txt, line 4: ftp://a/"));
  EXPECT_THAT(error("http://127.0.0.1/" + std::string(9000, 'a')),
              StartsWith("list.txt, line 1: longer than"));
  // Too long a name for the question to be sent.
  const std::string unknown(64, 'a');
  EXPECT_THAT(error("http://" + unknown + "/"),
              AllOf(StartsWith("list.txt: no address is known"), HasSubstr(unknown)));
  EXPECT_THAT(error("# nothing\n"), HasSubstr("holds no URL"));
  EXPECT_THAT(usage_error([&] { (void)read_urls({.file = folder.path("none")}, {}, false); }),
              HasSubstr("cannot be read"));
  EXPECT_THAT(usage_error([] { (void)read_urls({.urls = {"x"}}, {}, false); }),
              StartsWith("--url: x: "));
}

TEST_F(ReadUrls, TakesNoMoreHostsThanItCanKeep) {
  std::string text;
  for (std::size_t i = 0; i <= kMaxTargets; ++i) {
    text += "http://127.0.0.1:" + std::to_string(i + 1) + "/\n";
  }
  EXPECT_THAT(error(text), AllOf(StartsWith("list.txt, line 10001: "), HasSubstr("10000")));
}

TEST_F(ReadUrls, PutsThoseOfTheCommandLineFirst) {
  const UrlList list = read_urls({.urls = {"http://127.0.0.1/1", "http://127.0.0.1/2"},
                                  .file = folder.file("l", "http://127.0.0.1/3")},
                                 {}, true);
  EXPECT_THAT(paths_of(list, 3), ElementsAre("/1", "/2", "/3"));
}

TEST_F(ReadUrls, SpoolsWhatNoBufferHolds) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "http://127.0.0.1/path/" + std::to_string(i) + "\n";
  const UrlList list = read(text);
  const std::vector<std::string> paths = paths_of(list, 20'000);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    ASSERT_EQ(paths[i], "/path/" + std::to_string(i));
  }
  EXPECT_EQ(folder.files(), 1) << "the spool has no name";
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

TEST(RequestHeaders, AreNamesAndValues) {
  const auto error = [](const std::string& header) {
    return usage_error([&] { check_headers({header}); });
  };
  EXPECT_EQ(error("X-A: b: c, d"), "no error");
  EXPECT_EQ(error("accept: */*"), "no error");
  for (const char* wrong : {"", "X", "X:", "X: ", ": b", "X Y: b", "X:b", "X: b\r\nY: c",
                            "X: \xc3\xa4", "X:  b", "X: b "}) {
    EXPECT_THAT(error(wrong), HasSubstr("expected 'Name: value'")) << wrong;
  }
  for (const char* ours : {"Host: a", "user-agent: a", "CONTENT-LENGTH: 5", "Connection: close",
                           "Transfer-Encoding: chunked"}) {
    EXPECT_THAT(error(ours), HasSubstr("fanout sets")) << ours;
  }
  EXPECT_THAT(error("X: " + std::string(5000, 'a')), HasSubstr("at most 4096"));
}

}  // namespace
}  // namespace fanout

// Lists of URLs: what is read of them, and how lines that cannot be used are named.
#include "harness/scenario/url_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/url_spool.h"
#include "tests/unit/support.h"
#include "transports/path.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using unit_test::TempFolder;
using unit_test::usage_error;

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
    return read_urls({.file = folder.file("list.txt", text), .skip_bad_lines = skip}, {}, most,
                     true);
  }
  // The message, from the name of the file on.
  std::string error(const std::string& text) {
    const std::string message = usage_error([&] { (void)read(text); });
    const std::size_t name = message.find("list.txt");
    return name == std::string::npos ? message : message.substr(name);
  }

  TempFolder folder;
  bool skip = false;
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
              AllOf(StartsWith("list.txt, line 1: http://"), HasSubstr("longer than 8000")));
  // Too long a name for the question to be sent.
  const std::string unknown(64, 'a');
  EXPECT_THAT(error("http://" + unknown + "/"),
              AllOf(StartsWith("list.txt: no address is known"), HasSubstr(unknown)));
  EXPECT_THAT(error("# nothing\n"), HasSubstr("holds no URL"));
  EXPECT_THAT(usage_error([&] { (void)read_urls({.file = folder.path("none")}, {}, {}, false); }),
              HasSubstr("cannot be read"));
  EXPECT_THAT(usage_error([] { (void)read_urls({.urls = {"/x"}}, {}, {}, false); }),
              StartsWith("--url: /x: "));
}

TEST_F(ReadUrls, NamesTheFirstTenBadLinesAtOnceOrGoesOnWithoutThem) {
  std::string text = "http://127.0.0.1/a\n";
  for (int i = 0; i < 12; ++i) text += "ftp://me:secret@a/\n";
  text += "http://127.0.0.1/b\r{\"url\": 5}\n";
  const std::string message = error(text);
  EXPECT_THAT(message, AllOf(StartsWith("list.txt: 13 bad lines (--skip-bad-lines goes on"),
                             HasSubstr("\n  line 2: ftp://me:***@a/: expected"),
                             HasSubstr("\n  line 11: "), HasSubstr("\n  and 3 more")));
  EXPECT_THAT(message, Not(AnyOf(HasSubstr("line 12"), HasSubstr("secret"))));
  skip = true;
  const UrlList list = read(text);
  EXPECT_THAT(paths_of(list, 2), ElementsAre("/a", "/b"));
  EXPECT_EQ(list.about.skipped, 13U);
  ASSERT_EQ(list.notes.size(), 1U);
  EXPECT_THAT(list.notes[0], HasSubstr("list.txt: 13 bad lines (left out):\n  line 2: "));
  EXPECT_THAT(error("ftp://a/\n"), AllOf(HasSubstr("line 1: ftp://a/"), HasSubstr("no URL")));
}

TEST_F(ReadUrls, SaysWhatItMadeOfLines) {
  EXPECT_THAT(read("127.0.0.1/a\n127.0.0.1/b c\nhttp://127.0.0.1/\n").notes,
              ElementsAre("2 URLs without a scheme: taken as http://",
                          "1 URL with blanks or bytes beyond ASCII: sent as %XX"));
}

TEST_F(ReadUrls, KeepsTheFormsOfLines) {
  const UrlList list = read(
      "http://127.0.0.1/a\n{\"url\": \"http://127.0.0.1/b\", \"method\": \"PUT\", \"body_text\": "
      "\"x\"}\nhttp://me:you@127.0.0.1/c\n");
  const UrlSpool spool(list.spool.get());
  ClientConfig config;
  config.paths = spool.text();
  const std::vector<Request> requests = spool.requests(5);
  std::vector<std::string> seen;
  for (const Request& request : requests) {
    seen.push_back(std::string(method_of(config, request.token).name()) + " " +
                   std::string(listed_path(spool.text(), request.token)));
  }
  EXPECT_THAT(seen, ElementsAre("GET /a", "PUT /b", "GET /c", "GET /a", "PUT /b"));
  EXPECT_FALSE(has_own_form(config, requests[0].token));
  EXPECT_EQ(own_form(spool.text(), requests[1].token).body, "x");
  EXPECT_EQ(own_form(spool.text(), requests[2].token).fields, "Authorization: Basic bWU6eW91\r\n");
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
                                 {}, {}, true);
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

}  // namespace
}  // namespace fanout

// What every transport makes of real targets: listed paths, named hosts, added headers, and answers
// of which nothing is expected but a good status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"
#include "transports/path.h"

namespace fanout::transport_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Then = CannedServer::Then;

constexpr const char* kWithBody = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

class EveryListedPath : public testing::TestWithParam<const Transport*> {
 protected:
  static const Transport& row() { return *GetParam(); }

  // Real targets of a server, whose paths are the pieces of `paths`.
  static ClientConfig real(const CannedServer& server, std::string_view paths) {
    ClientConfig config = server.config();
    config.targets[0].expected_status = 0;
    config.paths = paths;
    return config;
  }

  static Response answered_by(const std::string& bytes, Then then = Then::close,
                              Method method = Method::get) {
    CannedServer server({{bytes, then}});
    ClientConfig config = real(server, "/");
    config.method = method;
    AnyClient client(row(), config);
    return client.fetch(Request{0, 0, path_place(0, 1)});
  }
};

TEST_P(EveryListedPath, IsSentAsItStands) {
  const std::string longest = "/" + std::string(7000, 'p') + "?q=" + std::string(900, 'v');
  const std::vector<std::string> paths{
      "/", "/a/b.txt", "/?x=1&y=%20;z", "/~u/(1)+'*',:@=", longest, "/a/b.txt"};
  std::string text = "unused";
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    requests.push_back({i, 0, path_place(text.size(), paths[i].size())});
    text += paths[i];
  }
  CannedServer server({{kWithBody, Then::keep}});
  {
    const ClientConfig config = real(server, text);
    AnyClient client(row(), config);
    for (const Request& request : requests) {
      EXPECT_EQ(client.fetch(request).outcome, Outcome::ok) << request.index;
    }
  }
  const std::vector<std::string> heads = server.heads();
  ASSERT_EQ(heads.size(), paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_THAT(heads[i], StartsWith("GET " + paths[i] + " HTTP/1.1\r\n"));
  }
}

TEST_P(EveryListedPath, GoesToTheAddressUnderTheName) {
  CannedServer server({{kWithBody, Then::keep}});
  {
    ClientConfig config = real(server, "/x");
    // Nobody could look this name up.
    config.targets[0].name = "somewhere.invalid";
    AnyClient client(row(), config);
    for (std::uint32_t i = 0; i < 3; ++i) {
      EXPECT_EQ(client.fetch(Request{i, 0, path_place(0, 2)}).outcome, Outcome::ok);
    }
  }
  const std::string host =
      "\r\nHost: somewhere.invalid:" + std::to_string(server.config().targets[0].port) + "\r\n";
  ASSERT_EQ(server.heads().size(), 3U);
  for (const std::string& head : server.heads()) EXPECT_THAT(head, HasSubstr(host));
}

TEST_P(EveryListedPath, CarriesTheHeadersAdded) {
  CannedServer server({{kWithBody, Then::close}});
  {
    ClientConfig config = real(server, "/x");
    config.headers = {"User-Agent: fanout/1", "X-Two: a: b, c"};
    AnyClient client(row(), config);
    EXPECT_EQ(client.fetch(Request{0, 0, path_place(0, 2)}).outcome, Outcome::ok);
  }
  ASSERT_EQ(server.heads().size(), 1U);
  EXPECT_THAT(server.heads()[0], HasSubstr("\r\nUser-Agent: fanout/1\r\n"));
  EXPECT_THAT(server.heads()[0], HasSubstr("\r\nX-Two: a: b, c\r\n"));
  EXPECT_THAT(server.heads()[0], Not(HasSubstr("httplib")));
}

TEST_P(EveryListedPath, TakesAnyLengthWithAGoodStatus) {
  for (const char* status : {"200 OK", "206 Partial Content", "302 Found", "399 Odd"}) {
    const Response response = answered_by("HTTP/1.1 " + std::string(status) +
                                          "\r\nLocation: /y\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(response.outcome, Outcome::ok) << status;
    EXPECT_EQ(response.body_bytes, 3U) << status;
  }
  const Response chunked = answered_by(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n2\r\nxy\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.outcome, Outcome::ok);
  EXPECT_EQ(chunked.body_bytes, 6U);
  EXPECT_EQ(answered_by("HTTP/1.1 204 No Content\r\n\r\n").outcome, Outcome::ok);
  EXPECT_EQ(answered_by("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Then::close, Method::head)
                .outcome,
            Outcome::ok);
}

TEST_P(EveryListedPath, CallsOtherStatusesBad) {
  for (const unsigned status : {400U, 404U, 500U, 503U}) {
    const Response response =
        answered_by("HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 2\r\n\r\nno");
    EXPECT_EQ(response.outcome, Outcome::bad_status) << status;
    EXPECT_EQ(response.status, status);
  }
}

TEST_P(EveryListedPath, NoticesABodyCutShort) {
  EXPECT_EQ(answered_by("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").outcome,
            Outcome::truncated);
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryListedPath, testing::ValuesIn(networked()), row_name);

}  // namespace
}  // namespace fanout::transport_test

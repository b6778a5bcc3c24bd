// What every transport makes of right answers, and how many connections it opens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;

using Pair = std::tuple<const Transport*, EngineKind>;

// Every transport against both engines of the server.
class EveryTransport : public testing::TestWithParam<Pair> {
 protected:
  static const Transport& row() { return *std::get<const Transport*>(GetParam()); }
  static EngineKind engine() { return std::get<EngineKind>(GetParam()); }
  static Response one(const ClientConfig& config) { return AnyClient(row(), config).fetch(0); }
};

TEST_P(EveryTransport, DescribesItself) {
  EXPECT_FALSE(row().stack.empty());
  EXPECT_FALSE(row().summary.empty());
  EXPECT_FALSE(row().version().empty());
}

TEST_P(EveryTransport, AcceptsWhatIsExpected) {
  for (const unsigned status : {200U, 404U, 500U}) {
    for (const std::uint64_t size : {0U, 1U, 115U, 1U << 20}) {
      LocalServer server(HostBehaviour{.body_bytes = size, .status = status}, engine());
      const Response response = one(server.config());
      EXPECT_EQ(response.outcome, Outcome::ok) << status << " with " << size << " bytes";
      EXPECT_EQ(response.status, status);
      EXPECT_EQ(response.body_bytes, size);
      EXPECT_EQ(server.stop().unique_tokens, 1U);
    }
  }
}

TEST_P(EveryTransport, NoticesAnotherStatus) {
  LocalServer server(HostBehaviour{.status = 500}, engine());
  ClientConfig config = server.config();
  config.targets[0].expected_status = 200;
  const Response response = one(config);
  EXPECT_EQ(response.outcome, Outcome::bad_status);
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(response.body_bytes, 115U);
}

TEST_P(EveryTransport, NoticesAnotherLength) {
  LocalServer server(HostBehaviour{.body_bytes = 100}, engine());
  ClientConfig config = server.config();
  config.targets[0].expected_body_bytes = 101;
  const Response response = one(config);
  EXPECT_EQ(response.outcome, Outcome::bad_length);
  EXPECT_EQ(response.body_bytes, 100U);
}

TEST_P(EveryTransport, MakesHeadRequests) {
  LocalServer server(HostBehaviour{}, engine());
  ClientConfig config = server.config();
  config.method = Method::head;
  AnyClient client(row(), config);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Response response = client.fetch(i);
    EXPECT_EQ(response.outcome, Outcome::ok);
    EXPECT_EQ(response.body_bytes, 0U);
  }
  EXPECT_EQ(server.stop().connections, 1U);
}

TEST_P(EveryTransport, PostsBodies) {
  for (const std::uint64_t size : {0U, 10U, 100'000U, 3U << 20}) {
    LocalServer server(HostBehaviour{}, engine());
    ClientConfig config = server.config();
    config.method = Method::post;
    config.request_body_bytes = size;
    AnyClient client(row(), config);
    for (std::uint32_t i = 0; i < 3; ++i) {
      EXPECT_EQ(client.fetch(i).outcome, Outcome::ok) << size << " bytes";
    }
    const ServerCounters counters = server.stop();
    EXPECT_EQ(counters.unique_tokens, 3U);
    EXPECT_EQ(counters.connections, 1U);
  }
}

TEST_P(EveryTransport, WaitsForASlowAnswer) {
  LocalServer server(HostBehaviour{.delay = {.mean = 30ms}}, engine());
  const std::int64_t start = now_ns();
  EXPECT_EQ(one(server.config()).outcome, Outcome::ok);
  EXPECT_GE(now_ns() - start, 30'000'000);
}

TEST_P(EveryTransport, GetsTheSizeThatItsTokenDraws) {
  LocalServer server(HostBehaviour{.body_bytes = 3000, .body_sizes = {0, 10, 3000}}, engine());
  ClientConfig config = server.config();
  config.targets[0].expected_body_sizes = {0, 10, 3000};
  std::set<std::uint64_t> sizes;
  {
    AnyClient client(row(), config);
    for (std::uint32_t i = 0; i < 40; ++i) {
      const Response response = client.fetch(i);
      EXPECT_EQ(response.outcome, Outcome::ok);
      sizes.insert(response.body_bytes);
    }
  }
  EXPECT_EQ(sizes, (std::set<std::uint64_t>{0, 10, 3000}));
  config.targets[0].expected_body_sizes = {5000};
  AnyClient strict(row(), config);
  EXPECT_EQ(strict.fetch(0).outcome, Outcome::bad_length);
}

TEST_P(EveryTransport, KeepsOneConnectionForEachTarget) {
  LocalServer server(std::vector<HostBehaviour>{{.body_bytes = 10}, {.body_bytes = 20}}, engine());
  const ClientConfig config = server.config();
  {
    AnyClient client(row(), config);
    for (std::uint32_t i = 0; i < 20; ++i) {
      EXPECT_EQ(client.fetch(i, i % 2).outcome, Outcome::ok);
    }
  }
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 2U);
  EXPECT_EQ(counters.unique_tokens, 20U);
  EXPECT_EQ(counters.duplicate_tokens, 0U);
}

TEST_P(EveryTransport, KeepsAConnectionForMoreTargetsThanLibrariesDo) {
  LocalServer server(std::vector<HostBehaviour>(12), engine());
  const ClientConfig config = server.config();
  AnyClient client(row(), config);
  for (std::uint32_t i = 0; i < 36; ++i) {
    EXPECT_EQ(client.fetch(i, i % 12).outcome, Outcome::ok);
  }
  EXPECT_EQ(server.stop().connections, 12U);
}

TEST_P(EveryTransport, OpensAConnectionForEachRequestWithoutReuse) {
  LocalServer server(HostBehaviour{}, engine());
  ClientConfig config = server.config();
  config.reuse = false;
  AnyClient client(row(), config);
  for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::ok);
  EXPECT_EQ(server.stop().connections, 10U);
}

TEST_P(EveryTransport, ReadsBodiesOfEveryFraming) {
  const std::string chunked = "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
  CannedServer server(
      {{answer(0, "Content-Length: 5\r\n", "abcde"), CannedServer::Then::keep},
       {answer(1, "Transfer-Encoding: chunked\r\n", chunked), CannedServer::Then::keep},
       {answer(2, "", "abcde")},
       {answer(3, "Connection: close\r\nContent-Length: 5\r\n", "abcde")},
       {"HTTP/1.1 100 Continue\r\n\r\n" +
        answer(4, "x-other: 1\r\ncontent-length:5\r\n", "abcde")}});
  const ClientConfig config = server.config();
  AnyClient client(row(), config);
  for (std::uint32_t i = 0; i < 5; ++i) {
    const Response response = client.fetch(i);
    EXPECT_EQ(response.outcome, Outcome::ok) << "answer " << i;
    EXPECT_EQ(response.body_bytes, 5U) << "answer " << i;
  }
}

TEST_P(EveryTransport, ReplacesAConnectionTheServerHasClosed) {
  std::vector<CannedServer::Act> acts;
  for (std::uint32_t i = 0; i < 5; ++i) {
    acts.push_back({answer(i, "Content-Length: 5\r\n", "abcde"), CannedServer::Then::close});
  }
  CannedServer server(acts);
  const ClientConfig config = server.config();
  AnyClient client(row(), config);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::ok);
}

// What goes over the wire is the same request whoever sends it, give or take the headers that a
// library always adds.
TEST_P(EveryTransport, SendsAPlainRequest) {
  CannedServer server({{answer(0, "Content-Length: 5\r\n", "abcde")}});
  const ClientConfig config = server.config();
  EXPECT_EQ(one(config).outcome, Outcome::ok);
  const std::string head = server.heads().at(0);
  const TokenText token = token_text(make_token(1, 0));
  EXPECT_THAT(head, testing::StartsWith("GET /r/" + std::string(token.data(), token.size()) +
                                        " HTTP/1.1\r\n"));
  EXPECT_THAT(head, testing::HasSubstr(
                        "\r\nHost: 127.0.0.1:" + std::to_string(config.targets[0].port) + "\r\n"));
  for (std::size_t at = head.find("\r\n") + 2; head.compare(at, 2, "\r\n") != 0;
       at = head.find("\r\n", at) + 2) {
    const std::string name = head.substr(at, head.find(':', at) - at);
    EXPECT_THAT(name, testing::AnyOf("Host", "Accept", "User-Agent", "Connection")) << head;
  }
}

std::string pair_name(const testing::TestParamInfo<Pair>& info) {
  const bool asio = std::get<EngineKind>(info.param) == EngineKind::asio;
  return std::string(std::get<const Transport*>(info.param)->name) + (asio ? "_asio" : "_httplib");
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryTransport,
                         testing::Combine(testing::ValuesIn(networked()),
                                          testing::Values(EngineKind::asio, EngineKind::httplib)),
                         pair_name);

}  // namespace
}  // namespace fanout::transport_test

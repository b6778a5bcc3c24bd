// What engine asio makes of faults and limits over HTTP/2: of one stream, and of a connection.
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/http2_client.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

ServerConfig faulty_config(HostBehaviour host) {
  return {.engine = EngineKind::asio,
          .threads = 1,
          .bind = {},
          .port = 0,
          .http = HttpVersion::http2,
          .hosts = {std::move(host)}};
}

// A token that meets the fault of a host whose faults have one kind, or one that does not.
std::string path_that(const HostBehaviour& host, bool meets, unsigned nth = 0) {
  for (unsigned number = 0;; ++number) {
    if ((draw_fault(host, number) != nullptr) != meets || nth-- > 0) continue;
    const TokenText text = token_text(number);
    return token_path({text.data(), text.size()});
  }
}

struct StreamFault {
  FaultKind kind;
  std::size_t body;
  std::uint32_t code;
};

TEST(EngineHttp2Fault, EndsItsStreamAlone) {
  for (const StreamFault& fault : {StreamFault{FaultKind::reset, 0, NGHTTP2_INTERNAL_ERROR},
                                   {FaultKind::reset_amid_body, 500, NGHTTP2_INTERNAL_ERROR},
                                   {FaultKind::truncate, 500, NGHTTP2_CANCEL}}) {
    const HostBehaviour host{.body_bytes = 1000, .faults = {{fault.kind, 0.5}}};
    Running server(faulty_config(host));
    Http2Client client(server.endpoint());
    const std::int32_t faulty = client.ask(path_that(host, true));
    const std::int32_t right = client.ask(path_that(host, false));
    EXPECT_EQ(client.reply(faulty).code, fault.code) << fault_name(fault.kind);
    EXPECT_EQ(client.reply(faulty).body.size(), fault.body);
    EXPECT_EQ(client.reply(faulty).fields.contains("content-length"), fault.body > 0);
    EXPECT_EQ(client.reply(right).body.size(), 1000U);
    const ServerCounters counters = Running::settled(server);
    EXPECT_EQ(counters.answered, 2U);
    EXPECT_EQ(counters.abandoned, 0U);
    EXPECT_EQ(counters.faults.at(std::string(fault_name(fault.kind))), 1U);
    EXPECT_EQ(counters.http2->resets_sent, 1U);
  }
}

TEST(EngineHttp2Fault, AnswersAnotherStatus) {
  Running server(faulty_config({.faults = {{FaultKind::status, 1, 503, 3}}}));
  Http2Client client(server.endpoint());
  const Http2Reply& reply = client.reply(client.ask("/"));
  EXPECT_EQ(reply.fields.at(":status"), "503");
  EXPECT_EQ(reply.fields.at("retry-after"), "3");
  EXPECT_EQ(reply.fields.at("content-length"), "0");
}

TEST(EngineHttp2Fault, LosesAConnectionWithAllThatIsOnIt) {
  const HostBehaviour host{.delay = {.mean = 100ms}, .faults = {{FaultKind::connection_loss, 0.5}}};
  Running server(faulty_config(host));
  {
    Http2Client client(server.endpoint());
    client.ask(path_that(host, true));
    client.ask(path_that(host, false));
    client.ask(path_that(host, false, 1));
    client.drain();
    EXPECT_TRUE(client.was_reset());
  }
  Http2Client again(server.endpoint());
  EXPECT_EQ(again.reply(again.ask(path_that(host, false))).body.size(), 115U);
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.answered, 2U);
  EXPECT_EQ(counters.collateral, 2U);
  EXPECT_EQ(counters.abandoned, 0U);
  EXPECT_EQ(counters.duplicate_tokens, 1U);
  EXPECT_EQ(counters.replayed, 1U);
  EXPECT_EQ(counters.faults.at("connection_loss"), 1U);
}

TEST(EngineHttp2Fault, GoesAwayAndAnswersWhatCameBefore) {
  const HostBehaviour host{.delay = {.mean = 50ms}, .faults = {{FaultKind::goaway, 0.5}}};
  Running server(faulty_config(host));
  Http2Client client(server.endpoint());
  const std::int32_t before = client.ask(path_that(host, false));
  const std::int32_t refused = client.ask(path_that(host, true));
  const std::int32_t after = client.ask(path_that(host, false, 1));
  EXPECT_EQ(client.reply(before).body.size(), 115U);
  client.drain();
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(client.last_stream(), before);
  for (const std::int32_t stream : {refused, after}) {
    EXPECT_EQ(client.reply(stream).code, NGHTTP2_REFUSED_STREAM);
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.requests, 2U);
  EXPECT_EQ(counters.answered, 2U);
  EXPECT_EQ(counters.faults.at("goaway"), 1U);
  EXPECT_EQ(counters.http2->goaways, 1U);
}

TEST(EngineHttp2Fault, ClosesInOrderAfterSoManyRequests) {
  Running server(faulty_config({.delay = {.mean = 20ms}, .close_after = 3}));
  Http2Client client(server.endpoint());
  std::vector<std::int32_t> streams;
  for (int i = 0; i < 5; ++i) streams.push_back(client.ask("/"));
  client.drain();
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(client.last_stream(), streams[2]);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(client.reply(streams[i]).code, i < 3 ? 0U : std::uint32_t{NGHTTP2_REFUSED_STREAM})
        << i;
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.requests, 3U);
  EXPECT_EQ(counters.answered, 3U);
}

TEST(EngineHttp2Fault, HasTheLimitOfItsHost) {
  ServerLimit limit{.figures = {.concurrency = 2}, .queue = 3, .retry_after_s = 1};
  Running server(faulty_config({.delay = {.mean = 150ms}, .limit = limit}));
  Http2Client client(server.endpoint());
  std::vector<std::int32_t> streams;
  for (int i = 0; i < 7; ++i) streams.push_back(client.ask("/"));
  client.flush();
  client.cancel(streams[3]);  // while it waits
  for (const std::size_t i : {5U, 6U}) {
    EXPECT_EQ(client.reply(streams[i]).fields.at(":status"), "429");
    EXPECT_EQ(client.reply(streams[i]).fields.at("retry-after"), "1");
  }
  for (const std::size_t i : {0U, 1U, 2U, 4U}) {
    EXPECT_EQ(client.reply(streams[i]).fields.at(":status"), "200") << i;
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.rejected.at("429"), 2U);
  EXPECT_EQ(counters.waited, 3U);
  EXPECT_EQ(counters.peak_served, 2U);
  EXPECT_EQ(counters.answered, 6U);
  EXPECT_EQ(counters.abandoned, 1U);
}

TEST(EngineHttp2Fault, OfTheConnectionIsThatOfHttp11Too) {
  for (const FaultKind kind : {FaultKind::connection_loss, FaultKind::goaway}) {
    Running server(faulty_config({.faults = {{kind}}}));
    RawClient client(server.endpoint());
    client.send(request("GET", token_path(kToken)));
    if (kind == FaultKind::goaway) {
      EXPECT_TRUE(client.at_end());
    } else {
      EXPECT_TRUE(client.was_reset());
    }
    EXPECT_EQ(Running::settled(server).answered, 1U);
  }
}

}  // namespace
}  // namespace fanout

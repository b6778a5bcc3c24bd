// What engine asio answers over HTTP/2, and what it counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/clock.h"
#include "tests/contract/http2_client.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

ServerConfig http2_config(HostBehaviour host = {}) {
  return {.engine = EngineKind::asio,
          .threads = 1,
          .bind = {},
          .port = 0,
          .http = HttpVersion::http2,
          .hosts = {std::move(host)}};
}

std::string numbered_path(unsigned number) {
  const TokenText text = token_text(number);
  return token_path({text.data(), text.size()});
}

TEST(EngineHttp2, AnswersGetWithBodyAndToken) {
  Running server(http2_config({.body_bytes = 200}));
  Http2Client client(server.endpoint());
  const Http2Reply& reply = client.reply(client.ask(token_path(kToken)));
  const std::map<std::string, std::string> fields{{":status", "200"},
                                                  {"content-length", "200"},
                                                  {"content-type", "text/plain"},
                                                  {"x-fanout-token", kToken}};
  EXPECT_EQ(reply.fields, fields);
  EXPECT_EQ(reply.body.size(), 200U);
  EXPECT_EQ(reply.code, 0U);
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.unique_tokens, 1U);
  EXPECT_EQ(counters.answered, 1U);
  EXPECT_EQ(counters.connections, 1U);
  EXPECT_EQ(counters.http2->connections, 1U);
  EXPECT_EQ(counters.http2->streams, 1U);
  EXPECT_GT(counters.http2->header_bytes_in, 0U);
  EXPECT_GT(counters.http2->header_bytes_out, 0U);
}

TEST(EngineHttp2, AnswersHttp11Beside) {
  Running server(http2_config());
  for (const char* method : {"GET", "POST", "PROPFIND"}) {
    RawClient client(server.endpoint());
    for (const char byte : request(method, token_path(kToken))) client.send({&byte, 1});
    EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 200")) << method;
  }
  EXPECT_FALSE(Running::settled(server).http2);
}

TEST(EngineHttp2, IsNotSpokenUnlessAskedFor) {
  ServerConfig config = http2_config();
  config.http = HttpVersion::http1;
  Running server(config);
  RawClient client(server.endpoint());
  client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 400"));
}

TEST(EngineHttp2, AnswersWithoutABodyWhereThereIsNone) {
  for (const unsigned status : {204U, 404U}) {
    Running server(http2_config({.body_bytes = status == 404 ? 77U : 0U, .status = status}));
    Http2Client client(server.endpoint());
    const Http2Reply& reply = client.reply(client.ask("/", "HEAD"));
    EXPECT_EQ(reply.fields.at(":status"), std::to_string(status));
    EXPECT_EQ(reply.fields.contains("content-length"), status == 404);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(client.reply(client.ask("/")).body.size(), status == 404 ? 77U : 0U);
  }
}

TEST(EngineHttp2, CountsMethodsAndBodiesOfAnyLength) {
  Running server(http2_config({.http2 = {.stream_window = 2000, .connection_window = 100'000}}));
  Http2Client client(server.endpoint());
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{3} << 20}) {
    EXPECT_EQ(client.reply(client.ask("/", "POST", size)).body.size(), 115U);
  }
  client.reply(client.ask("/", "BREW"));
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.request_body_bytes, 5U + (3U << 20));
  EXPECT_EQ(counters.methods.at("POST"), 3U);
  EXPECT_EQ(counters.methods.at("other"), 1U);
  EXPECT_EQ(counters.untokened, 4U);
}

TEST(EngineHttp2, HoldsManyAtOnceOnOneConnection) {
  Running server(http2_config({.delay = {.mean = 50ms}}));
  Http2Client client(server.endpoint());
  const std::int64_t start = now_ns();
  std::vector<std::int32_t> streams;
  for (unsigned i = 0; i < 100; ++i) streams.push_back(client.ask(numbered_path(i)));
  for (unsigned i = 0; i < 100; ++i) {
    const TokenText text = token_text(i);
    EXPECT_EQ(client.reply(streams[i]).fields.at("x-fanout-token"),
              std::string_view(text.data(), text.size()));
  }
  EXPECT_GE(now_ns() - start, 50'000'000);
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.peak_in_flight, 100U);
  EXPECT_EQ(counters.http2->peak_streams, 100U);
  EXPECT_GE(counters.hold_ns.p50, 50'000'000);
  EXPECT_GE(counters.hold_error_ns.p50, 0);
}

TEST(EngineHttp2, EmulatesConnectingForWhatComesMeanwhile) {
  Running server(http2_config({.rtt = 40ms, .handshake_trips = 2}));
  Http2Client client(server.endpoint());
  const std::int32_t first = client.ask("/");
  client.flush();
  std::this_thread::sleep_for(30ms);
  const std::int32_t meanwhile = client.ask("/");
  client.reply(first);
  client.reply(meanwhile);
  client.reply(client.ask("/"));
  const ServerCounters counters = Running::settled(server);
  // 3 trips; 3 trips less the time that it came after the first, of 30 ms or more if the server
  // read that in time; one trip.
  EXPECT_LE(counters.hold_ns.mean - counters.hold_error_ns.mean, (120 + 110 + 40) * 1e6 / 3);
  EXPECT_GE(counters.hold_ns.mean - counters.hold_error_ns.mean, (120 + 40 + 40) * 1e6 / 3 - 1);
}

TEST(EngineHttp2, SharesTheConnectionBetweenLargeBodies) {
  Running server(http2_config({.body_bytes = 1 << 20}));
  Http2Client client(server.endpoint());
  const std::int32_t one = client.ask("/");
  const std::int32_t other = client.ask("/");
  EXPECT_EQ(client.reply(one).body.size(), 1U << 20);
  EXPECT_EQ(client.reply(other).body.size(), 1U << 20);
  const auto& frames = client.data_frames();
  const auto middle = frames.begin() + static_cast<std::ptrdiff_t>(frames.size() / 2);
  EXPECT_NE(std::find(frames.begin(), middle, one), middle);
  EXPECT_NE(std::find(frames.begin(), middle, other), middle);
  EXPECT_GT(Running::settled(server).http2->stalls, 2U) << "its windows are of 64 KiB";
}

TEST(EngineHttp2, DripsBesideOthers) {
  Running server(
      http2_config({.body_bytes = 100'000, .faults = {{FaultKind::drip, 0.5, 503, {}, 90ms}}}));
  Http2Client client(server.endpoint());
  std::vector<std::int32_t> streams;
  for (unsigned i = 0; i < 10; ++i) streams.push_back(client.ask(numbered_path(i)));
  for (const std::int32_t stream : streams) {
    EXPECT_EQ(client.reply(stream).body.size(), 100'000U);
    EXPECT_EQ(client.reply(stream).code, 0U);
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_GE(counters.hold_ns.max, 89'000'000);
  EXPECT_GE(counters.hold_error_ns.p50, 0);
  EXPECT_EQ(counters.answered, 10U);
}

TEST(EngineHttp2, AbandonsWhatItsClientDoesNotWant) {
  Running server(http2_config({.delay = {.mean = 1h}}));
  Http2Client client(server.endpoint());
  for (int i = 0; i < 2000; ++i) {
    const std::int32_t stream = client.ask("/");
    client.flush();
    client.cancel(stream);
  }
  client.ask("/");
  client.flush();
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.requests, 2001U);
  EXPECT_EQ(counters.abandoned, 2001U);
  EXPECT_EQ(counters.peak_in_flight, 1U);
  EXPECT_EQ(counters.http2->resets_received, 2000U);
  EXPECT_EQ(counters.http2->goaways, 0U);
}

}  // namespace
}  // namespace fanout

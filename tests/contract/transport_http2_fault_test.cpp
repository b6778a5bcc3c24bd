// What a client of HTTP/2 makes of faults, and what it sends.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include "tests/contract/async_http2_client.h"
#include "tests/contract/canned_http2.h"
#include "tests/contract/canned_server.h"
#include "transports/failure_sentences.h"
#include "transports/failure_words.h"
#include "transports/idle_connection.h"
#include "transports/path.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::StartsWith;
using Do = CannedHttp2::Do;

struct Fault {
  Do act;
  Outcome outcome;
  std::string words;  // or their beginning
  unsigned status = 0;
  std::uint64_t body_bytes = 0;
};

const std::vector<Fault> kFaults{
    {Do::reset, Outcome::reset, std::string(sentence::kStreamReset) + "INTERNAL_ERROR"},
    {Do::reset_amid_body, Outcome::truncated, std::string(sentence::kStreamReset), 200, 50},
    {Do::close, Outcome::reset, ""},
    {Do::close_amid_body, Outcome::truncated, "", 200, 50},
    {Do::short_body, Outcome::truncated, "", 200, 50},
    {Do::big_head, Outcome::protocol, std::string(sentence::kHeaderTooLarge)},
    {Do::no_status, Outcome::protocol, std::string(sentence::kBadAnswer)},
    {Do::bad_frame, Outcome::protocol, std::string(sentence::kBadFrames) + "(PROTOCOL_ERROR"},
    {Do::refuse, Outcome::reset, std::string(sentence::kUnprocessedTwice)},
    {Do::go_away, Outcome::reset, std::string(sentence::kUnprocessedTwice)},
    {Do::wrong_token, Outcome::bad_token, "", 200, 100},
    {Do::interim, Outcome::ok, "", 200, 100},
    {Do::trailer, Outcome::ok, "", 200, 100},
};

TEST(Http2Fault, HasTheNameOfItsKind) {
  for (const Fault& fault : kFaults) {
    for (const bool tls : {false, true}) {
      SCOPED_TRACE(fmt::format("act {}, TLS {}", static_cast<int>(fault.act), tls));
      CannedHttp2 server({.acts = {fault.act}, .body_bytes = 100, .tls = tls});
      FailureWords words;
      ClientConfig config = server.config();
      config.failure_words = &words;
      config.timeout = 3s;
      Http2Client client(config, 1);
      for (std::uint32_t i = 0; i < 2; ++i) {
        const Response response = client.fetch(i);
        EXPECT_EQ(response.outcome, fault.outcome);
        EXPECT_EQ(response.status, fault.status);
        EXPECT_EQ(response.body_bytes, fault.body_bytes);
        EXPECT_THAT(std::string(words.at(response.words)), StartsWith(fault.words));
      }
    }
  }
}

TEST(Http2Fault, EndsManyRequestsOnceEach) {
  for (const Fault& fault : kFaults) {
    for (const bool tls : {false, true}) {
      SCOPED_TRACE(fmt::format("act {}, TLS {}", static_cast<int>(fault.act), tls));
      CannedHttp2 server({.acts = {fault.act}, .body_bytes = 100, .tls = tls});
      ClientConfig config = server.config();
      config.workers = 20;
      // Under sanitizers a handshake for each request may take seconds in all.
      config.timeout = fault.outcome == Outcome::timeout ? 3s : 30s;
      config.connections = 3;
      const auto responses = responses_to_all(config, 100, 20);
      const bool of_one = fault.outcome == Outcome::ok || fault.outcome == Outcome::bad_token ||
                          fault.outcome == Outcome::truncated;
      if (of_one && fault.act != Do::close_amid_body) {
        EXPECT_THAT(outcomes(responses), Each(fault.outcome));
      } else {  // what ends a connection ends others' requests, some sooner than others
        EXPECT_THAT(outcomes(responses), Each(testing::AnyOf(fault.outcome, Outcome::reset)));
      }
    }
  }
}

TEST(Http2Fault, LosesNoRequestThatIsRefusedOnce) {
  for (const Method method : {Method::get, Method::post}) {
    CannedHttp2 server({.acts = {Do::refuse, Do::answer}});
    ClientConfig config = server.config();
    config.method = method;
    Http2Client client(config, 1);
    const Response response = client.fetch(0);
    EXPECT_EQ(response.outcome, Outcome::ok);
    EXPECT_EQ(response.attempts, 1);
    EXPECT_EQ(server.seen().size(), 2U);
  }
}

TEST(Http2Fault, SendsWhatGoAwayLeftElsewhere) {
  for (const Method method : {Method::get, Method::post}) {
    CannedHttp2 server({.acts = {Do::hang, Do::go_away, Do::answer}});
    ClientConfig config = server.config();
    config.method = method;
    config.workers = 2;
    config.connections = 1;
    config.timeout = 300ms;
    EXPECT_THAT(outcomes(responses_to_all(config, 3, 2)),
                ElementsAre(Outcome::timeout, Outcome::ok, Outcome::ok));
    EXPECT_EQ(server.connections(), 2U);
  }
}

TEST(Http2Fault, RepeatsWhatAKeptConnectionLost) {
  CannedHttp2 server({.acts = {Do::answer, Do::close, Do::answer}});
  const ClientConfig config = server.config();
  Http2Client client(config, 1);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
  const Response response = client.fetch(1);
  EXPECT_EQ(response.outcome, Outcome::ok);
  EXPECT_TRUE(response.connected);
  EXPECT_EQ(server.seen().size(), 3U);
}

TEST(Http2Fault, RepeatsNothingThatMayCountTwice) {
  CannedHttp2 server({.acts = {Do::answer, Do::close, Do::answer}});
  FailureWords words;
  ClientConfig config = server.config();
  config.method = Method::post;
  config.failure_words = &words;
  Http2Client client(config, 1);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
  const Response response = client.fetch(1);
  EXPECT_EQ(response.outcome, Outcome::reset);
  EXPECT_EQ(words.at(response.words), kClosedMeanwhile);
  EXPECT_EQ(server.seen().size(), 2U);
}

// How a request to this server ends, and why.
std::pair<Outcome, std::string> one(const CannedHttp2::Script& script) {
  CannedHttp2 server(script);
  FailureWords words;
  ClientConfig config = server.config();
  config.failure_words = &words;
  const Response response = Http2Client(config, 1).fetch(0);
  return {response.outcome, std::string(words.at(response.words))};
}

TEST(Http2Fault, TellsServersOfAnotherProtocol) {
  const std::pair alpn{Outcome::protocol, std::string(sentence::kNoHttp2Alpn)};
  EXPECT_EQ(one({.tls = true, .protocol = ""}), alpn);
  EXPECT_EQ(one({.tls = true, .protocol = "alert"}), alpn);
  const std::pair other{Outcome::protocol, std::string(sentence::kNoHttp2)};
  EXPECT_EQ(one({.greeting = "HTTP/1.1 400 Bad Request\r\n\r\n"}), other);
  EXPECT_EQ(one({.greeting = "SSH-"}), other);
  const std::pair tls{Outcome::protocol, std::string(sentence::kSpeaksTls)};
  EXPECT_EQ(one({.greeting = std::string("\x15\3\1\0\2\2\x46", 7)}), tls);
}

TEST(Http2Fault, NoConnection) {
  const auto [bound, port] = refuse_on_loopback();
  for (const bool tls : {false, true}) {
    ClientConfig config = config_for({{{"127.0.0.1"}, port, 200, 5, tls}});
    config.workers = 5;
    config.connections = 1;
    EXPECT_THAT(outcomes(responses_to_all(config, 20, 5)), Each(Outcome::refused));
  }
  const auto [silent, other] = listen_on_loopback(16);
  ClientConfig config = config_for({{{"127.0.0.1"}, other, 200, 5, true}});
  config.connect_timeout = 100ms;
  EXPECT_THAT(outcomes(responses_to_all(config, 6, 2)), Each(Outcome::connect_timeout));
  config.connect_timeout = 10s;
  config.timeout = 100ms;
  EXPECT_THAT(outcomes(responses_to_all(config, 6, 2)), Each(Outcome::timeout));
  CannedHttp2 untrusted({.tls = true});
  config = untrusted.config();
  config.certificates.clear();
  EXPECT_THAT(outcomes(responses_to_all(config, 6, 2)), Each(Outcome::tls));
}

// The fields of the request that this configuration makes.
std::vector<std::string> sent(CannedHttp2& server, const ClientConfig& config, const Request& one) {
  EXPECT_EQ(Http2Client(config, 1).fetch(one).outcome, Outcome::ok);
  return server.seen().back().fields;
}

TEST(Http2Form, SaysTheSameAsEveryTransport) {
  CannedHttp2 server({});
  ClientConfig config = server.config();
  const std::string host = "127.0.0.1:" + std::to_string(config.targets[0].port);
  const Request request{0, 0, 0xabc};
  EXPECT_THAT(sent(server, config, request),
              ElementsAre(":method: GET", ":scheme: http", ":authority: " + host,
                          ":path: /r/0000000000000abc"));
  config.method = Method::post;
  config.body = "abc";
  config.headers = {"Host: elsewhere", "X-Twice: 1",    "X-Twice: 2", "Connection: close",
                    "TE: trailers",    "Keep-Alive: 5", "X-Empty;",   "Upgrade: h2c"};
  EXPECT_THAT(sent(server, config, request),
              ElementsAre(":method: POST", ":scheme: http", ":authority: elsewhere",
                          ":path: /r/0000000000000abc", "content-type: application/octet-stream",
                          "x-twice: 1", "x-twice: 2", "x-empty: ", "content-length: 3"));
  EXPECT_EQ(server.seen().back().body_bytes, 3U);
}

TEST(Http2Form, MayBeThatOfOneLine) {
  CannedHttp2 server({});
  ClientConfig config = server.config();
  std::string list = "/put?a=1";
  append_form(make_form(Method("PUT"), {"X-A: 1"}, "body").view(), list);
  config.paths = list;
  config.targets[0].expected_status = 0;
  const std::string host = "127.0.0.1:" + std::to_string(config.targets[0].port);
  EXPECT_THAT(sent(server, config, {0, 0, path_place(0, 8) | kOwnForm}),
              ElementsAre(":method: PUT", ":scheme: http", ":authority: " + host, ":path: /put?a=1",
                          "content-type: application/octet-stream", "x-a: 1", "content-length: 4"));
  EXPECT_EQ(server.seen().back().body_bytes, 4U);
}

TEST(Http2Form, HeadHasNoBody) {
  CannedHttp2 server({});
  ClientConfig config = server.config();
  config.method = Method::head;
  const Response response = Http2Client(config, 1).fetch(0);
  EXPECT_EQ(response.outcome, Outcome::ok);
  EXPECT_EQ(response.body_bytes, 0U);
}

TEST(Http2Form, KeepsTheBodyOfTheAnswer) {
  CannedHttp2 server({.body_bytes = 100'000});
  ClientConfig config = server.config();
  config.keep_bodies = true;
  const Response response = Http2Client(config, 1).fetch(0);
  ASSERT_NE(response.body, nullptr);
  EXPECT_EQ(*response.body, std::string(100'000, 'x'));
}

TEST(Http2Form, AnAnswerDoesNotWaitForTheRestOfTheRequest) {
  CannedHttp2 server({.acts = {Do::early}});
  ClientConfig config = server.config();
  config.method = Method::post;
  config.request_body_bytes = 10'000'000;
  config.timeout = 5s;
  Http2Client client(config, 1);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
  EXPECT_EQ(client.fetch(1).outcome, Outcome::ok);
  EXPECT_EQ(server.connections(), 1U);
}

}  // namespace
}  // namespace fanout::transport_test

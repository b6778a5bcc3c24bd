// An HTTP/2 session without a socket: what goes in, what comes out, and what it forgets.
#include "local_server/http2_session.h"

#include <gtest/gtest.h>

#include <string>

#include "local_server/asio_core.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// An empty SETTINGS frame, which every connection begins with.
const std::string kGreeting = std::string(kPreface) + std::string("\0\0\0\4\0\0\0\0\0", 9);

std::string frame_of(char type, char flags, char stream, std::string_view payload) {
  std::string frame(9, '\0');
  frame[2] = static_cast<char>(payload.size());
  frame[3] = type;
  frame[4] = flags;
  frame[8] = stream;
  return frame + std::string(payload);
}

// GET / of http://a, from the static table of HPACK but for the host.
std::string get_frame(char stream) { return frame_of(1, 5, stream, "\x82\x84\x86\x41\x01\x61"); }

class Http2SessionTest : public testing::Test {
 protected:
  void start(const HostBehaviour& behaviour) {
    host_.emplace(behaviour, nullptr, HttpVersion::http2);
    session_.begin(*host_);
  }
  // All that it has to say, at most `most` bytes at a time.
  std::string all_output(std::size_t most = 1 << 20) {
    std::string all;
    while (true) {
      const std::string_view bytes = session_.output().substr(0, most);
      if (bytes.empty()) return all;
      all += bytes;
      session_.sent(bytes.size());
    }
  }

  AsioCore core_;
  int woken_ = 0;
  Http2Session session_{core_, [this] { ++woken_; }};
  std::optional<Host> host_;
};

TEST_F(Http2SessionTest, SaysTheSameHoweverTheBytesAreCut) {
  std::string whole;
  for (const std::size_t piece : {1000, 1}) {
    start({.body_bytes = 40'000, .slowdown = {.above = 9, .per_request = 1ms}});
    const std::string said = kGreeting + get_frame(1) + get_frame(3);
    for (std::size_t at = 0; at < said.size(); at += piece) {
      ASSERT_TRUE(session_.receive(std::string_view(said).substr(at, piece)));
    }
    const std::string answer = all_output(piece);
    session_.end();
    if (whole.empty()) whole = answer;
    EXPECT_EQ(answer.size(), whole.size());
    EXPECT_GT(answer.size(), 65'535U);  // the client's window, which it does not enlarge
  }
  const ServerCounters counters = core_.ledger.counters();
  EXPECT_EQ(counters.requests, 4U);
  EXPECT_EQ(counters.http2->stalls, 4U);
  EXPECT_EQ(counters.abandoned, 4U);
  EXPECT_EQ(host_->in_flight, 0U);
}

// Where another loop may meet the client's next request.
TEST_F(Http2SessionTest, HasNothingInFlightOnceItsAnswersAreBeingSent) {
  LoopGroup loops(false);
  AsioCore core(loops);
  Http2Session session(core, [] {});
  Host host({}, nullptr, HttpVersion::http2);
  session.begin(host);
  session.receive(kGreeting + get_frame(1) + get_frame(3));
  EXPECT_EQ(loops.books.in_flight, 2U);
  session.sent(session.output().size() - 1);
  EXPECT_EQ(loops.books.in_flight, 0U);
  EXPECT_EQ(core.ledger.counters().answered, 1U);
  session.end();
  EXPECT_EQ(loops.books.in_flight, 0U);
  EXPECT_EQ(core.ledger.counters().abandoned, 1U);
}

TEST_F(Http2SessionTest, AnswersOnceTheLastByteHasLeft) {
  start({});
  session_.receive(kGreeting + get_frame(1));
  const std::size_t size = session_.output().size();
  session_.sent(size - 1);
  EXPECT_EQ(core_.ledger.counters().answered, 0U);
  session_.sent(1);
  EXPECT_EQ(core_.ledger.counters().answered, 1U);
  EXPECT_TRUE(session_.output().empty());
  EXPECT_EQ(session_.next(), Http2Session::Step::go_on);
}

TEST_F(Http2SessionTest, GathersALimitedAmountAtATime) {
  start({.body_bytes = 1 << 20});
  // Windows of nearly 2^31 for the stream and the connection.
  session_.receive(kGreeting + frame_of(4, 0, 0, std::string_view("\0\4\x7f\xff\xff\xff", 6)) +
                   frame_of(8, 0, 0, std::string_view("\x7f\0\0\0", 4)) + get_frame(1));
  EXPECT_GT(session_.output().size(), 65'535U);
  EXPECT_LT(session_.output().size(), 65'536U + 16'384U + 9U);
  EXPECT_GT(all_output().size(), 1U << 20);
  EXPECT_EQ(core_.ledger.counters().http2->stalls, 0U);
}

TEST_F(Http2SessionTest, KnowsNoTicketOfAnEarlierConnection) {
  constexpr std::uint64_t kFirstTicket = (1ULL << 32) | 1;
  start({.delay = {.mean = 1h}});
  session_.receive(kGreeting + get_frame(1));
  session_.end();
  session_.hold_over(kFirstTicket);
  start({.delay = {.mean = 1h}});
  session_.receive(kGreeting + get_frame(1));
  session_.hold_over(kFirstTicket);
  EXPECT_EQ(woken_, 0);
  session_.hold_over((2ULL << 32) | 3);  // no such stream
  EXPECT_EQ(woken_, 0);
  session_.hold_over((2ULL << 32) | 1);
  EXPECT_EQ(woken_, 1);
  all_output();
  const ServerCounters counters = core_.ledger.counters();
  EXPECT_EQ(counters.answered, 1U);
  EXPECT_EQ(counters.abandoned, 1U);
}

// Whoever gives up the request that a GOAWAY is for must still learn that later ones are ignored.
TEST_F(Http2SessionTest, GoesAwayThoughTheRequestWasGivenUp) {
  start({.faults = {{FaultKind::goaway}}, .rtt = 1h});
  session_.receive(kGreeting + get_frame(1));
  all_output();
  ASSERT_EQ(core_.ledger.counters().http2->goaways, 0U) << "it is not due yet";
  session_.receive(frame_of(3, 0, 1, std::string_view("\0\0\0\x8", 4)) + get_frame(3));
  all_output();
  const ServerCounters counters = core_.ledger.counters();
  EXPECT_EQ(counters.http2->goaways, 1U);
  EXPECT_EQ(counters.requests, 1U);
  EXPECT_EQ(counters.abandoned, 1U);
  EXPECT_EQ(session_.next(), Http2Session::Step::close);
}

TEST_F(Http2SessionTest, GivesWaitingPlacesToThoseWhoAreStillThere) {
  start({.limit = ServerLimit{.figures = {.concurrency = 1}, .queue = 5}});
  session_.receive(kGreeting + get_frame(1) + get_frame(3) + get_frame(5));
  EXPECT_TRUE(session_.waits((1ULL << 32) | 3));
  session_.receive(frame_of(3, 0, 3, std::string_view("\0\0\0\x8", 4)));  // RST_STREAM, CANCEL
  EXPECT_FALSE(session_.waits((1ULL << 32) | 3));
  EXPECT_TRUE(session_.waits((1ULL << 32) | 5));
  all_output();
  EXPECT_FALSE(session_.waits((1ULL << 32) | 5)) << "the first has left its place";
  session_.hold_over((1ULL << 32) | 5);
  all_output();
  const ServerCounters counters = core_.ledger.counters();
  EXPECT_EQ(counters.answered, 2U);
  EXPECT_EQ(counters.abandoned, 1U);
  EXPECT_EQ(host_->limit->served(), 0U);
}

TEST_F(Http2SessionTest, TakesNobodyOnWhileItEnds) {
  start({.faults = {{FaultKind::hang}},
         .limit = ServerLimit{.figures = {.concurrency = 1}, .queue = 5}});
  session_.receive(kGreeting + get_frame(1) + get_frame(3) + get_frame(5));
  session_.end();
  const ServerCounters counters = core_.ledger.counters();
  EXPECT_EQ(counters.abandoned, 3U);
  EXPECT_EQ(counters.waited, 2U);
  EXPECT_EQ(counters.faults.at("hang"), 1U);
  EXPECT_EQ(host_->limit->served(), 0U);
  EXPECT_EQ(host_->in_flight, 0U);
}

TEST_F(Http2SessionTest, EndsWhenNothingCanFollow) {
  start({});
  EXPECT_FALSE(session_.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  session_.end();
  start({});
  EXPECT_TRUE(session_.receive(kGreeting + frame_of(0, 0, 0, "DATA on stream 0")));
  EXPECT_EQ(session_.next(), Http2Session::Step::go_on) << "it has to say why";
  all_output();
  EXPECT_EQ(session_.next(), Http2Session::Step::close);
  session_.end();
  start({.faults = {{FaultKind::connection_loss}}});
  EXPECT_TRUE(session_.receive(kGreeting + get_frame(1)));
  EXPECT_EQ(session_.next(), Http2Session::Step::reset);
}

}  // namespace
}  // namespace fanout

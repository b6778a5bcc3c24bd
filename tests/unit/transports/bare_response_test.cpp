#include "transports/bare_response.h"

#include <gtest/gtest.h>

#include <string>

namespace fanout {
namespace {

using Step = BareResponse::Step;

const std::string kCounted =
    "HTTP/1.1 200 OK\r\ncontent-length:  5\r\nX-Other: 1\r\nX-FANOUT-TOKEN: 0123456789abcdef\r\n"
    "\r\nabcde";
const std::string kChunked =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Fanout-Token: 0123456789abcdef\r\n"
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n";

void expect_five_bytes(const BareResponse& response) {
  EXPECT_EQ(response.reply().status, 200U);
  EXPECT_EQ(response.reply().body_bytes, 5U);
  EXPECT_EQ(response.reply().token, "0123456789abcdef");
  EXPECT_TRUE(response.reusable());
}

TEST(BareResponse, IsTheSameWhereverItsBytesAreCut) {
  for (const std::string& bytes : {kCounted, kChunked}) {
    BareResponse response;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      response.begin(Method::get);
      EXPECT_EQ(response.received(bytes.substr(0, cut)), Step::more) << cut;
      EXPECT_EQ(response.received(bytes.substr(cut)), Step::complete) << cut;
      expect_five_bytes(response);
    }
    response.begin(Method::get);
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
      EXPECT_EQ(response.received(bytes.substr(i, 1)), Step::more) << i;
    }
    EXPECT_EQ(response.received(bytes.substr(bytes.size() - 1)), Step::complete);
    expect_five_bytes(response);
  }
}

TEST(BareResponse, IsNotReusableOnceItSaysSoOrMoreComes) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
  BareResponse response;
  for (const std::string& rest : {std::string("Connection: Close\r\n\r\n"), "\r\n" + head}) {
    response.begin(Method::get);
    EXPECT_EQ(response.received(head + rest), Step::complete);
    EXPECT_FALSE(response.reusable()) << rest;
  }
  response.begin(Method::get);
  EXPECT_EQ(response.received("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), Step::complete);
  EXPECT_FALSE(response.reusable()) << "HTTP/1.0 closes";
}

TEST(BareResponse, HasNoBodyWhereHttpHasNone) {
  BareResponse response;
  response.begin(Method::head);
  EXPECT_EQ(response.received("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), Step::complete);
  for (const std::string status : {"204", "304"}) {
    response.begin(Method::get);
    EXPECT_EQ(response.received("HTTP/1.1 " + status + " x\r\nContent-Length: 9\r\n\r\n"),
              Step::complete);
  }
}

TEST(BareResponse, OfNoLengthEndsWithItsConnection) {
  BareResponse response;
  response.begin(Method::get);
  EXPECT_EQ(response.closed(), Step::more);
  EXPECT_EQ(response.lost(), Outcome::reset);
  EXPECT_EQ(response.received("HTTP/1.1 200 OK\r\n\r\nabc"), Step::more);
  EXPECT_EQ(response.received("de"), Step::more);
  EXPECT_EQ(response.closed(), Step::complete);
  EXPECT_EQ(response.reply().body_bytes, 5U);
  EXPECT_FALSE(response.reusable());
  EXPECT_EQ(response.lost(), Outcome::truncated);
}

TEST(BareResponse, KnowsWhatIsNotHttp) {
  const std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(kMostHeadLineBytes, 'x');
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& bytes :
       {std::string("SSH-2.0-x\r\n\r\n"), std::string("HTTP/1.1 abc\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), endless,
        std::string("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), chunked + "x\r\n",
        chunked + "1\r\nabc\r\n", chunked + std::string(20'000, '1')}) {
    BareResponse response;
    response.begin(Method::get);
    EXPECT_EQ(response.received(bytes), Step::broken) << bytes.substr(0, 80);
  }
}

}  // namespace
}  // namespace fanout

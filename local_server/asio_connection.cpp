#include "local_server/asio_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <cassert>
#include <cstring>
#include <string_view>

#include "base/clock.h"
#include "base/token.h"
#include "local_server/answer.h"

namespace fanout {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view kTokenField = "X-Fanout-Token: ";
static_assert(kTokenField.starts_with(kTokenHeader));
constexpr std::string_view kCloseField = "Connection: close\r\n";
constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kBadRequest =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// How long a rejected client may take to close its end.
constexpr std::int64_t kDrainNs = 1'000'000'000;

const Answer& method_not_allowed() {
  static const Answer answer{
      .delay = {},
      .rtt = {},
      .connect = {},
      .fault = Fault::none,
      .head = fmt::format("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nAllow: {}\r\n",
                          kAllowedMethods),
      .body = {}};
  return answer;
}

bool allowed(http::verb method) {
  return method == http::verb::get || method == http::verb::head || method == http::verb::post;
}

char* append(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

Answer make_answer(const HostBehaviour& host) {
  Answer answer{.delay = host.delay,
                .rtt = host.rtt,
                .connect = host.rtt * host.handshake_trips,
                .fault = host.fault,
                .head = {},
                .body = body_of(host)};
  const auto reason = http::obsolete_reason(static_cast<http::status>(host.status));
  answer.head = fmt::format("HTTP/1.1 {} {}\r\n", host.status,
                            std::string_view(reason.data(), reason.size()));
  if (may_have_body(host.status)) {
    answer.head +=
        fmt::format("Content-Length: {}\r\nContent-Type: {}\r\n", answer.body.size(), kContentType);
  }
  return answer;
}

AsioCore::AsioCore() = default;
AsioCore::~AsioCore() = default;

Connection& AsioCore::idle_connection() {
  if (idle.empty()) {
    idle.push_back(connections.emplace_back(std::make_unique<Connection>(*this)).get());
  }
  Connection& connection = *idle.back();
  idle.pop_back();
  return connection;
}

void Connection::open(const Answer& host) {
  Code ignored;
  socket_.non_blocking(true, ignored);
  host_ = &host;
  answered_ = false;
  state_ = State::receiving;
  begin_ = end_ = 0;
  scanner_.emplace();
  receive();
}

// Starts a read unless one is under way. It also runs while a request is held, to notice a client
// that gives up. The operations' memory is recycled by Asio: each is freed before the next starts.
void Connection::receive() {
  if (reading_ || state_ == State::closed) return;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) {
    if (state_ == State::receiving) reject();  // one line of the head fills the buffer
    return;
  }
  reading_ = true;
  socket_.async_read_some(
      asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
      [this](const Code& error, std::size_t size) { on_received(error, size); });
}

void Connection::on_received(const Code& error, std::size_t size) {
  reading_ = false;
  if (state_ == State::closed) return recycle();
  if (error) {
    // An answer being sent may still be read: the write tells.
    if (state_ != State::sending) close();
    return;
  }
  end_ += size;
  if (state_ == State::draining) end_ = begin_;
  if (state_ == State::receiving) return serve();
  receive();
}

// Answers what has been received until a request is incomplete, held or still being sent.
void Connection::serve() {
  while (state_ == State::receiving && begin_ < end_) {
    Code error;
    scan(error);
    if (error) return reject();
    if (!scanner_->is_done()) break;
    take_request();
  }
  receive();
}

void Connection::scan(Code& error) {
  begin_ += scanner_->put({buffer_.data() + begin_, end_ - begin_}, error);
  if (error == http::error::need_more) error = {};
  if (!error && !scanner_->is_done() && scanner_->take_expect_continue()) {
    Code ignored;  // the socket's buffer is empty here, and a failure shows in the next read
    socket_.write_some(asio::buffer(kContinue), ignored);
  }
}

void Connection::take_request() {
  arrival_ns_ = now_ns();
  const auto token = scanner_->token();
  // A request without a token draws its delay by its number, so that those, too, follow the
  // distribution.
  const std::uint64_t number = core_.ledger.arrived(token);
  keep_alive_ = scanner_->is_http11() && scanner_->keep_alive();
  answer_ = allowed(scanner_->method()) ? host_ : &method_not_allowed();
  state_ = State::holding;
  if (answer_->fault == Fault::hang) return;
  intended_ns_ = (draw(answer_->delay, token.value_or(number)) + answer_->rtt).count();
  if (!answered_) intended_ns_ += answer_->connect.count();
  answered_ = true;
  if (intended_ns_ == 0) return send();
  core_.holds.add(arrival_ns_ + intended_ns_, *this, ++ticket_);
}

void Connection::hold_over(std::uint64_t ticket) {
  if (ticket != ticket_) return;
  if (state_ == State::draining) return close();
  send();
  if (state_ == State::receiving) serve();
}

// Most answers fit the socket's buffer: written at once, they cost no trip through the event loop.
void Connection::send() {
  state_ = State::sending;
  write_head(scanner_->method() != http::verb::head);
  Code error;
  const std::size_t total = asio::buffer_size(unsent_);
  std::size_t sent = socket_.write_some(unsent_, error);
  if (error && error != asio::error::would_block) return close();
  if (sent == total) return finish();
  for (auto& buffer : unsent_) {
    const std::size_t part = std::min(sent, buffer.size());
    buffer += part;
    sent -= part;
  }
  send_rest();
}

void Connection::write_head(bool with_body) {
  assert(answer_->head.size() + 64 <= head_.size());
  char* end = append(head_.data(), answer_->head);
  if (const auto token = scanner_->token()) {
    const TokenText text = token_text(*token);
    end = append(append(end, kTokenField), std::string_view(text.data(), text.size()));
    end = append(end, kEndOfLine);
  }
  if (!keep_alive_) end = append(end, kCloseField);
  end = append(end, kEndOfLine);
  std::size_t body = with_body ? answer_->body.size() : 0;
  if (answer_->fault != Fault::none) body /= 2;
  unsent_ = {asio::const_buffer(head_.data(), static_cast<std::size_t>(end - head_.data())),
             asio::const_buffer(answer_->body.data(), body)};
}

void Connection::send_rest() {
  writing_ = true;
  asio::async_write(socket_, unsent_,
                    [this](const Code& error, std::size_t /*size*/) { on_sent(error); });
}

void Connection::on_sent(const Code& error) {
  writing_ = false;
  if (state_ == State::closed) return recycle();
  if (error) return close();
  finish();
  if (state_ == State::receiving) serve();
}

void Connection::finish() {
  core_.ledger.answered(now_ns() - arrival_ns_, intended_ns_);
  state_ = State::receiving;
  scanner_.emplace();
  if (answer_->fault == Fault::reset) {
    Code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // close sends RST
  }
  if (!keep_alive_ || answer_->fault != Fault::none) close();
}

// Closing at once would reset a client that is still sending, and the 400 could be lost: read on,
// for a while, until it closes.
void Connection::reject() {
  Code ignored;
  socket_.write_some(asio::buffer(kBadRequest), ignored);
  socket_.shutdown(Socket::shutdown_send, ignored);
  state_ = State::draining;
  begin_ = end_ = 0;
  core_.holds.add(now_ns() + kDrainNs, *this, ++ticket_);
  receive();
}

void Connection::close() {
  if (state_ == State::holding || state_ == State::sending) core_.ledger.abandoned();
  state_ = State::closed;
  ++ticket_;
  Code ignored;
  socket_.close(ignored);
  recycle();
}

void Connection::recycle() {
  if (!reading_ && !writing_) core_.idle.push_back(this);
}

}  // namespace fanout

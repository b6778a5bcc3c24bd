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
#include "local_server/answer.h"
#include "wire/token.h"

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

char* append(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

void Connection::open(Host& host) {
  Code ignored;
  socket_.non_blocking(true, ignored);
  host_ = &host;
  requests_ = 0;
  state_ = State::receiving;
  begin_ = end_ = 0;
  scanner_.emplace();
  if (host.tls != nullptr) return begin_tls();
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
  if (tls_) return receive_tls();
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
    send_now(kContinue);
  }
}

void Connection::take_request() {
  arrival_ns_ = now_ns();
  const auto token = scanner_->token();
  arrival_ = core_.ledger.arrived(token);
  const auto method = http::to_string(scanner_->method());
  core_.ledger.asked({method.data(), method.size()}, scanner_->body_bytes());
  if (arrival_.number == 1) core_.begin_run(arrival_ns_);
  ++requests_;
  keep_alive_ =
      scanner_->is_http11() && scanner_->keep_alive() && requests_ != host_->behaviour.close_after;
  // A request without a token is drawn by its number, so that those, too, follow the distribution.
  drawn_by_ = token.value_or(arrival_.number);
  first_ = requests_ == 1;
  ++host_->in_flight;
  if (host_->admission) return ask_for_a_place();
  hold(fate_of(*host_, drawn_by_, first_));
}

// Holds the request until its answer is due.
void Connection::hold(Fate fate) {
  fate_ = fate;
  state_ = State::holding;
  if (fate_.fault != nullptr) core_.ledger.faulted(fate_.fault->kind, arrival_);
  if (fault_is(FaultKind::hang)) return;
  if (fate_.hold_ns == 0) return answer();
  core_.holds.add(arrival_ns_ + fate_.hold_ns, *this, ++ticket_);
}

void Connection::hold_over(std::uint64_t ticket) {
  if (ticket != ticket_) return;
  if (state_ == State::draining) return close();
  if (state_ == State::dripping) {
    cut_body();
    leaving_ns_ = now_ns();
    send();
  } else {
    answer();
  }
  if (state_ == State::receiving) serve();
}

bool Connection::fault_is(FaultKind kind) const {
  return fate_.fault != nullptr && fate_.fault->kind == kind;
}

void Connection::answer() {
  leaving_ns_ = now_ns();
  const bool amid = fault_is(FaultKind::reset_amid_body) || fault_is(FaultKind::truncate);
  const bool bodyless = scanner_->method() == http::verb::head || fate_.body.empty();
  // Without a body there is no middle of it.
  if (fault_is(FaultKind::reset) || (amid && bodyless)) return finish();
  write_head();
  std::size_t body = bodyless ? 0 : fate_.body.size();
  if (amid) body /= 2;
  unsent_ = {unsent_[0], asio::const_buffer(fate_.body.data(), body)};
  later_ = {};
  if (fault_is(FaultKind::drip)) {
    fate_.drip_ns = drip_time(*fate_.fault, body).count();
    later_ = unsent_[1];
    cut_body();
  }
  send();
}

// Moves the next piece of a body that drips from later_ to unsent_.
void Connection::cut_body() {
  const std::size_t piece = std::min(drip_piece(fate_.body.size()), std::uint64_t{later_.size()});
  unsent_[1] = asio::const_buffer(later_.data(), piece);
  later_ += piece;
}

void Connection::write_head() {
  assert(fate_.head.size() + 64 <= head_.size());
  char* end = append(head_.data(), fate_.head);
  if (const auto token = scanner_->token()) {
    const TokenText text = token_text(*token);
    end = append(append(end, kTokenField), std::string_view(text.data(), text.size()));
    end = append(end, kEndOfLine);
  }
  if (!keep_alive_) end = append(end, kCloseField);
  end = append(end, kEndOfLine);
  unsent_[0] = asio::const_buffer(head_.data(), static_cast<std::size_t>(end - head_.data()));
}

// Most answers fit the socket's buffer: written at once, they cost no trip through the event loop.
void Connection::send() {
  state_ = State::sending;
  if (tls_) return send_tls();
  Code error;
  const std::size_t total = asio::buffer_size(unsent_);
  const std::size_t sent = socket_.write_some(unsent_, error);
  if (error && error != asio::error::would_block) return close();
  if (sent == total) return sent_piece();
  sent_some(sent);
  send_rest();
}

void Connection::sent_some(std::size_t bytes) {
  for (auto& buffer : unsent_) {
    const std::size_t part = std::min(bytes, buffer.size());
    buffer += part;
    bytes -= part;
  }
}

// Sends a few bytes without waiting: the socket's buffer is empty now, and a failure shows in the
// next read.
void Connection::send_now(std::string_view text) {
  Code ignored;
  if (tls_) {
    (void)tls_.write(text);
  } else {
    socket_.write_some(asio::buffer(text), ignored);
  }
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
  sent_piece();
  if (state_ == State::receiving) serve();
}

void Connection::sent_piece() {
  unsent_ = {};
  if (later_.size() == 0) return finish();
  state_ = State::dripping;
  const auto gaps = static_cast<std::int64_t>(drip_pieces(fate_.body.size()) - 1);
  const std::int64_t step_ns = fate_.drip_ns / gaps;
  core_.holds.add(now_ns() + step_ns, *this, ++ticket_);
}

// The request has been answered, or its fault acted out.
void Connection::finish() {
  core_.ledger.answered(arrival_ns_, leaving_ns_, fate_.hold_ns + fate_.drip_ns);
  --host_->in_flight;
  if (has_place_) leave_place();
  state_ = State::receiving;
  if (fault_is(FaultKind::reset) || fault_is(FaultKind::reset_amid_body)) return reset();
  const bool keep = keep_alive_ && !fault_is(FaultKind::truncate);
  scanner_.emplace();
  if (!keep) close();
}

void Connection::reset() {
  Code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // close sends RST
  tls_ = {};                                                        // and nothing before it
  close();
}

// Closing at once would reset a client that is still sending, and the 400 could be lost: read on,
// for a while, until it closes.
void Connection::reject() {
  Code ignored;
  send_now(kBadRequest);
  tls_.shut_down();
  socket_.shutdown(Socket::shutdown_send, ignored);
  state_ = State::draining;
  begin_ = end_ = 0;
  core_.holds.add(now_ns() + kDrainNs, *this, ++ticket_);
  receive();
}

void Connection::close() {
  if (state_ == State::waiting) host_->admission->stop_waiting();
  if (state_ == State::waiting || state_ == State::holding || state_ == State::sending ||
      state_ == State::dripping) {
    core_.ledger.abandoned();
    --host_->in_flight;
  }
  if (has_place_) leave_place();
  state_ = State::closed;
  ++ticket_;
  tls_.shut_down();
  tls_ = {};
  Code ignored;
  socket_.close(ignored);
  recycle();
}

void Connection::recycle() {
  if (!reading_ && !writing_) core_.idle.push_back(this);
}

}  // namespace fanout

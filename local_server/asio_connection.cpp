#include "local_server/asio_connection.h"

#include <boost/beast/http/error.hpp>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "local_server/http2_session.h"

namespace fanout {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kBadRequest =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// How long a client may take to close its end once ours is closed.
constexpr std::int64_t kDrainNs = 1'000'000'000;

}  // namespace

Connection::Connection(AsioCore& core) : core_(core), socket_(core.io) {}
Connection::~Connection() = default;

Connection& Connection::idle(AsioCore& core) {
  if (core.idle.empty()) {
    auto made = std::make_unique<Connection>(core);
    core.idle.push_back(made.get());
    core.connections.push_back(std::move(made));
  }
  Connection& connection = *core.idle.back();
  core.idle.pop_back();
  return connection;
}

void Connection::open(Host& host) {
  Code ignored;
  socket_.non_blocking(true, ignored);
  host_ = &host;
  requests_ = 0;
  state_ = host.http == HttpVersion::http1 ? State::receiving : State::opening;
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
  if (state_ == State::http2) return receive_http2();
  if (state_ == State::opening) return tell_version();
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
  ++requests_;
  request_ = {.arrival_ns = now_ns(), .token = scanner_->token()};
  if (requests_ == 1) request_.connecting_ns = connecting_ns(*host_, 0);
  const auto method = http::to_string(scanner_->method());
  arrive(core_, *host_, request_, {method.data(), method.size()}, scanner_->body_bytes());
  keep_alive_ =
      scanner_->is_http11() && scanner_->keep_alive() && requests_ != host_->behaviour.close_after;
  if (admit(core_, *host_, request_, *this, ++ticket_)) return hold();
  state_ = State::waiting;
}

// Holds the request until its answer is due.
void Connection::hold() {
  state_ = State::holding;
  if (request_.meets(FaultKind::hang)) return;
  if (request_.fate.hold_ns == 0) return answer();
  core_.holds.add(request_.arrival_ns + request_.fate.hold_ns, *this, ++ticket_);
}

// It is answered from the loop, never from here: who makes room may be in the middle of its own
// answer.
void Connection::take_on(std::uint64_t /*ticket*/) {
  fanout::take_on(core_, *host_, request_);
  state_ = State::holding;
  if (request_.meets(FaultKind::hang)) return;
  core_.holds.add(request_.arrival_ns + request_.fate.hold_ns, *this, ++ticket_);
}

void Connection::hold_over(std::uint64_t ticket) {
  if (ticket != ticket_) return;
  if (state_ == State::draining) return close();
  if (state_ == State::dripping) {
    cut_body();
    request_.leaving_ns = now_ns();
    send();
  } else {
    answer();
  }
  if (state_ == State::receiving) serve();
}

// The request has been answered, or its fault acted out.
void Connection::finish() {
  fanout::finish(core_, *host_, request_);
  state_ = State::receiving;
  if (request_.meets(FaultKind::reset) || request_.meets(FaultKind::reset_amid_body) ||
      request_.meets(FaultKind::connection_loss)) {
    return reset();
  }
  const bool keep =
      keep_alive_ && !request_.meets(FaultKind::truncate) && !request_.meets(FaultKind::goaway);
  scanner_.emplace();
  if (!keep) close();
}

void Connection::reset() {
  Code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // close sends RST
  tls_ = {};                                                        // and nothing before it
  close();
}

void Connection::reject() {
  send_now(kBadRequest);
  drain();
}

// Closing at once would reset a client that is still sending, and what it was sent last could be
// lost: read on, for a while, until it closes.
void Connection::drain() {
  Code ignored;
  tls_.shut_down();
  socket_.shutdown(Socket::shutdown_send, ignored);
  state_ = State::draining;
  begin_ = end_ = 0;
  core_.holds.add(now_ns() + kDrainNs, *this, ++ticket_);
  receive();
}

void Connection::close() {
  if (state_ == State::waiting || state_ == State::holding || state_ == State::sending ||
      state_ == State::dripping) {
    give_up(core_, *host_, request_, state_ == State::waiting, Loss::client_left);
  }
  if (state_ == State::http2) session_->end();
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

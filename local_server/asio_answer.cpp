// How a connection sends the answer to an HTTP/1.1 request.
#include <algorithm>
#include <boost/asio/write.hpp>
#include <cassert>
#include <cstring>
#include <string_view>

#include "base/clock.h"
#include "local_server/asio_connection.h"
#include "wire/token.h"

namespace fanout {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view kTokenField = "X-Fanout-Token: ";
static_assert(kTokenField.starts_with(kTokenHeader));
constexpr std::string_view kCloseField = "Connection: close\r\n";
constexpr std::string_view kEndOfLine = "\r\n";

char* append(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

void Connection::answer() {
  request_.leaving_ns = now_ns();
  const bool amid =
      request_.meets(FaultKind::reset_amid_body) || request_.meets(FaultKind::truncate);
  const bool bodyless = scanner_->method() == http::verb::head || request_.fate.body.empty();
  // Without a body there is no middle of it.
  const bool none = request_.meets(FaultKind::reset) ||
                    request_.meets(FaultKind::connection_loss) || request_.meets(FaultKind::goaway);
  if (none || (amid && bodyless)) return finish();
  write_head();
  std::size_t body = bodyless ? 0 : request_.fate.body.size();
  if (amid) body /= 2;
  unsent_ = {unsent_[0], asio::const_buffer(request_.fate.body.data(), body)};
  later_ = {};
  if (request_.meets(FaultKind::drip)) {
    request_.fate.drip_ns = drip_time(*request_.fate.fault, body).count();
    later_ = unsent_[1];
    cut_body();
  }
  send();
}

// Moves the next piece of a body that drips from later_ to unsent_.
void Connection::cut_body() {
  const std::size_t piece =
      std::min(drip_piece(request_.fate.body.size()), std::uint64_t{later_.size()});
  unsent_[1] = asio::const_buffer(later_.data(), piece);
  later_ += piece;
}

void Connection::write_head() {
  assert(request_.fate.head->text.size() + 64 <= head_.size());
  char* end = append(head_.data(), request_.fate.head->text);
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
  if (core_.group != nullptr && later_.size() == 0) leave(core_, *host_, request_);
  if (tls_) return send_tls();
  Code error;
  const std::size_t total = asio::buffer_size(unsent_);
  const std::size_t sent = socket_.write_some(unsent_, error);
  const bool is_later = error == asio::error::would_block || error == asio::error::interrupted;
  if (error && !is_later) return close();
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
  const auto gaps = static_cast<std::int64_t>(drip_pieces(request_.fate.body.size()) - 1);
  const std::int64_t step_ns = request_.fate.drip_ns / gaps;
  core_.holds.add(now_ns() + step_ns, *this, ++ticket_);
}

}  // namespace fanout

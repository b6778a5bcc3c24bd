// A small HTTP/2 client on libnghttp2, for the tests of the engine.
#pragma once

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/contract/raw_client.h"

namespace fanout {

struct Http2Reply {
  std::map<std::string, std::string> fields;
  std::string body;
  bool closed = false;     // its stream
  std::uint32_t code = 0;  // with which it was closed; 0: in order
};

// Blocking, in clear text. What it waits for in vain ends a test after kHangLimitMs.
class Http2Client {
 public:
  explicit Http2Client(const Endpoint& endpoint);
  ~Http2Client() { nghttp2_session_del(session_); }
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  // Begins a request; the number of its stream.
  std::int32_t ask(std::string_view path, std::string_view method = "GET", std::size_t body = 0);
  // The answer of a stream, once that is closed or the connection is gone.
  const Http2Reply& reply(std::int32_t stream);
  void cancel(std::int32_t stream);
  void flush();
  // Receives until the server closes.
  void drain();

  [[nodiscard]] std::optional<std::int32_t> last_stream() const { return last_stream_; }
  [[nodiscard]] bool was_reset() const { return error_ == ECONNRESET; }
  // The streams of the DATA frames received, in order.
  [[nodiscard]] const std::vector<std::int32_t>& data_frames() const { return data_frames_; }

 private:
  struct Callbacks;
  bool more();

  UniqueFd fd_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Http2Reply> replies_;
  std::map<std::int32_t, std::size_t> bodies_;  // bytes of requests still to be sent
  std::vector<std::int32_t> data_frames_;
  std::optional<std::int32_t> last_stream_;  // as the server's GOAWAY says
  int error_ = 0;
};

}  // namespace fanout

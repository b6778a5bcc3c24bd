// cpp-httplib's client with another view of its socket: what every transport reads
// (transports/bare_response.h) reaches the library in the form that it reads, too, and TLS is that
// of the transports which own their sockets (transports/tls_client.h). Private to the transport
// `httplib`.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "transports/response_body.h"
#include "transports/response_head.h"
#include "transports/tls_client.h"

namespace fanout {

// Turns what is received of a response into what cpp-httplib reads. A response that it reads as it
// is stays so, but for its chunks.
class HttplibReading {
 public:
  void begin(bool head_request);
  // Appends to `out` what the library is to see of these bytes.
  void received(std::string_view bytes, std::string& out);
  // Why what came is no HTTP; empty if it may be.
  [[nodiscard]] std::string_view broken() const { return broken_; }
  // Whether more came than the response.
  [[nodiscard]] bool surplus() const { return surplus_; }

 private:
  std::string_view read_head_of(std::string_view bytes, std::string& out);
  void write_head(std::string_view text, std::string& out) const;
  void write_body(std::string_view bytes, std::string& out);

  bool head_request_ = false;
  bool in_body_ = false;
  bool surplus_ = false;
  HeadEnd head_end_;
  ResponseHead head_;
  ResponseBody body_;
  std::string held_;  // what has come of a head that is not whole
  std::string_view broken_;
};

// The client of one target. Before each request: begin().
class ReadingHttplibClient final : public httplib::ClientImpl {
 public:
  // Connects to a Unix socket.
  explicit ReadingHttplibClient(const std::string& path) : ClientImpl(path) {}
  // Connects to a host, with TLS if that is the `tls` of this target.
  ReadingHttplibClient(const std::string& host, int port, TlsClient& tls, std::uint32_t target)
      : ClientImpl(host, port), tls_client_(&tls), target_(target) {}

  // The times (base/clock.h) until which to connect and to be answered.
  void begin(bool head_request, std::int64_t connect_by, std::int64_t answer_by);
  // Whether nothing has come over the kept connection.
  [[nodiscard]] bool is_quiet();
  [[nodiscard]] const HttplibReading& reading() const { return reading_; }
  // How the last TLS handshake ended; ok: in order, or there was none.
  [[nodiscard]] Outcome handshake() const { return handshake_; }
  [[nodiscard]] const TlsStream& tls() const { return tls_; }

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override;
  void shutdown_ssl(Socket& socket, bool gracefully) override;
  bool process_socket(const Socket& socket,
                      std::function<bool(httplib::Stream&)> callback) override;
  Outcome shake_hands(int fd);

  TlsClient* tls_client_ = nullptr;
  std::uint32_t target_ = 0;
  HttplibReading reading_;
  TlsStream tls_;  // of the last connection; none: it is plain
  Outcome handshake_ = Outcome::ok;
  std::int64_t connect_by_ = 0;
  std::int64_t answer_by_ = 0;
};

}  // namespace fanout

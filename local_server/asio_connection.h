// One accepted connection of the asio engine.
//
// It handles one HTTP/1.1 request at a time: a pipelined request is parsed, and so arrives, when
// the one before it has been answered. Where it turns out to be HTTP/2, it carries the bytes of an
// Http2Session, which does the rest.
#pragma once

#include <sys/types.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "local_server/asio_core.h"
#include "local_server/asio_host.h"
#include "local_server/held_request.h"
#include "local_server/request_scanner.h"
#include "wire/tls_stream.h"

namespace fanout {

class Http2Session;

class Connection : public RequestHolder {
 public:
  // A concrete executor type spares a virtual call and an allocation for each operation.
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  explicit Connection(AsioCore& core);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Returns a closed connection: one used before, or a new one.
  static Connection& idle(AsioCore& core);

  Socket& socket() { return socket_; }  // to be accepted into
  // Serves the accepted socket as `host`, which must outlive the connection.
  void open(Host& host);

  // Of the HTTP/1.1 request that it holds.
  void hold_over(std::uint64_t ticket) override;
  [[nodiscard]] bool waits(std::uint64_t ticket) const override {
    return state_ == State::waiting && ticket == ticket_;
  }
  void take_on(std::uint64_t ticket) override;

 private:
  using Code = boost::system::error_code;
  enum class State : std::uint8_t {
    closed,
    handshaking,
    opening,  // of a host that speaks HTTP/2 in clear text: its first bytes tell the version
    receiving,
    waiting,   // with a request for a place that its host's limit gives
    holding,   // a request, until its answer is due
    sending,   // an answer, or a piece of one
    dripping,  // an answer: until its next piece is due
    http2,     // its session has the states of its requests
    draining,  // a client that was rejected, or whose session has ended
  };

  void receive();
  void on_received(const Code& error, std::size_t size);
  void serve();
  void scan(Code& error);
  void take_request();
  void hold();
  void answer();
  void write_head();
  void cut_body();
  void send();
  void sent_some(std::size_t bytes);
  void send_now(std::string_view text);
  void send_rest();
  void on_sent(const Code& error);
  void sent_piece();
  void finish();
  void reset();
  void reject();
  void drain();
  void close();
  void recycle();

  // TLS, in asio_tls.cpp: the same steps when the host speaks it.
  void begin_tls();
  void shake_hands();
  void wait_to_read(Socket::wait_type type);
  void receive_tls();
  void on_readable(const Code& error);
  void send_tls();

  // HTTP/2, in asio_http2.cpp: reading and writing for the session.
  void tell_version();
  void begin_http2();
  void receive_http2();
  void flush();
  void flush_later();
  void wait_to_flush();
  void on_flushable(const Code& error);
  [[nodiscard]] ssize_t write_some(std::string_view bytes);

  static constexpr std::size_t kBufferSize = 8192;  // as large as the largest head accepted
  static constexpr std::size_t kHeadSize = 384;     // an Answer's head and the fields added to it

  AsioCore& core_;
  Socket socket_;
  TlsStream tls_;  // none: plain HTTP
  Host* host_ = nullptr;
  HeldRequest request_;  // the current one, of HTTP/1.1
  State state_ = State::closed;
  bool reading_ = false;  // an asynchronous read is under way, into the buffer's end
  bool writing_ = false;
  bool keep_alive_ = true;
  unsigned requests_ = 0;  // received so far, of HTTP/1.1
  std::uint64_t ticket_ = 0;
  std::unique_ptr<Http2Session> session_;  // kept for the next HTTP/2 connection
  std::optional<RequestScanner> scanner_;
  std::array<boost::asio::const_buffer, 2> unsent_;
  boost::asio::const_buffer later_;  // what is left of a body that drips
  std::size_t begin_ = 0;            // received and not yet scanned: [begin_, end_)
  std::size_t end_ = 0;
  std::array<char, kHeadSize> head_;
  std::array<char, kBufferSize> buffer_;
};

}  // namespace fanout

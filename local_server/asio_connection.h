// One accepted connection of the asio engine, and what all connections of an engine share.
//
// Everything here is used on the engine's one thread. A connection handles one request at a time:
// a pipelined request is parsed, and so arrives, when the one before it has been answered.
#pragma once

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "local_server/asio_host.h"
#include "local_server/hold_queue.h"
#include "local_server/ledger.h"
#include "local_server/request_scanner.h"
#include "wire/tls_stream.h"

namespace fanout {

class Connection;

struct AsioCore {
  AsioCore();
  ~AsioCore();
  // Returns a closed connection: one used before, or a new one.
  Connection& idle_connection();
  void begin_run(std::int64_t now_ns);

  boost::asio::io_context io{1};
  Ledger ledger;
  HoldQueue<Connection> holds{io};
  struct Event {
    std::chrono::nanoseconds at;  // from begin_run() on: the run's first request
    std::function<void()> happen;
  };
  std::vector<Event> events;
  std::int64_t first_request_ns = 0;
  std::vector<std::unique_ptr<Connection>> connections;  // all there ever were
  std::vector<Connection*> idle;                         // those of them to be used again
};

class Connection {
 public:
  // A concrete executor type spares a virtual call and an allocation for each operation.
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  explicit Connection(AsioCore& core) : core_(core), socket_(core.io) {}

  Socket& socket() { return socket_; }  // to be accepted into
  // Serves the accepted socket as `host`, which must outlive the connection.
  void open(Host& host);
  // The hold queue calls this when the deadline of `ticket` has come (hold_queue.h).
  void hold_over(std::uint64_t ticket);
  // Whether it still waits for a place with the request that was given this ticket.
  [[nodiscard]] bool waits(std::uint64_t ticket) const {
    return state_ == State::waiting && ticket == ticket_;
  }
  // Its host has a place for it. REQUIRED: it waits.
  void take_on();

 private:
  using Code = boost::system::error_code;
  enum class State : std::uint8_t {
    closed,
    handshaking,
    receiving,
    waiting,   // with a request for a place that its host's limit gives
    holding,   // a request, until its answer is due
    sending,   // an answer, or a piece of one
    dripping,  // an answer: until its next piece is due
    draining,  // a client that was rejected
  };

  void receive();
  void on_received(const Code& error, std::size_t size);
  void serve();
  void scan(Code& error);
  void take_request();
  void hold(Fate fate);
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
  [[nodiscard]] bool fault_is(FaultKind kind) const;
  void reset();
  void reject();
  void close();
  void recycle();

  // Limits, in asio_admission.cpp.
  void ask_for_a_place();
  void leave_place();
  [[nodiscard]] std::int64_t elapsed_ns() const { return arrival_ns_ - core_.first_request_ns; }

  // TLS, in asio_tls.cpp: the same steps when the host speaks it.
  void begin_tls();
  void shake_hands();
  void wait_to_read(Socket::wait_type type);
  void receive_tls();
  void on_readable(const Code& error);
  void send_tls();

  static constexpr std::size_t kBufferSize = 8192;  // as large as the largest head accepted
  static constexpr std::size_t kHeadSize = 384;     // an Answer's head and the fields added to it

  AsioCore& core_;
  Socket socket_;
  TlsStream tls_;  // none: plain HTTP
  Host* host_ = nullptr;
  Fate fate_;  // of the current request
  State state_ = State::closed;
  bool reading_ = false;  // an asynchronous read is under way, into the buffer's end
  bool writing_ = false;
  bool keep_alive_ = true;
  bool has_place_ = false;      // its host's limit counts the request as served
  bool first_ = false;          // it is the first on this connection
  unsigned requests_ = 0;       // received so far
  std::uint64_t drawn_by_ = 0;  // the token, or what stands for it
  Arrival arrival_;
  std::uint64_t ticket_ = 0;
  std::int64_t arrival_ns_ = 0;
  // When the answer, or its last piece, began to leave. Not when it had left: by then the client
  // may have it, and would seem quicker than the hold time allows.
  std::int64_t leaving_ns_ = 0;
  std::optional<RequestScanner> scanner_;
  std::array<boost::asio::const_buffer, 2> unsent_;
  boost::asio::const_buffer later_;  // what is left of a body that drips
  std::size_t begin_ = 0;            // received and not yet scanned: [begin_, end_)
  std::size_t end_ = 0;
  std::array<char, kHeadSize> head_;
  std::array<char, kBufferSize> buffer_;
};

}  // namespace fanout

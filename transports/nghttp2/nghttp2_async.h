// The client of HTTP/2: streams on shared connections. Each turn of the loop takes in what came,
// reports what has ended, and sends what is to be sent, of all requests together. Private to
// nghttp2_async*.cpp.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "transports/nghttp2/http2_pool.h"

namespace fanout {

class Nghttp2Client final : public AsyncClient {
 public:
  // `shared` is borrowed.
  Nghttp2Client(const Http2Targets& shared, unsigned slots);
  void start(const Request& request, Done done) override;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    call_after(io_, delay, std::move(callback));
  }
  void run() override {
    io_.restart();
    io_.run();
  }
  void give_up(const Request& request) override;

 private:
  static constexpr std::size_t kReceivedBytes = std::size_t{64} * 1024;  // of one read, at most

  using Connection = Http2Connection;
  using Stream = Http2Exchange;

  // Requests.
  Stream& take_stream(const Request& request, Done done);
  void carry(Stream& stream, bool again);
  bool submit(Stream& stream);
  void report(Stream& stream);
  Done finish(Stream& stream);
  void fail(Stream& stream, const Response& response);
  Response response_to(Stream& stream) const;
  void drop(Stream& stream);
  void cancel(Stream& stream);
  void watch_deadline(std::int64_t deadline);
  void give_up_late_ones();
  void rest();

  // A turn of the loop.
  void wake();
  void settle();

  // Connections, in nghttp2_async_connection.cpp.
  Connection* usable(std::uint32_t target);
  Connection& open(std::uint32_t target);
  int connect(Connection& connection);
  void flush_later(Connection& connection);
  void flush(Connection& connection);
  bool shake_hands(Connection& connection);
  int send(Connection& connection);
  void await(Connection& connection, AsioSocket::wait_type type);
  void on_ready(Connection& connection, AsioSocket::wait_type type);
  void receive(Connection& connection);
  void leave(Connection& connection);
  void lost(Connection& connection);
  void broken(Connection& connection, int failure);
  void end_for_breach(Connection& connection);
  void fail_all(Connection& connection, Outcome outcome, const std::string& words);
  std::vector<Stream*> close_under(Connection& connection);
  void close(Connection& connection);

  const ClientConfig& config_;
  const Http2Targets& shared_;
  [[maybe_unused]] const unsigned slots_;
  TlsClient tls_;
  boost::asio::io_context io_{1};
  std::deque<Stream> streams_;
  std::vector<Stream*> spare_;
  std::vector<Stream*> ended_;         // to be reported ...
  std::vector<Stream*> reported_;      // ... and those that settle() is about to
  std::vector<Connection*> to_flush_;  // likewise
  std::vector<Connection*> flushed_;
  std::vector<std::uint32_t> most_streams_;  // by target, as its server said last; 0: not yet
  Http2Pool pool_;
  Http2Fields fields_;  // of the request that is being begun
  unsigned in_flight_ = 0;
  bool awake_ = false;                // whether settle() is going to be called
  std::unique_ptr<char[]> received_;  // what one read brings, of any connection
  AsioTimer timer_;                   // one for all: at or before the earliest deadline
  std::int64_t timer_set_to_ = kNever;
};

}  // namespace fanout

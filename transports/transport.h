// A transport is one HTTP client implementation. It starts no threads, and offers a BlockingClient,
// an AsyncClient, or either. Strategies (strategies/strategy.h) drive clients and know only them.
//
// Contract of every client:
// - A request ends in exactly one Response, whatever the network does; a failure is an Outcome,
//   never an exception. Only preparing and making a client may throw (RunError).
// - Every response is verified: status, body length and token (transports/verify.h).
// - A client belongs to one thread at a time. What it shares with other clients was prepared before
//   them, and no client changes it.
// - With reuse, connections are kept and used again: one to each target by a BlockingClient, at
//   most as many as it has slots to each by an AsyncClient. No more are idle than
//   kept_connections(): then the one that is so longest makes room. (libcurl's multi interface
//   counts those in use, too.) Without, each request opens its own. A kept connection that its
//   server has closed is replaced unnoticed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "transports/client_config.h"

namespace fanout {

// How one request ended.
enum class Outcome : std::uint8_t {
  none,             // not finished (an empty sample slot)
  ok,               // answered, and status, length and token are as expected
  refused,          // the connection was refused
  reset,            // the connection was reset or closed before a complete response header
  connect_timeout,  // no connection within ClientConfig::connect_timeout
  timeout,          // no complete response within ClientConfig::timeout
  deadline,         // not complete, or not begun, when ClientConfig::deadline passed
  tls,              // no TLS connection: its handshake failed, or the certificate is not trusted
  truncated,        // the connection ended amid the body
  bad_status,       // another status than expected
  bad_length,       // another body length than expected
  bad_token,        // the token of another request, or none
  protocol,         // not HTTP, or an error of the client library
  no_port,          // no local port left to connect from
  no_descriptor,    // no file descriptor left to connect with
  dns,              // the name of the host has no address
};

// One request to make. Plain data, 16 bytes.
struct Request {
  std::uint32_t index = 0;   // position in the job, and of its sample slot
  std::uint32_t target = 0;  // index into ClientConfig::targets
  std::uint64_t token = 0;   // wire/token.h; with listed paths: transports/path.h
};

// What became of one request.
struct Response {
  Outcome outcome = Outcome::none;
  std::uint8_t attempts = 1;  // 0: given up before it was begun
  std::uint8_t words = 0;     // why it failed: a number of ClientConfig::failure_words
  bool connected = false;     // whether its last attempt opened a connection
  bool hedged = false;        // a second attempt was made beside the first (transports/hedge.h) ...
  bool hedge_won = false;     // ... and was the one that ended the request
  std::uint16_t status = 0;   // 0 if there was none
  std::uint32_t retry_after_s = 0;  // what the server asks to wait (RFC 9110, 10.2.3)
  std::uint64_t body_bytes = 0;     // body bytes received
  std::uint64_t retried = 0;        // ends of all attempts but the last (transports/retried.h)
  std::int64_t began_ns = 0;        // base/clock.h: when a schedule that held it back let it go
  std::shared_ptr<const std::string> body{};  // with ClientConfig::keep_bodies; else null
};

class BlockingClient {
 public:
  virtual ~BlockingClient() = default;
  // Makes the request and returns when it has ended.
  virtual Response fetch(const Request& request) = 0;
};

// An event loop that makes requests. All callbacks run inside run(), on its thread.
class AsyncClient {
 public:
  using Done = std::function<void(const Response&)>;

  virtual ~AsyncClient() = default;
  // Begins a request; `done` is called once, from run(), never from within start() itself.
  // Callable before run() and from callbacks. `request` must live until `done`.
  virtual void start(const Request& request, Done done) = 0;
  // Calls `callback` once, from run(), no sooner than `delay` from now.
  virtual void after(std::chrono::nanoseconds delay, std::function<void()> callback) = 0;
  // Returns when no request and no callback is outstanding. May be called again.
  virtual void run() = 0;
  // Ends a request that is under way at once, its connection with it; `done` is never called.
  // Callable from callbacks. `request` is the object that start() was given. Asked for by
  // transports/hedge.h alone, so that what decorates it need not know how.
  virtual void give_up(const Request& /*request*/) {}
  // Hands the retries of a client over to who starts its requests, who so knows what is in flight:
  // `ended` is told of each attempt that will be made again, and `due`, once its wait is over, is
  // given what begins the next. To be called before run(); a client that retries nothing ignores
  // it.
  struct Retries {
    std::function<void(const Response&)> ended;
    std::function<void(std::function<void()> begin)> due;
  };
  virtual void hand_over_retries(const Retries& /*retries*/) {}
};

// Each call makes a new client. Callable from any thread, and from forked processes.
using BlockingFactory = std::function<std::unique_ptr<BlockingClient>()>;
// `slots` is the most requests that the client is ever asked for at once.
using AsyncFactory = std::function<std::unique_ptr<AsyncClient>(unsigned slots)>;

// Prepares what all clients of this configuration share and none changes: once per process, before
// there are threads or forks. The factory keeps it, and outlives its clients.
using PrepareBlocking = BlockingFactory (*)(const ClientConfig&);
using PrepareAsync = AsyncFactory (*)(const ClientConfig&);
struct PrepareEither {
  PrepareBlocking blocking;
  PrepareAsync async;
};

// Part of the default comparison: `same_stack` transports share one HTTP library, so that rows
// differ by strategy alone; `other_stack` ones are shown beside them, labelled. `floor` is the one
// that all are measured against (harness/plan/references.h).
enum class Suite : std::uint8_t { none, same_stack, other_stack, floor };

inline constexpr std::string_view kNoStack = "none";  // of a transport without a network
// One row of the registry (transports/registry.cpp), defined in the transport's own file.
struct Transport {
  std::string_view name;
  std::string_view stack;    // the HTTP library; rows of one stack compare strategies
  std::string_view summary;  // one line, for help
  std::string (*version)();  // the library's version as it runs
  std::variant<PrepareBlocking, PrepareAsync, PrepareEither> prepare;
  Suite suite = Suite::none;
  unsigned client_descriptors = 0;  // held beside connections (loops, timers, wake-up pairs)
  bool tls = true;                  // whether it speaks TLS
  bool follows = false;             // whether it can follow redirects (ClientConfig::follow)
  bool http1 = true;                // the versions of HTTP that it speaks
  bool http2 = false;
  std::string_view counterpart{};  // of one that speaks HTTP/2 alone: what it is held against
  bool fills_connections = false;  // uses up the streams of one before it opens the next
  std::string (*plain_http2_fault)() = nullptr;  // why that fails in clear text; null, "": it works
  std::string (*fault)() = nullptr;  // why it cannot be used on this machine; null, "": it can
};

inline bool speaks(const Transport& transport, HttpVersion version) {
  return version == HttpVersion::http1 ? transport.http1 : transport.http2;
}

}  // namespace fanout

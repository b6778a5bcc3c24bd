// A server of HTTP/2 for the tests of the transports that treats each request as it is told to.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "local_server/certificate.h"
#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {

// Serves each connection on a thread of its own. Clients must be gone before it is destroyed.
class CannedHttp2 {
 public:
  enum class Do : std::uint8_t {
    answer,           // rightly
    hang,             // never answer
    refuse,           // RST_STREAM: not processed
    reset,            // RST_STREAM: an error
    reset_amid_body,  // the same, later
    reset_idle,       // answer, then end the connection
    close,            // end the connection
    close_amid_body,  // the same, later
    go_away,          // say that this request and later ones are not processed
    short_body,       // less than its length says
    big_head,         // a header of 340 KiB
    no_status,        // a header without a status
    bad_frame,        // DATA of no stream
    interim,          // answer 103 first
    trailer,          // end by a trailer
    early,            // answer before the body of the request has come
    wrong_token,
  };
  struct Script {
    std::vector<Do> acts{Do::answer};  // of the n-th request of all; later ones have the last
    std::uint32_t most_streams = 0;    // at once, of a connection; 0: any number
    std::uint32_t window = 65'535;     // for the bodies of requests
    std::uint64_t body_bytes = 5;
    bool tls = false;
    std::string protocol = "h2";  // that TLS chooses; empty: none
    std::string greeting{};       // bytes that are said and the connection ended, at the first ones
  };
  // A request as it was received.
  struct Seen {
    unsigned connection = 0;
    std::vector<std::string> fields;  // "name: value", the pseudo-header ones first
    std::uint64_t body_bytes = 0;
  };

  explicit CannedHttp2(Script script);
  ~CannedHttp2();
  CannedHttp2(const CannedHttp2&) = delete;
  CannedHttp2& operator=(const CannedHttp2&) = delete;

  // A client's view of it.
  [[nodiscard]] ClientConfig config() const;
  [[nodiscard]] unsigned connections() const { return connections_; }
  // The requests in the order of their ends.
  std::vector<Seen> seen();
  // The codes with which the client has reset streams so far.
  std::vector<std::uint32_t> resets();
  // The most streams that were open at once on a connection.
  [[nodiscard]] unsigned peak() const { return peak_; }

 private:
  struct Deleter;  // of what is libnghttp2's
  struct Peer;
  friend struct Peer;
  void serve();
  Do next_act(const Seen& request);

  const Script script_;
  std::optional<TlsIdentity> identity_;
  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<std::uint32_t> resets_;
  std::size_t next_ = 0;
  std::atomic<unsigned> connections_ = 0;
  std::atomic<unsigned> peak_ = 0;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::vector<std::jthread> threads_;
  std::jthread thread_;  // last: joined first
};

}  // namespace fanout::transport_test

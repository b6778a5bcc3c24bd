// What the server counts of one run, engine-independent.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/histogram.h"
#include "local_server/behaviour.h"
#include "local_server/http2_counters.h"
#include "local_server/shared_books.h"

namespace fanout {

// The methods by their names in the counters; any method not named counts as the last.
inline constexpr std::array<std::string_view, 9> kCountedMethods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "other"};
// What a method counts as.
std::string_view counted_method(std::string_view method);

struct Quantiles {
  double mean = 0;
  std::int64_t p50 = 0;
  std::int64_t p99 = 0;
  std::int64_t max = 0;
};

// Counters of one run, as they travel to the controller and into the result document ("server").
struct ServerCounters {
  std::uint64_t connections = 0;       // accepted
  std::uint64_t requests = 0;          // completely received
  std::uint64_t answered = 0;          // whose answer was handed to the kernel whole
  std::uint64_t unique_tokens = 0;     // distinct tokens among the requests
  std::uint64_t duplicate_tokens = 0;  // requests whose token had been seen before
  std::uint64_t replayed = 0;  // those of them whose token is due to lose its connection, or did so
  std::uint64_t untokened = 0;  // requests without a token
  std::uint64_t abandoned = 0;  // requests whose client left before the answer was whole
  std::uint64_t collateral =
      0;  // requests lost unanswered by the fault of another on their connection
  std::uint64_t handshakes = 0;                   // TLS: completed on an accepted connection
  std::uint64_t resumed = 0;                      // TLS: those of them that resumed a session
  std::map<std::string, std::uint64_t> methods;   // of the requests, by counted_method
  std::uint64_t request_body_bytes = 0;           // received, of all requests
  std::map<std::string, std::uint64_t> faults;    // acted out, by fault_name: once for each token
  std::map<std::string, std::uint64_t> rejected;  // by a host's limit, by the status they got
  std::uint64_t waited = 0;          // requests that waited for a place that a limit gives
  std::uint64_t peak_served = 0;     // most that a host with a limit served at one moment
  std::uint64_t peak_in_flight = 0;  // most requests received and not yet answered at one moment
  Quantiles hold_ns;                 // arrival of a request until its answer begins to leave
  Quantiles hold_error_ns;           // hold minus the delay intended: how late the server was
  std::int64_t cpu_ns = 0;           // user + system of the server process during the run
  // base/clock.h; 0: never. What an external program says of its times is held against these.
  std::int64_t first_connection_ns = 0;  // was accepted
  std::int64_t last_answer_ns = 0;       // began to leave
  std::optional<Http2Counters> http2{};  // nothing: no connection spoke it
};

// What a request is when it arrives.
struct Arrival {
  std::uint64_t number = 0;  // from 1, among those of its ledger
  bool repeated = false;     // its token had been seen before
  bool replayed = false;     // and was lost then with its connection, by the fault of another
};

// The book-keeping. Not thread-safe: an engine with threads locks around it, or gives each a ledger
// of its own.
class Ledger {
 public:
  // `shared` (borrowed) is what it keeps together with the ledgers of other threads; null: it is
  // the only one.
  explicit Ledger(SharedBooks* shared = nullptr);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Of a run that makes these tokens: so they take less memory. Before any request arrives.
  void expect(const FirstTokens& first) { tokens_->seen.expect(first); }
  void connected(std::int64_t now_ns) {
    if (counters_.connections++ == 0) counters_.first_connection_ns = now_ns;
  }
  void handshaken(bool resumed) {
    ++counters_.handshakes;
    if (resumed) ++counters_.resumed;
  }
  // Counts a request that has arrived completely, with the token found in its path.
  Arrival arrived(std::optional<std::uint64_t> token);
  // Counts the method and the body of a request that has arrived.
  void asked(std::string_view method, std::uint64_t body_bytes);
  // Counts a request that meets a fault, once for each token.
  void faulted(FaultKind kind, const Arrival& arrival);
  // Counts a request that a limit rejects with this status; that has to wait; that is served, as
  // one of so many at its host.
  void rejected(unsigned status) { ++rejected_[status]; }
  // That one had met this fault before, and was sent again by its library: the client saw the
  // rejection in the fault's place.
  void rejected_in_place_of(FaultKind kind, const Arrival& arrival);
  void waits() { ++counters_.waited; }
  void served(std::uint64_t at_once) {
    counters_.peak_served = std::max(counters_.peak_served, at_once);
  }
  // A request is not in flight any more. One that is neither answered nor lost with another was
  // abandoned: its client left before it had the whole answer.
  void left();
  // Counts a request that has been answered, or whose fault has been acted out; `leaving_ns` is
  // when its answer began to leave.
  void answered(std::int64_t arrival_ns, std::int64_t leaving_ns, std::int64_t intended_ns);
  // Counts a request that was lost with its connection by the fault of another; when its token
  // comes again, that is a replay.
  void lost_with_another(std::optional<std::uint64_t> token);
  // The counters of HTTP/2, for those who speak it to count into.
  Http2Counters& http2() { return http2_; }

  // Adds what another ledger has counted, which shares its books. REQUIRED: no thread uses either.
  void add(const Ledger& other);
  [[nodiscard]] ServerCounters counters() const;

 private:
  std::uint64_t enter();
  [[nodiscard]] std::unique_lock<std::mutex> lock_tokens() const;
  void add_counts(const ServerCounters& theirs);
  void add_tokens(const TokenBook& theirs);

  SharedBooks* const shared_;
  TokenBook own_tokens_;
  TokenBook* const tokens_;  // its own, or those that are shared
  ServerCounters counters_;
  Http2Counters http2_;
  std::uint64_t in_flight_ = 0;  // where none is shared
  std::map<unsigned, std::uint64_t> rejected_;
  std::array<std::uint64_t, kCountedMethods.size()> methods_{};
  Histogram hold_;
  Histogram hold_error_;
};

}  // namespace fanout

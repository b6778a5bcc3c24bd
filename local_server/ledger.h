// What the server counts of one run, engine-independent.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "base/histogram.h"

namespace fanout {

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
  std::uint64_t untokened = 0;         // requests without a token
  std::uint64_t peak_in_flight = 0;    // most requests received and not yet answered at one moment
  Quantiles hold_ns;                   // arrival of a request to its answer
  Quantiles hold_error_ns;             // hold minus the delay intended: how late the server was
  std::int64_t cpu_ns = 0;             // user + system of the server process during the run
};

nlohmann::json to_json(const ServerCounters& counters);
ServerCounters server_counters_from_json(const nlohmann::json& json);

// The book-keeping. Not thread-safe: an engine with threads locks around it.
class Ledger {
 public:
  void connected() { ++counters_.connections; }
  // A request is complete; `token` as found in its path. Returns its number, from 1.
  std::uint64_t arrived(std::optional<std::uint64_t> token);
  // It has been answered (or its fault has been acted out), `hold_ns` after it arrived.
  void answered(std::int64_t hold_ns, std::int64_t intended_ns);
  // It was given up: hung, reset or cut off by the client.
  void abandoned() { --in_flight_; }

  [[nodiscard]] ServerCounters counters() const;

 private:
  ServerCounters counters_;
  std::uint64_t in_flight_ = 0;
  boost::unordered_flat_set<std::uint64_t> tokens_;
  Histogram hold_;
  Histogram hold_error_;
};

}  // namespace fanout

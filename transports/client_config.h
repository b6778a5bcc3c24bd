// The settings of a client: where requests go, what a right answer is, and when to give up.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transports/method.h"
#include "wire/http_version.h"

namespace fanout {

class FailureWords;
class HostGates;
struct ConnectionNotes;
struct PolicyState;

// Where requests go, and what a right answer looks like.
struct Target {
  std::vector<std::string> addresses;  // literal ones, in the order to try; none: see `unresolved`
  std::uint16_t port = 0;
  std::uint16_t expected_status = 200;    // 0: 200 to 399, of any length and without a token
  std::uint64_t expected_body_bytes = 0;  // a HEAD has none
  bool tls = false;                       // TLS 1.2 or 1.3, the certificate verified
  std::string name{};  // of the host, as its requests and certificate say it; empty: the address
  std::string unresolved{};   // why its name has no address: its requests end as Outcome::dns
  std::string unix_socket{};  // the path of the socket to connect to instead of an address
  // From how many addresses of the loopback network it is connected to, 127.0.0.1 and those that
  // follow: each has ports of its own (transports/tcp_connect.h). 1: the kernel chooses.
  unsigned source_addresses = 1;
  // Of which a request's token draws that of its answer (wire/token.h); none: expected_body_bytes.
  std::vector<std::uint64_t> expected_body_sizes{};

  [[nodiscard]] const std::string& host() const { return name.empty() ? addresses.front() : name; }
};

// When a failed attempt is made again. The wait before attempt k (from 1) is random, evenly from 0
// to min(cap, base x factor^(k-1)) ("full jitter"), and never less than the server asked for.
struct RetryPolicy {
  unsigned retries = 0;  // attempts beyond the first, at most kMaxRetries
  std::chrono::nanoseconds base = std::chrono::milliseconds(100);
  double factor = 2;
  std::chrono::nanoseconds cap = std::chrono::seconds(5);
  bool post = false;  // whether a POST, or another that may count twice, is made again
  // Retries are at most this share of the requests, and a few (transports/policy_state.h); nothing:
  // there may be any number.
  std::optional<double> budget{};
  // Whether a host that asks for a wait (Retry-After) is sent nothing meanwhile; else the request
  // alone waits.
  bool pause_host = false;
};

// When a second attempt is made beside one that is late (transports/hedge.h).
struct HedgePolicy {
  std::chrono::nanoseconds after{};
  double percentile = 0;  // of the latencies seen so far, in place of `after`; 0: none
  double budget = 0;      // second attempts are at most this share of the requests; 0: none is made
  bool post = false;      // whether a POST, or another that may count twice, gets one
};
inline constexpr unsigned kMaxRetries = 15;
inline constexpr unsigned kMostRedirects = 10;

// All settings of a client. They must outlive the clients made from them.
struct ClientConfig {
  std::vector<Target> targets;
  Method method = Method::get;
  std::uint64_t request_body_bytes = 0;  // of a POST, PUT or PATCH without a `body`
  std::string body{};                    // the user's own, of every request
  bool reuse = true;
  // Whether redirects are followed, at most kMostRedirects of a request: by transports that can.
  bool follow = false;
  std::chrono::nanoseconds connect_timeout{};
  // How many idle connections all clients of a run keep, to whatever targets, and how many requests
  // they have in flight, at most (kept_connections() below).
  std::uint64_t max_idle = 1000;
  unsigned workers = 1;
  // HTTP/2 alone: connections to each target that all clients of a run share among their requests
  // (shared_connections() below); 0: one for each request in flight.
  unsigned connections = 0;
  HttpVersion http = HttpVersion::http1;
  // The time a request may take from its start to its last byte, connecting included.
  std::chrono::nanoseconds timeout{};
  // The time at which all requests are given up (base/clock.h); null or kNever: never. It may be
  // set once: before the first request, or later to the present, which ends no request under way.
  const std::atomic<std::int64_t>* deadline = nullptr;
  // In an open loop (transports/pacing.h), request i is begun no sooner than due_ns[i] after
  // *schedule_start, which is set before the first request. Borrowed; empty: no open loop.
  std::span<const std::int64_t> due_ns{};
  const std::atomic<std::int64_t>* schedule_start = nullptr;  // base/clock.h
  double max_rate = 0;         // attempts a second of all clients, evenly spaced; 0: any number
  unsigned per_host = 0;       // attempts in flight to each target; 0: any number
  HedgePolicy hedge{};         // on event loops alone
  RetryPolicy retry{};         // carried out by transports/policy.h, not by the transports
  bool keep_bodies = false;    // whether a Response has the body; else its bytes are counted only
  bool watch = false;          // whether clients note where time goes (transports/phase_clock.h)
  std::string certificates{};  // PEM: whom TLS trusts; empty: whom the system trusts
  // PEM: what it shows to servers that demand a certificate; none: nothing. An empty key_file means
  // that the key is in the other one.
  std::string certificate_file{};
  std::string key_file{};
  std::vector<std::string> headers{};  // of every request (transports/request_form.h)
  std::string_view paths{};  // of the requests, borrowed (transports/path.h); none: from tokens
  FailureWords* failure_words = nullptr;  // where workers say why requests fail; null: nowhere
  // What clients share that carry out a policy (transports/policy_state.h); null: none does.
  PolicyState* policy_state = nullptr;
  const HostGates* host_gates = nullptr;
  ConnectionNotes* connection_notes = nullptr;  // where they say what they met; null: nowhere
};

// The most idle connections that a client with so many slots keeps, whatever the number of targets:
// its slots' share of all, and at least one. (A BlockingClient has one slot.)
inline std::size_t kept_connections(const ClientConfig& config, unsigned slots = 1) {
  return static_cast<std::size_t>(
      std::max<std::uint64_t>(1, config.max_idle * slots / std::max(config.workers, 1U)));
}

// How many attempts at a request may be in flight at once: two where it may be hedged.
inline unsigned attempts_at_once(const ClientConfig& config) {
  return config.hedge.budget > 0 ? 2 : 1;
}

// The most connections to each target that a client with so many slots opens for HTTP/2, whose
// requests share them evenly: its slots' share of all, at least one and at most one for each slot.
inline unsigned shared_connections(const ClientConfig& config, unsigned slots) {
  if (config.connections == 0) return slots;
  // Of hedged requests a client has two attempts in flight. Shares are rounded: loops have as many
  // slots as each other, or one more.
  const std::uint64_t all = std::uint64_t{std::max(config.workers, 1U)} * attempts_at_once(config);
  const std::uint64_t share = (std::uint64_t{config.connections} * slots + all / 2) / all;
  return static_cast<unsigned>(std::clamp<std::uint64_t>(share, 1, std::max(slots, 1U)));
}

}  // namespace fanout

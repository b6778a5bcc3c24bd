// One host of the asio engine: what it answers, built once, and how many requests it holds. All
// loops of an engine share it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "local_server/answer_head.h"
#include "local_server/behaviour.h"
#include "local_server/host_limit.h"

struct ssl_ctx_st;

namespace fanout {

struct Host {
  explicit Host(HostBehaviour host_behaviour, ssl_ctx_st* tls_context = nullptr,
                HttpVersion newest = HttpVersion::http1, bool shared = false);

  // A request is in flight here from now on; and not any more.
  void enter() {
    if (slows_down) ++in_flight;
  }
  void left() {
    if (slows_down) --in_flight;
  }

  HostBehaviour behaviour;
  std::string body;               // of right answers, which send as much of it as they are long
  std::vector<AnswerHead> heads;  // of right answers: one for each of behaviour.body_sizes
  std::vector<AnswerHead> faulty_heads;   // one for each of behaviour.faults; empty unless a status
  ssl_ctx_st* tls = nullptr;              // borrowed; null: it speaks plain HTTP
  HttpVersion http = HttpVersion::http1;  // http2: beside HTTP/1.1
  bool slows_down = false;                // its requests in flight slow each other down
  std::atomic<std::uint64_t> in_flight = 0;  // counted only where they do
  std::optional<HostLimit> limit;
  AnswerHead rejection;  // of the answer to who is not taken on
};

// What a request meets at a host.
struct Fate {
  const AnswerHead* head = nullptr;  // of the answer
  std::string_view body{};
  const FaultShare* fault = nullptr;  // null: none
  std::int64_t hold_ns = 0;           // from its arrival to the first byte of its answer
  std::int64_t drip_ns = 0;           // and from there to the last, if the body drips
};

// How much of the emulated connecting a request has to wait for that arrives so long after the
// first one on its connection.
std::int64_t connecting_ns(const Host& host, std::int64_t since_first_ns);

// What a request meets that the host's limit rejects: an answer at once, but for the round trips.
Fate rejection_of(const Host& host, std::int64_t connecting_ns);

// What a request with the token `drawn_by` meets at the host. REQUIRED: it is one of those in
// flight.
Fate fate_of(const Host& host, std::uint64_t drawn_by, std::int64_t connecting_ns);

}  // namespace fanout

#include "local_server/asio_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

#include "local_server/answer.h"
#include "wire/token.h"

namespace fanout {
namespace {

std::string status_line(unsigned status) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return fmt::format("HTTP/1.1 {} {}\r\n", status, std::string_view(reason.data(), reason.size()));
}

std::string right_head(const HostBehaviour& host, std::uint64_t body_bytes) {
  std::string head = status_line(host.status);
  if (may_have_body(host.status)) {
    head +=
        fmt::format("Content-Length: {}\r\nContent-Type: {}\r\n", body_bytes, content_type(host));
  }
  return head;
}

// Of an answer without a body.
std::string bare_head(unsigned status, const std::optional<std::uint32_t>& retry_after_s) {
  std::string head = status_line(status);
  if (may_have_body(status)) head += "Content-Length: 0\r\n";
  if (retry_after_s) head += fmt::format("Retry-After: {}\r\n", *retry_after_s);
  return head;
}

std::string faulty_head(const FaultShare& fault) {
  return fault.kind == FaultKind::status ? bare_head(fault.status, fault.retry_after_s) : "";
}

std::chrono::nanoseconds round_trips(const HostBehaviour& host, bool first) {
  return host.rtt * (first ? 1 + host.handshake_trips : 1);
}

// Gives the fate the right answer to a request with this token.
void answer_rightly(Fate& fate, const Host& host, std::uint64_t drawn_by) {
  const std::vector<std::uint64_t>& sizes = host.behaviour.body_sizes;
  fate.head = host.heads[sizes.empty() ? 0 : drawn_size(drawn_by, sizes.size())];
  fate.body = std::string_view(host.body).substr(0, draw_body(host.behaviour, drawn_by));
}

}  // namespace

Host::Host(HostBehaviour host_behaviour, ssl_ctx_st* tls_context)
    : behaviour(std::move(host_behaviour)), body(body_of(behaviour)), tls(tls_context) {
  for (const std::uint64_t size : behaviour.body_sizes) {
    heads.push_back(right_head(behaviour, size));
  }
  if (heads.empty()) heads.push_back(right_head(behaviour, behaviour.body_bytes));
  for (const FaultShare& fault : behaviour.faults) faulty_heads.push_back(faulty_head(fault));
  if (!behaviour.limit) return;
  admission.emplace(*behaviour.limit);
  rejection = bare_head(behaviour.limit->status, behaviour.limit->retry_after_s);
}

Fate rejection_of(const Host& host, bool first) {
  return {.head = host.rejection, .hold_ns = round_trips(host.behaviour, first).count()};
}

Fate fate_of(const Host& host, std::uint64_t drawn_by, bool first) {
  const HostBehaviour& behaviour = host.behaviour;
  Fate fate{.fault = draw_fault(behaviour, drawn_by)};
  auto hold = draw(behaviour.delay, drawn_by) + round_trips(behaviour, first);
  const std::uint64_t others = host.in_flight - 1;
  if (others > behaviour.slowdown.above) {
    hold += behaviour.slowdown.per_request *
            static_cast<std::int64_t>(others - behaviour.slowdown.above);
  }
  fate.hold_ns = hold.count();
  if (fate.fault != nullptr && fate.fault->kind == FaultKind::status) {
    fate.head = host.faulty_heads[static_cast<std::size_t>(fate.fault - behaviour.faults.data())];
  } else {
    answer_rightly(fate, host, drawn_by);
  }
  return fate;
}

}  // namespace fanout

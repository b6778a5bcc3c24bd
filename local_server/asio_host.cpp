#include "local_server/asio_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

#include "local_server/answer.h"

namespace fanout {
namespace {

std::string status_line(unsigned status) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return fmt::format("HTTP/1.1 {} {}\r\n", status, std::string_view(reason.data(), reason.size()));
}

Answer right_answer(const HostBehaviour& host) {
  Answer answer{.head = status_line(host.status), .body = body_of(host)};
  if (may_have_body(host.status)) {
    answer.head +=
        fmt::format("Content-Length: {}\r\nContent-Type: {}\r\n", answer.body.size(), kContentType);
  }
  return answer;
}

Answer faulty_answer(const FaultShare& fault) {
  Answer answer;
  if (fault.kind != FaultKind::status) return answer;
  answer.head = status_line(fault.status);
  if (may_have_body(fault.status)) answer.head += "Content-Length: 0\r\n";
  if (fault.retry_after_s) answer.head += fmt::format("Retry-After: {}\r\n", *fault.retry_after_s);
  return answer;
}

}  // namespace

Host::Host(HostBehaviour host_behaviour, ssl_ctx_st* tls_context)
    : behaviour(std::move(host_behaviour)), right(right_answer(behaviour)), tls(tls_context) {
  for (const FaultShare& fault : behaviour.faults) faulty.push_back(faulty_answer(fault));
}

Fate fate_of(const Host& host, std::uint64_t drawn_by, bool first) {
  const HostBehaviour& behaviour = host.behaviour;
  Fate fate{.answer = &host.right, .fault = draw_fault(behaviour, drawn_by)};
  auto hold = draw(behaviour.delay, drawn_by) + behaviour.rtt;
  if (first) hold += behaviour.rtt * behaviour.handshake_trips;
  if (host.in_flight > behaviour.slowdown.above) {
    hold += behaviour.slowdown.per_request *
            static_cast<std::int64_t>(host.in_flight - behaviour.slowdown.above);
  }
  fate.hold_ns = hold.count();
  if (fate.fault != nullptr && fate.fault->kind == FaultKind::status) {
    fate.answer = &host.faulty[static_cast<std::size_t>(fate.fault - behaviour.faults.data())];
  }
  return fate;
}

}  // namespace fanout

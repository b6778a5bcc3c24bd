#include "local_server/asio_host.h"

#include <algorithm>
#include <utility>

#include "local_server/answer.h"
#include "wire/token.h"

namespace fanout {
namespace {

AnswerHead right_head(const HostBehaviour& host, std::uint64_t body_bytes) {
  if (!may_have_body(host.status)) return {host.status, {}};
  return {host.status,
          {{"Content-Length", std::to_string(body_bytes)},
           {"Content-Type", std::string(content_type(host))}}};
}

// Of an answer without a body.
AnswerHead bare_head(unsigned status, const std::optional<std::uint32_t>& retry_after_s) {
  std::vector<AnswerField> fields;
  if (may_have_body(status)) fields.push_back({"Content-Length", "0"});
  if (retry_after_s) fields.push_back({"Retry-After", std::to_string(*retry_after_s)});
  return {status, fields};
}

AnswerHead faulty_head(const FaultShare& fault) {
  if (fault.kind != FaultKind::status) return {};
  return bare_head(fault.status, fault.retry_after_s);
}

std::chrono::nanoseconds slowdown(const Slowdown& by, std::uint64_t others) {
  if (others <= by.above) return {};
  return by.per_request * static_cast<std::int64_t>(others - by.above);
}

// Gives the fate the right answer to a request with this token.
void answer_rightly(Fate& fate, const Host& host, std::uint64_t drawn_by) {
  const std::vector<std::uint64_t>& sizes = host.behaviour.body_sizes;
  fate.head = &host.heads[sizes.empty() ? 0 : drawn_size(drawn_by, sizes.size())];
  fate.body = std::string_view(host.body).substr(0, draw_body(host.behaviour, drawn_by));
}

}  // namespace

Host::Host(HostBehaviour host_behaviour, ssl_ctx_st* tls_context, HttpVersion newest, bool shared)
    : behaviour(std::move(host_behaviour)),
      body(body_of(behaviour)),
      tls(tls_context),
      http(newest),
      slows_down(behaviour.slowdown.per_request.count() > 0) {
  for (const std::uint64_t size : behaviour.body_sizes) {
    heads.push_back(right_head(behaviour, size));
  }
  if (heads.empty()) heads.push_back(right_head(behaviour, behaviour.body_bytes));
  for (const FaultShare& fault : behaviour.faults) faulty_heads.push_back(faulty_head(fault));
  if (!behaviour.limit) return;
  limit.emplace(*behaviour.limit, shared);
  rejection = bare_head(behaviour.limit->status, behaviour.limit->retry_after_s);
}

std::int64_t connecting_ns(const Host& host, std::int64_t since_first_ns) {
  const auto connecting = host.behaviour.rtt * host.behaviour.handshake_trips;
  return std::max<std::int64_t>(0, connecting.count() - since_first_ns);
}

Fate rejection_of(const Host& host, std::int64_t connecting_ns) {
  return {.head = &host.rejection, .hold_ns = host.behaviour.rtt.count() + connecting_ns};
}

Fate fate_of(const Host& host, std::uint64_t drawn_by, std::int64_t connecting_ns) {
  const HostBehaviour& behaviour = host.behaviour;
  Fate fate{.fault = draw_fault(behaviour, drawn_by),
            .hold_ns = behaviour.rtt.count() + connecting_ns};
  const FaultKind kind = fate.fault == nullptr ? FaultKind::none : fate.fault->kind;
  if (kind == FaultKind::goaway) return fate;  // it is sent away at once
  auto hold = draw(behaviour.delay, drawn_by);
  if (host.slows_down) hold += slowdown(behaviour.slowdown, host.in_flight - 1);
  fate.hold_ns += hold.count();
  if (kind == FaultKind::status) {
    fate.head = &host.faulty_heads[static_cast<std::size_t>(fate.fault - behaviour.faults.data())];
  } else {
    answer_rightly(fate, host, drawn_by);
  }
  return fate;
}

}  // namespace fanout

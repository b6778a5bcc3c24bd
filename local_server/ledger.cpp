#include "local_server/ledger.h"

#include <algorithm>

namespace fanout {
namespace {

// Libraries send a request again whose kept connection was lost before any answer.
bool loses_connection(FaultKind kind) {
  return kind == FaultKind::reset || kind == FaultKind::reset_amid_body ||
         kind == FaultKind::truncate || kind == FaultKind::connection_loss ||
         kind == FaultKind::goaway;
}

Quantiles quantiles_of(const Histogram& histogram) {
  return {.mean = histogram.mean(),
          .p50 = histogram.quantile(0.5),
          .p99 = histogram.quantile(0.99),
          .max = histogram.max()};
}

}  // namespace

std::string_view counted_method(std::string_view method) {
  const auto* const known = std::ranges::find(kCountedMethods, method);
  return known == kCountedMethods.end() ? kCountedMethods.back() : *known;
}

Arrival Ledger::arrived(std::optional<std::uint64_t> token) {
  Arrival arrival{.number = ++counters_.requests};
  ++in_flight_;
  counters_.peak_in_flight = std::max(counters_.peak_in_flight, in_flight_);
  if (!token) {
    ++counters_.untokened;
  } else if (tokens_.insert(*token).second) {
    ++counters_.unique_tokens;
  } else {
    ++counters_.duplicate_tokens;
    arrival.repeated = true;
    arrival.replayed = lost_tokens_.contains(*token);
    if (arrival.replayed) ++counters_.replayed;
  }
  return arrival;
}

void Ledger::asked(std::string_view method, std::uint64_t body_bytes) {
  const auto* const known = std::ranges::find(kCountedMethods, counted_method(method));
  ++methods_[static_cast<std::size_t>(known - kCountedMethods.begin())];
  counters_.request_body_bytes += body_bytes;
}

void Ledger::faulted(FaultKind kind, const Arrival& arrival) {
  if (!arrival.repeated) ++faults_[static_cast<std::size_t>(kind)];
  if (arrival.repeated && !arrival.replayed && loses_connection(kind)) ++counters_.replayed;
}

void Ledger::rejected_in_place_of(FaultKind kind, const Arrival& arrival) {
  std::uint64_t& met = faults_[static_cast<std::size_t>(kind)];
  const bool again = arrival.replayed || (arrival.repeated && loses_connection(kind));
  if (!again || met == 0) return;
  if (!arrival.replayed) ++counters_.replayed;
  --met;
}

void Ledger::abandoned() {
  ++counters_.abandoned;
  --in_flight_;
}

void Ledger::lost_with_another(std::optional<std::uint64_t> token) {
  ++counters_.collateral;
  --in_flight_;
  if (token) lost_tokens_.insert(*token);
}

void Ledger::answered(std::int64_t arrival_ns, std::int64_t leaving_ns, std::int64_t intended_ns) {
  const std::int64_t hold_ns = leaving_ns - arrival_ns;
  ++counters_.answered;
  --in_flight_;
  counters_.last_answer_ns = std::max(counters_.last_answer_ns, leaving_ns);
  hold_.add(hold_ns);
  hold_error_.add(hold_ns - intended_ns);
}

ServerCounters Ledger::counters() const {
  ServerCounters result = counters_;
  for (int i = 0; i < kFaultKinds; ++i) {
    const std::uint64_t count = faults_[static_cast<std::size_t>(i)];
    if (count > 0) result.faults.emplace(fault_name(static_cast<FaultKind>(i)), count);
  }
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    if (methods_[i] > 0) result.methods.emplace(kCountedMethods[i], methods_[i]);
  }
  for (const auto& [status, count] : rejected_) {
    result.rejected.emplace(std::to_string(status), count);
  }
  if (http2_.connections > 0) result.http2 = http2_;
  // Requests that are still held can no longer be answered.
  result.abandoned += in_flight_;
  result.hold_ns = quantiles_of(hold_);
  result.hold_error_ns = quantiles_of(hold_error_);
  return result;
}

}  // namespace fanout

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

Ledger::Ledger(SharedBooks* shared)
    : shared_(shared),
      tokens_(shared != nullptr && shared->shares_tokens ? &shared->tokens : &own_tokens_) {}

std::uint64_t Ledger::enter() {
  return shared_ == nullptr ? ++in_flight_ : shared_->in_flight.fetch_add(1) + 1;
}

void Ledger::left() {
  if (shared_ == nullptr) {
    --in_flight_;
  } else {
    shared_->in_flight.fetch_sub(1);
  }
}

std::unique_lock<std::mutex> Ledger::lock_tokens() const {
  const bool shares = tokens_ != &own_tokens_;
  return shares ? std::unique_lock(shared_->mutex) : std::unique_lock<std::mutex>();
}

Arrival Ledger::arrived(std::optional<std::uint64_t> token) {
  Arrival arrival{.number = ++counters_.requests};
  counters_.peak_in_flight = std::max(counters_.peak_in_flight, enter());
  if (!token) {
    ++counters_.untokened;
    return arrival;
  }
  const auto lock = lock_tokens();
  if (tokens_->seen.insert(*token)) {
    ++counters_.unique_tokens;
  } else {
    ++counters_.duplicate_tokens;
    arrival.repeated = true;
    arrival.replayed = tokens_->lost.contains(*token);
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
  const auto lock = lock_tokens();
  if (!arrival.repeated) ++tokens_->faults[static_cast<std::size_t>(kind)];
  if (arrival.repeated && !arrival.replayed && loses_connection(kind)) ++counters_.replayed;
}

void Ledger::rejected_in_place_of(FaultKind kind, const Arrival& arrival) {
  const auto lock = lock_tokens();
  std::uint64_t& met = tokens_->faults[static_cast<std::size_t>(kind)];
  const bool again = arrival.replayed || (arrival.repeated && loses_connection(kind));
  if (!again || met == 0) return;
  if (!arrival.replayed) ++counters_.replayed;
  --met;
}

void Ledger::lost_with_another(std::optional<std::uint64_t> token) {
  ++counters_.collateral;
  const auto lock = lock_tokens();
  if (token) tokens_->lost.insert(*token);
}

void Ledger::answered(std::int64_t arrival_ns, std::int64_t leaving_ns, std::int64_t intended_ns) {
  const std::int64_t hold_ns = leaving_ns - arrival_ns;
  ++counters_.answered;
  counters_.last_answer_ns = std::max(counters_.last_answer_ns, leaving_ns);
  hold_.add(hold_ns);
  hold_error_.add(hold_ns - intended_ns);
}

void Ledger::add(const Ledger& other) {
  add_counts(other.counters_);
  if (tokens_ != other.tokens_) add_tokens(*other.tokens_);
  http2_.add(other.http2_);
  for (const auto& [status, count] : other.rejected_) rejected_[status] += count;
  for (std::size_t i = 0; i < methods_.size(); ++i) methods_[i] += other.methods_[i];
  hold_.merge(other.hold_);
  hold_error_.merge(other.hold_error_);
}

// Each loop has seen the peaks that came with its own arrivals, in what all of them share.
void Ledger::add_counts(const ServerCounters& theirs) {
  for (const auto sum :
       {&ServerCounters::connections, &ServerCounters::requests, &ServerCounters::answered,
        &ServerCounters::unique_tokens, &ServerCounters::duplicate_tokens,
        &ServerCounters::replayed, &ServerCounters::untokened, &ServerCounters::collateral,
        &ServerCounters::handshakes, &ServerCounters::resumed, &ServerCounters::request_body_bytes,
        &ServerCounters::waited}) {
    counters_.*sum += theirs.*sum;
  }
  for (const auto peak : {&ServerCounters::peak_served, &ServerCounters::peak_in_flight}) {
    counters_.*peak = std::max(counters_.*peak, theirs.*peak);
  }
  const std::int64_t first_ns = theirs.first_connection_ns;
  const bool earlier =
      counters_.first_connection_ns == 0 || first_ns < counters_.first_connection_ns;
  if (first_ns != 0 && earlier) counters_.first_connection_ns = first_ns;
  counters_.last_answer_ns = std::max(counters_.last_answer_ns, theirs.last_answer_ns);
}

// A token that came to both was new to each.
void Ledger::add_tokens(const TokenBook& theirs) {
  const std::uint64_t met = tokens_->seen.merge(theirs.seen);
  counters_.unique_tokens -= met;
  counters_.duplicate_tokens += met;
}

ServerCounters Ledger::counters() const {
  ServerCounters result = counters_;
  for (int i = 0; i < kFaultKinds; ++i) {
    const std::uint64_t count = tokens_->faults[static_cast<std::size_t>(i)];
    if (count > 0) result.faults.emplace(fault_name(static_cast<FaultKind>(i)), count);
  }
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    if (methods_[i] > 0) result.methods.emplace(kCountedMethods[i], methods_[i]);
  }
  for (const auto& [status, count] : rejected_) {
    result.rejected.emplace(std::to_string(status), count);
  }
  if (http2_.connections > 0) result.http2 = http2_;
  // Those that are still held can no longer be answered.
  result.abandoned = result.requests - result.answered - result.collateral;
  result.hold_ns = quantiles_of(hold_);
  result.hold_error_ns = quantiles_of(hold_error_);
  return result;
}

}  // namespace fanout

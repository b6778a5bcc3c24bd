#include "local_server/ledger.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_read.h"

namespace fanout {
namespace {

// As the counters name them; what is none of the first is the last.
constexpr std::array<std::string_view, 4> kMethods{"GET", "HEAD", "POST", "other"};

Quantiles quantiles_of(const Histogram& histogram) {
  return {.mean = histogram.mean(),
          .p50 = histogram.quantile(0.5),
          .p99 = histogram.quantile(0.99),
          .max = histogram.max()};
}

nlohmann::json to_json(const Quantiles& quantiles) {
  return {{"mean", quantiles.mean},
          {"p50", quantiles.p50},
          {"p99", quantiles.p99},
          {"max", quantiles.max}};
}

Quantiles quantiles_from_json(const nlohmann::json& json) {
  Quantiles quantiles;
  json.at("mean").get_to(quantiles.mean);
  json.at("p50").get_to(quantiles.p50);
  json.at("p99").get_to(quantiles.p99);
  json.at("max").get_to(quantiles.max);
  return quantiles;
}

}  // namespace

nlohmann::json to_json(const ServerCounters& counters) {
  return {{"connections", counters.connections},
          {"requests", counters.requests},
          {"answered", counters.answered},
          {"unique_tokens", counters.unique_tokens},
          {"duplicate_tokens", counters.duplicate_tokens},
          {"untokened", counters.untokened},
          {"replayed", counters.replayed},
          {"abandoned", counters.abandoned},
          {"handshakes", counters.handshakes},
          {"resumed", counters.resumed},
          {"methods", counters.methods},
          {"request_body_bytes", counters.request_body_bytes},
          {"faults", counters.faults},
          {"peak_in_flight", counters.peak_in_flight},
          {"hold_ns", to_json(counters.hold_ns)},
          {"hold_error_ns", to_json(counters.hold_error_ns)},
          {"cpu_ns", counters.cpu_ns},
          {"first_connection_ns", counters.first_connection_ns},
          {"last_answer_ns", counters.last_answer_ns}};
}

ServerCounters server_counters_from_json(const nlohmann::json& json) try {
  ServerCounters counters;
  json.at("connections").get_to(counters.connections);
  json.at("requests").get_to(counters.requests);
  json.at("answered").get_to(counters.answered);
  json.at("unique_tokens").get_to(counters.unique_tokens);
  json.at("duplicate_tokens").get_to(counters.duplicate_tokens);
  json.at("untokened").get_to(counters.untokened);
  json.at("replayed").get_to(counters.replayed);
  json.at("abandoned").get_to(counters.abandoned);
  json.at("handshakes").get_to(counters.handshakes);
  json.at("resumed").get_to(counters.resumed);
  json.at("methods").get_to(counters.methods);
  json.at("request_body_bytes").get_to(counters.request_body_bytes);
  json.at("faults").get_to(counters.faults);
  json.at("peak_in_flight").get_to(counters.peak_in_flight);
  counters.hold_ns = quantiles_from_json(json.at("hold_ns"));
  counters.hold_error_ns = quantiles_from_json(json.at("hold_error_ns"));
  json.at("cpu_ns").get_to(counters.cpu_ns);
  json.at("first_connection_ns").get_to(counters.first_connection_ns);
  json.at("last_answer_ns").get_to(counters.last_answer_ns);
  return counters;
} catch (const nlohmann::json::exception& error) {
  throw UsageError("server counters: " + json_read::complaint(error) + "; measure again");
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
  }
  return arrival;
}

void Ledger::asked(std::string_view method, std::uint64_t body_bytes) {
  const auto known = std::find(kMethods.begin(), kMethods.end() - 1, method);
  ++methods_[static_cast<std::size_t>(known - kMethods.begin())];
  counters_.request_body_bytes += body_bytes;
}

void Ledger::faulted(FaultKind kind, const Arrival& arrival) {
  if (!arrival.repeated) ++faults_[static_cast<std::size_t>(kind)];
  const bool lost =
      kind == FaultKind::reset || kind == FaultKind::reset_amid_body || kind == FaultKind::truncate;
  if (arrival.repeated && lost) ++counters_.replayed;
}

void Ledger::abandoned() {
  ++counters_.abandoned;
  --in_flight_;
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
    if (methods_[i] > 0) result.methods.emplace(kMethods[i], methods_[i]);
  }
  // Those still held can no longer be answered.
  result.abandoned += in_flight_;
  result.hold_ns = quantiles_of(hold_);
  result.hold_error_ns = quantiles_of(hold_error_);
  return result;
}

}  // namespace fanout

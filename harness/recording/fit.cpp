#include "harness/recording/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/error.h"
#include "base/text.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

// So many trips connecting takes: TCP alone, with TLS 1.3 and with TLS 1.2.
constexpr unsigned kTcpTrips = 1;
constexpr unsigned kTls13Trips = 2;
constexpr unsigned kTls12Trips = 3;

std::vector<Observation> of_host(const Observations& observations, std::size_t host) {
  std::vector<Observation> found;
  std::ranges::copy_if(observations.all, std::back_inserter(found),
                       [&](const Observation& one) { return one.host == host; });
  return found;
}

void note_answer(const Observation& one, Seen& seen) {
  ++seen.usable;
  const nanoseconds think =
      std::max(*one.first_byte - seen.round_trip.value_or(nanoseconds{}), nanoseconds{});
  seen.think_times.push_back(think);
  (one.connected ? seen.on_new : seen.on_kept).push_back(think);
  seen.sizes.push_back(one.body_bytes);
}

Seen seen_of(const std::vector<Observation>& all) {
  Seen seen{.requests = all.size()};
  std::vector<nanoseconds> connects;
  std::vector<std::uint64_t> headers;
  for (const Observation& one : all) {
    if (one.connect) connects.push_back(*one.connect);
    if (one.handshake) seen.handshakes.push_back(*one.handshake);
    if (one.header_bytes && one.is_usable()) headers.push_back(*one.header_bytes);
    if (!one.failure.empty()) ++seen.failures[one.failure];
    if (one.failure.empty() && one.status != 0) ++seen.statuses[one.status];
    if (!one.rate_limit_fields.empty()) seen.rate_limit_fields = one.rate_limit_fields;
    seen.http_version = std::max(seen.http_version, one.http_version);
    seen.tls12 = seen.tls12 || one.tls12;
  }
  seen.round_trip = round_trip_of(std::move(connects));
  for (const Observation& one : all) {
    if (one.is_usable()) note_answer(one, seen);
  }
  std::ranges::sort(headers);
  if (!headers.empty()) seen.header_bytes = quantile(headers, 0.5);
  for (auto* times : {&seen.think_times, &seen.on_kept, &seen.on_new}) std::ranges::sort(*times);
  std::ranges::sort(seen.handshakes);
  std::ranges::sort(seen.sizes);
  seen.close_after = close_after_of(all);
  return seen;
}

// What the host answers as a rule: of the statuses that are no errors, the most frequent.
unsigned usual_status(const Seen& seen) {
  unsigned usual = 0;
  std::size_t most = 0;
  for (const auto& [status, count] : seen.statuses) {
    const bool may_be = status >= 200 && status < 400 && status != 304;
    if (may_be && count > most) std::tie(usual, most) = std::tie(status, count);
  }
  return usual;
}

// The other statuses become faults, but for the one that ended the recording: how often an API
// limits its clients is a matter of their rate, and none of chance.
void fit_statuses(const std::vector<Observation>& all, HostFit& host) {
  std::map<unsigned, std::size_t> counts = host.seen.statuses;
  for (const Observation& one : all) {
    if (one.told_to_wait && one.failure.empty()) --counts[one.status];
  }
  std::size_t answered = 0;
  for (const auto& [status, count] : counts) answered += count;
  host.behaviour.status = usual_status(host.seen);
  for (const auto& [status, count] : counts) {
    if (status == host.behaviour.status || count == 0) continue;
    if (status < 200 || status > 599 || status == 304) {
      host.left_out.push_back(fmt::format("status {} of {}", status, counted(count, "request")));
      continue;
    }
    host.behaviour.faults.push_back(
        {.kind = FaultKind::status,
         .share = static_cast<double>(count) / static_cast<double>(answered),
         .status = status});
  }
}

void fit_sizes(HostFit& host) {
  const std::vector<std::uint64_t>& sizes = host.seen.sizes;
  host.behaviour.body_bytes = sizes.back();
  if (sizes.front() != sizes.back()) {
    host.behaviour.body_sizes = thinned(sizes, kMostValues);
    host.behaviour.body_bytes = host.behaviour.body_sizes.back();
  }
}

// How many trips connecting takes: a session of TLS 1.2 that is resumed takes one less, which shows
// in how long handshakes took.
unsigned trips_of(bool tls, const Seen& seen) {
  if (!tls) return kTcpTrips;
  const auto handshake = round_trip_of(seen.handshakes);
  const bool resumed = handshake && seen.round_trip && *handshake < *seen.round_trip * 3 / 2;
  return seen.tls12 && !resumed ? kTls12Trips : kTls13Trips;
}

void fit_connections(bool tls, HostFit& host) {
  HostBehaviour& behaviour = host.behaviour;
  if (tls) behaviour.tls = Tls::on;
  behaviour.handshake_trips = trips_of(tls, host.seen);
  const nanoseconds round_trip = host.seen.round_trip.value_or(nanoseconds{});
  if (round_trip >= kLeastRoundTrip) behaviour.rtt = round_trip;
  behaviour.close_after = host.seen.close_after.value_or(0);
  if (!host.seen.close_after) {
    host.left_out.emplace_back("connections that it closed now and then, by no rule seen");
  }
}

void say_what_is_left_out(HostFit& host) {
  const Seen& seen = host.seen;
  for (const auto& [failure, count] : seen.failures) {
    host.left_out.push_back(fmt::format("{} that ended as {}", counted(count, "request"), failure));
  }
  if (seen.http_version == 20) {
    host.left_out.emplace_back("HTTP/2, which it would speak: the scenario is HTTP/1.1");
  }
  if (!seen.rate_limit_fields.empty()) {
    host.left_out.emplace_back("the rate limit that its header fields tell of");
  }
}

// Throws UsageError if nothing can be made of what was seen; `ended_early` says why there is so
// little, if it is that.
void check_enough(const std::string& name, const Seen& seen, const std::string& ended_early) {
  if (seen.usable >= kLeastSamples) return;
  const std::string why = ended_early.empty() ? "" : "; " + ended_early;
  if (seen.usable == 0 && !seen.statuses.empty()) {
    const auto most =
        std::ranges::max_element(seen.statuses, {}, [](auto& one) { return one.second; });
    throw UsageError(fmt::format(
        "{} answers errors only ({}: {} of {}); a recording needs answers of status 200 to 399{}",
        name, most->first, most->second, counted(seen.requests, "request"), why));
  }
  throw UsageError(fmt::format(
      "{}: {} of {} can be used; a recording needs {} of each host (-n says how many are made){}",
      name, seen.usable, counted(seen.requests, "sample"), kLeastSamples, why));
}

HostFit fitted(const ObservedHost& observed, const std::vector<Observation>& all,
               const std::string& ended_early) {
  HostFit host{.name = observed.name, .seen = seen_of(all)};
  check_enough(host.name, host.seen, ended_early);
  const Seen& seen = host.seen;
  host.behaviour.delay = {.kind = Delay::Kind::list,
                          .values = thinned(seen.think_times, kMostValues)};
  fit_statuses(all, host);
  fit_sizes(host);
  fit_connections(observed.tls, host);
  say_what_is_left_out(host);
  return host;
}

}  // namespace

std::optional<nanoseconds> round_trip_of(std::vector<nanoseconds> connects) {
  if (connects.empty()) return std::nullopt;
  std::ranges::sort(connects);
  const std::size_t half = (connects.size() + 1) / 2;
  return connects[(half - 1) / 2];
}

std::optional<unsigned> close_after_of(std::span<const Observation> all) {
  std::vector<unsigned> lengths;  // of connections that were kept until the host closed them
  unsigned served = 0;
  for (const Observation& one : all) {
    if (!one.on_kept_connection) continue;
    if (one.connected && served > 0) {
      lengths.push_back(served);
      served = 0;
    }
    ++served;
    if (!one.says_close && one.failure.empty()) continue;
    if (one.failure.empty()) lengths.push_back(served);
    served = 0;
  }
  if (lengths.empty()) return 0;
  const bool all_equal =
      std::ranges::count(lengths, lengths.front()) == static_cast<std::ptrdiff_t>(lengths.size());
  const bool longer_now = served > lengths.front();
  constexpr std::size_t kNoCoincidence = 2;
  if (!all_equal || longer_now || lengths.size() < kNoCoincidence) return std::nullopt;
  return lengths.front();
}

std::vector<HostFit> fit(const Observations& observations) {
  std::vector<HostFit> hosts;
  for (std::size_t i = 0; i < observations.hosts.size(); ++i) {
    hosts.push_back(
        fitted(observations.hosts[i], of_host(observations, i), observations.ended_early));
  }
  return hosts;
}

}  // namespace fanout

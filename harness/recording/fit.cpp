#include "harness/recording/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "harness/recording/slowdown_fit.h"

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

// `warms_up`: nobody has asked just before, so that caches are filled and programs loaded.
void note_answer(const Observation& one, Seen& seen, bool warms_up) {
  ++seen.usable;
  seen.sizes.push_back(one.body_bytes);
  const nanoseconds answered = *one.first_byte + one.receiving;
  const nanoseconds think =
      std::max(answered - seen.round_trip.value_or(nanoseconds{}), nanoseconds{});
  if (warms_up) return;
  if (one.at_once > 1) {
    if (one.among_others) seen.at_once[one.at_once].push_back(think);
    return;
  }
  seen.think_times.push_back(think);
  (one.connected ? seen.on_new : seen.on_kept).push_back(think);
}

Seen seen_of(const std::vector<Observation>& all, Source source) {
  Seen seen{.requests = all.size()};
  if (source == Source::requests) seen.tls = Seen::Tls::v13;
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
    if (one.tls12) seen.tls = Seen::Tls::v12;
  }
  seen.round_trip = round_trip_of(std::move(connects));
  const bool warms_up = source == Source::requests && all.size() > 1;
  for (const Observation& one : all) {
    if (one.is_usable()) note_answer(one, seen, warms_up && &one == &all.front());
  }
  std::ranges::sort(headers);
  if (!headers.empty()) seen.header_bytes = quantile(headers, 0.5);
  for (auto* times : {&seen.think_times, &seen.on_kept, &seen.on_new}) std::ranges::sort(*times);
  std::ranges::sort(seen.handshakes);
  std::ranges::sort(seen.sizes);
  for (auto& [at_once, times] : seen.at_once) std::ranges::sort(times);
  if (source == Source::requests) seen.close_after = close_after_of(all);
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

// Errors become faults, but for the one that ended the recording: how often an API limits its
// clients is a matter of their rate, and none of chance. Other statuses that are none (redirects,
// 204) are answers like the usual one; and 499 is what nginx writes where a client went away.
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
    constexpr unsigned kClientGone = 499;
    if (status < 400 || status > 599 || status == kClientGone) {
      host.left_out.push_back(fmt::format("status {} of {}: all but errors have status {}", status,
                                          counted(count, "request"), host.behaviour.status));
      continue;
    }
    host.behaviour.faults.push_back(
        {.kind = FaultKind::status,
         .share = static_cast<double>(count) / static_cast<double>(answered),
         .status = status});
  }
}

void fit_sizes(HostFit& host) {
  constexpr std::uint64_t kMost = 1ULL << 30;  // that the local server sends
  std::vector<std::uint64_t> sizes = host.seen.sizes;
  if (sizes.back() > kMost) {
    host.left_out.emplace_back("what bodies have beyond 1 GiB");
    for (std::uint64_t& size : sizes) size = std::min(size, kMost);
  }
  host.behaviour.body_bytes = sizes.back();
  if (sizes.front() != sizes.back()) {
    host.behaviour.body_sizes = thinned(sizes, kMostValues);
    host.behaviour.body_bytes = host.behaviour.body_sizes.back();
  }
}

// How many trips connecting takes: a session of TLS 1.2 that is resumed takes one less, which shows
// in how long handshakes took. So does the version, where a browser has not said it.
unsigned trips_of(bool tls, const Seen& seen) {
  if (!tls) return kTcpTrips;
  const auto handshake = round_trip_of(seen.handshakes);
  const bool one_trip = handshake && seen.round_trip && *handshake < *seen.round_trip * 3 / 2;
  const bool may_be_two = seen.tls == Seen::Tls::v12 || seen.tls == Seen::Tls::unknown;
  return may_be_two && handshake && !one_trip ? kTls12Trips : kTls13Trips;
}

void fit_connections(bool tls, HostFit& host) {
  HostBehaviour& behaviour = host.behaviour;
  if (tls) behaviour.tls = Tls::on;
  behaviour.handshake_trips = trips_of(tls, host.seen);
  const nanoseconds round_trip = host.seen.round_trip.value_or(nanoseconds{});
  if (round_trip >= kLeastRoundTrip) behaviour.rtt = round_trip;
  behaviour.close_after = host.seen.close_after.value_or(0);
  if (!host.seen.close_after) {
    host.left_out.emplace_back(
        "connections that it closed by no rule seen, or since nobody had used them for a while");
  }
}

void say_what_is_left_out(HostFit& host) {
  const Seen& seen = host.seen;
  for (const auto& [failure, count] : seen.failures) {
    host.left_out.push_back(fmt::format("{} that ended as {}", counted(count, "request"), failure));
  }
  if (seen.http_version >= 30) {
    host.left_out.push_back(fmt::format("HTTP/{}, which it would speak: the scenario has HTTP/2",
                                        seen.http_version / 10));
  }
  if (!seen.rate_limit_fields.empty()) {
    host.left_out.emplace_back("the rate limit that its header fields tell of");
  }
}

// Throws UsageError if nothing can be made of what was seen; `ended_early` says why there is so
// little, if it is that.
void check_host(const std::string& name, const Seen& seen, const std::string& ended_early) {
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
               const Observations& observations) {
  HostFit host{.name = observed.name, .seen = seen_of(all, observations.source)};
  // Files are judged as a whole (check_enough()).
  if (observations.source == Source::requests) {
    check_host(host.name, host.seen, observations.ended_early);
  }
  const Seen& seen = host.seen;
  if (observations.shows_times) {
    host.behaviour.delay = {.kind = Delay::Kind::list,
                            .values = thinned(seen.think_times, kMostValues)};
    for (nanoseconds& value : host.behaviour.delay.values) {
      value = std::max(value - kLocalPath, nanoseconds{});
    }
  }
  host.behaviour.slowdown = slowdown_of(seen.think_times, seen.at_once);
  fit_statuses(all, host);
  fit_sizes(host);
  fit_connections(observed.tls, host);
  say_what_is_left_out(host);
  return host;
}

// Whether a server that closes each connection may do so since nobody used it for a while: it does
// not say that it closes, and had the time.
bool may_be_idleness(std::span<const Observation> all) {
  const nanoseconds a_while = std::chrono::milliseconds(500);  // no server waits less for a request
  return std::ranges::none_of(all, [](const Observation& one) { return one.says_close; }) &&
         std::ranges::any_of(all, [a_while](const Observation& one) {
           return one.idle && one.connected && *one.idle >= a_while;
         });
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
    if (!one.on_kept_connection || one.at_once > 1) continue;
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
  if (lengths.front() == 1 && may_be_idleness(all)) return std::nullopt;
  return lengths.front();
}

std::vector<HostFit> fit(const Observations& observations) {
  std::vector<HostFit> hosts;
  for (std::size_t i = 0; i < observations.hosts.size(); ++i) {
    hosts.push_back(fitted(observations.hosts[i], of_host(observations, i), observations));
  }
  return hosts;
}

}  // namespace fanout

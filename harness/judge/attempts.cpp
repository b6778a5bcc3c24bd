#include "harness/judge/attempts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "local_server/answer.h"
#include "transports/retried.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

// Time limits of the libraries are kept to whole milliseconds, upwards.
constexpr nanoseconds kLimitError = std::chrono::milliseconds(10);

// A client that has less than a millisecond left does not begin (transports/policy.cpp).
constexpr nanoseconds kEarlyDeadline = std::chrono::milliseconds(2);

// A library that loses a kept connection before any answer takes it for one that had grown old, and
// sends the request again on another: libcurl up to 5 times (CONN_MAX_RETRIES in its
// lib/transfer.c), the others once. With the same token, so that it meets the same fault.
constexpr int kReplays = 5;

// A request that had less time may have been given up before the server received it: on a busy
// machine, connecting and sending can take that long.
constexpr nanoseconds kSurelyArrives = std::chrono::seconds(1);

// Longer than anything here.
constexpr nanoseconds kForEver = std::chrono::hours(24 * 365);

// How long the server takes over an attempt, at least and, connecting included, at most.
struct Hold {
  nanoseconds least{};
  nanoseconds most{};
};

// How long the body of the right answer is.
std::uint64_t body_due(const Scenario& scenario, const HostBehaviour& host, std::uint64_t token) {
  const bool any = scenario.method != Method::head && may_have_body(host.status);
  return any ? draw_body(host, token) : 0;
}

Outcome outcome_of(const Scenario& scenario, const HostBehaviour& host, const FaultShare* fault,
                   std::uint64_t token) {
  switch (fault == nullptr ? FaultKind::none : fault->kind) {
    case FaultKind::reset:
    case FaultKind::connection_loss:
    case FaultKind::goaway:
      return Outcome::reset;
    case FaultKind::reset_amid_body:
    case FaultKind::truncate:
      return body_due(scenario, host, token) > 0 ? Outcome::truncated : Outcome::reset;
    case FaultKind::status:
      return Outcome::bad_status;
    default:
      return Outcome::ok;
  }
}

Hold hold_of(const Scenario& scenario, const HostBehaviour& host, const FaultShare* fault,
             std::uint64_t token) {
  if (fault != nullptr && fault->kind == FaultKind::hang) {
    return {kForEver, kForEver};
  }
  const bool at_once = fault != nullptr && fault->kind == FaultKind::goaway;
  Hold hold{.least = host.rtt, .most = {}};
  if (!at_once) hold.least += draw(host.delay, token);
  if (fault != nullptr) {
    hold.least += drip_time(*fault, body_due(scenario, host, token));
  }
  hold.most = hold.least + host.rtt * host.handshake_trips;
  if (scenario.reuse && outcome_of(scenario, host, fault, token) == Outcome::reset) {
    hold.most *= 1 + kReplays;
  }
  return hold;
}

bool cannot_connect(const HostBehaviour& host) {
  return refuses(host) || host.tls == Tls::untrusted;
}

bool has_fault(const HostBehaviour& host, FaultKind kind) {
  return std::ranges::find(host.faults, kind, &FaultShare::kind) != host.faults.end();
}

bool is_http2(const Scenario& scenario) {
  return scenario.protocols.versions.front() == HttpVersion::http2;
}

// Attempts that are given up leave their connection to others, which it may fail.
bool shares_connections(const Scenario& scenario) {
  const std::vector<unsigned>& shared = scenario.protocols.connections;
  const bool own = !shared.empty() && shared.front() == kOneForEach;
  return is_http2(scenario) && (!own || scenario.hedge.budget > 0);
}

// Whether requests may be lost that share the connection of one that loses it.
bool loses_others(const Scenario& scenario, const HostBehaviour& host) {
  return shares_connections(scenario) && has_fault(host, FaultKind::connection_loss);
}

// Whether requests may be lost, or wait for another connection until their time is over, because
// the server ends the one that they share. That libraries send them again is their affair: libcurl
// does so up to kReplays times, in all the transfers of a handle.
bool shares_ends(const Scenario& scenario, const HostBehaviour& host) {
  return loses_others(scenario, host) ||
         (shares_connections(scenario) &&
          (host.close_after > 0 || has_fault(host, FaultKind::goaway)));
}

bool may_share_end(Outcome seen) {
  return seen == Outcome::reset || seen == Outcome::truncated || seen == Outcome::timeout;
}

// Whether what is due shows as this. Over HTTP/2 a library may let go of what it has of an answer
// when the stream is reset: libcurl does.
bool shows_as(const Scenario& scenario, Outcome due, Outcome seen) {
  return seen == due || (due == Outcome::truncated && seen == Outcome::reset && is_http2(scenario));
}

// An attempt, as far as the client knows.
struct Seen {
  Outcome outcome = Outcome::none;
  std::uint16_t status = 0;  // of a bad_status
};

// Whether the host's limit refused it. When, depends on time: no token tells.
bool is_rejected(const HostBehaviour& host, const Seen& seen) {
  return host.limit && seen.outcome == Outcome::bad_status && seen.status == host.limit->status;
}

// Whether it got no connection.
bool never_arrived(const HostBehaviour& host, Outcome seen) {
  return cannot_connect(host) || seen == Outcome::refused || seen == Outcome::connect_timeout ||
         seen == Outcome::tls || seen == Outcome::no_port || seen == Outcome::no_descriptor;
}

void count_attempt(Attempts& attempts, const Scenario& scenario, std::size_t at,
                   std::uint64_t token, const Seen& attempt) {
  ++attempts.made;
  const HostBehaviour& host = scenario.server().hosts[at];
  if (is_rejected(host, attempt)) {
    ++attempts.rejected[std::to_string(attempt.status)];
    return;
  }
  const Outcome seen = attempt.outcome;
  const Outcome due = due_outcome(scenario, host, token);
  if (seen != due && !may_end(scenario, host, token, seen)) {
    if (due == Outcome::ok) {
      ++attempts.failed[std::string(outcome_name(seen))];
    } else {
      ++attempts.not_as_due[fmt::format("{} ({} due)", outcome_name(seen), outcome_name(due))];
    }
  }
  if (never_arrived(host, seen)) {
    ++attempts.unreached;
    return;
  }
  const bool early = seen == Outcome::timeout && scenario.timeout < kSurelyArrives;
  const bool shared = may_share_end(seen) && shares_ends(scenario, host);
  if (seen == Outcome::deadline || early || shared) {
    ++attempts.uncertain;
    return;
  }
  if (seen == Outcome::timeout && host.limit && host.limit->queue > 0) {
    ++attempts.undecided;
    return;
  }
  ++attempts.taken_on[at];
  const FaultShare* fault = draw_fault(host, token);
  if (fault != nullptr) ++attempts.faults[static_cast<std::size_t>(fault->kind)];
}

// A request of which one of two attempts was given up, unless it had failed by itself: it may have
// reached the server.
void count_hedged(Attempts& attempts, const Scenario& scenario, std::size_t at, std::uint64_t token,
                  const Sample& sample) {
  ++attempts.hedged;
  if (sample.hedge_won) ++attempts.hedges_won;
  const unsigned winner = sample.hedge_won ? 1 : 0;
  count_attempt(attempts, scenario, at, attempt_token(token, winner),
                {sample.outcome, sample.status});
  const RetriedAttempt other = retried_attempt(sample.retried, 0);
  if (other.outcome == Outcome::none) {
    ++attempts.made;
    ++attempts.uncertain;
  } else {
    count_attempt(attempts, scenario, at, attempt_token(token, 1 - winner),
                  {other.outcome, other.status});
  }
}

}  // namespace

Outcome due_outcome(const Scenario& scenario, const HostBehaviour& host, std::uint64_t token) {
  if (refuses(host)) return Outcome::refused;
  if (host.tls == Tls::untrusted) return Outcome::tls;
  const FaultShare* fault = draw_fault(host, token);
  if (hold_of(scenario, host, fault, token).least >= scenario.timeout) return Outcome::timeout;
  return outcome_of(scenario, host, fault, token);
}

nanoseconds least_time(const Scenario& scenario, const HostBehaviour& host, std::uint64_t token) {
  return hold_of(scenario, host, draw_fault(host, token), token).least;
}

bool may_end(const Scenario& scenario, const HostBehaviour& host, std::uint64_t token,
             Outcome seen) {
  if (seen == Outcome::deadline) return scenario.deadline.count() > 0;
  if (cannot_connect(host)) return false;
  if (may_share_end(seen) && shares_ends(scenario, host)) return true;
  const FaultShare* fault = draw_fault(host, token);
  const Hold hold = hold_of(scenario, host, fault, token);
  if (seen == Outcome::timeout) {
    const bool slower = host.slowdown.per_request.count() > 0 || host.freeze.lasting.count() > 0 ||
                        (host.limit && host.limit->queue > 0);
    return slower || hold.most + kLimitError >= scenario.timeout;
  }
  return hold.least < scenario.timeout + kLimitError &&
         shows_as(scenario, outcome_of(scenario, host, fault, token), seen);
}

Attempts account(const Scenario& scenario, const Samples& samples, std::uint64_t token_seed) {
  Attempts attempts;
  attempts.taken_on.resize(scenario.server().hosts.size());
  const auto loses = [&](const HostBehaviour& host) { return loses_others(scenario, host); };
  if (std::ranges::any_of(scenario.server().hosts, loses)) {
    attempts.lost_at_once = scenario.workers.front() * (scenario.hedge.budget > 0 ? 2ULL : 1ULL);
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample sample = samples[i];
    const std::uint64_t token = make_token(token_seed, i);
    if (sample.outcome == Outcome::none) ++attempts.unfinished;
    if (sample.hedged) {
      count_hedged(attempts, scenario, host_index(scenario, i), token, sample);
      continue;
    }
    for (unsigned k = 0; k < sample.attempts; ++k) {
      const RetriedAttempt retried = retried_attempt(sample.retried, k);
      const bool last = retried.outcome == Outcome::none;
      if (!last) ++attempts.retried[std::string(outcome_name(retried.outcome))];
      count_attempt(
          attempts, scenario, host_index(scenario, i), attempt_token(token, k),
          last ? Seen{sample.outcome, sample.status} : Seen{retried.outcome, retried.status});
    }
  }
  return attempts;
}

bool ends_in_order(const Scenario& scenario, const Sample& sample, std::int64_t ready_ns) {
  if (sample.outcome != Outcome::deadline) {
    return sample.outcome == Outcome::none || sample.attempts > 0;
  }
  const std::int64_t deadline_ns = ready_ns + scenario.deadline.count();
  return scenario.deadline.count() > 0 && sample.end_ns >= deadline_ns - kEarlyDeadline.count();
}

std::map<std::string, std::uint64_t> unfounded_ends(const Scenario& scenario,
                                                    const Samples& samples, std::int64_t ready_ns) {
  std::map<std::string, std::uint64_t> unfounded;
  for (const Sample& sample : samples) {
    if (!ends_in_order(scenario, sample, ready_ns)) {
      ++unfounded[std::string(outcome_name(sample.outcome))];
    }
  }
  return unfounded;
}

}  // namespace fanout

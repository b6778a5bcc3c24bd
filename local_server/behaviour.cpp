#include "local_server/behaviour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "wire/token.h"

namespace fanout {
namespace {

// Longer tails than this would make one request decide a run's makespan.
constexpr double kLognormalCap = 100;

// Salts keep what is derived from one token independent of each other (2 and 3: normal_of; 5:
// drawn_size in wire/token.h).
constexpr std::uint64_t kDelaySalt = 1;
constexpr std::uint64_t kFaultSalt = 4;
constexpr std::uint64_t kRejectionSalt = 6;

// Even on the open interval (0, 1).
double uniform_of(std::uint64_t token, std::uint64_t salt) {
  return unit_share(mix64(token ^ mix64(salt)));
}

// Standard normal, by Box and Muller (1958).
double normal_of(std::uint64_t token) {
  const double radius = std::sqrt(-2 * std::log(uniform_of(token, 2)));
  return radius * std::cos(2 * std::numbers::pi * uniform_of(token, 3));
}

std::int64_t draw_uniform(const Delay& delay, std::uint64_t token) {
  const std::int64_t width = (delay.max - delay.min).count();
  const double step = uniform_of(token, kDelaySalt) * (static_cast<double>(width) + 1);
  return delay.min.count() + std::min(static_cast<std::int64_t>(step), width);
}

// The mean of a lognormal is exp(mu + sigma^2 / 2), so mu = ln(mean) - sigma^2 / 2.
std::int64_t draw_lognormal(const Delay& delay, std::uint64_t token) {
  const auto mean = static_cast<double>(delay.mean.count());
  const double factor = std::exp(delay.sigma * normal_of(token) - delay.sigma * delay.sigma / 2);
  return std::llround(mean * std::min(factor, kLognormalCap));
}

}  // namespace

std::chrono::nanoseconds draw(const Delay& delay, std::uint64_t token) {
  switch (delay.kind) {
    case Delay::Kind::uniform:
      return std::chrono::nanoseconds{draw_uniform(delay, token)};
    case Delay::Kind::lognormal:
      return std::chrono::nanoseconds{draw_lognormal(delay, token)};
    case Delay::Kind::bimodal:
      return uniform_of(token, kDelaySalt) < delay.slow_share ? delay.max : delay.min;
    case Delay::Kind::list:
      return delay.values[mix64(token ^ mix64(kDelaySalt)) % delay.values.size()];
    case Delay::Kind::fixed:
      break;
  }
  return delay.mean;
}

std::chrono::nanoseconds mean_of(const Delay& delay) {
  using Mean = std::chrono::duration<double, std::nano>;
  const auto whole = [](Mean mean) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(mean);
  };
  switch (delay.kind) {
    case Delay::Kind::uniform:
      return (delay.min + delay.max) / 2;
    case Delay::Kind::bimodal:
      return whole(Mean(delay.min) * (1 - delay.slow_share) + Mean(delay.max) * delay.slow_share);
    case Delay::Kind::list: {
      const Mean sum = std::accumulate(delay.values.begin(), delay.values.end(), Mean{});
      return whole(sum / static_cast<double>(delay.values.size()));
    }
    case Delay::Kind::lognormal:
    case Delay::Kind::fixed:
      break;
  }
  return delay.mean;
}

const FaultShare* draw_fault(const HostBehaviour& host, std::uint64_t token) {
  if (host.faults.empty()) return nullptr;
  double left = uniform_of(token, kFaultSalt);
  for (const FaultShare& fault : host.faults) {
    if (left < fault.share) return &fault;
    left -= fault.share;
  }
  return nullptr;
}

double draw_rejection(std::uint64_t token) { return uniform_of(token, kRejectionSalt); }

std::uint64_t draw_body(const HostBehaviour& host, std::uint64_t token) {
  if (host.body_sizes.empty()) return host.body_bytes;
  return host.body_sizes[drawn_size(token, host.body_sizes.size())];
}

std::uint64_t drip_piece(std::uint64_t body_bytes) {
  constexpr std::uint64_t kMost = 10;
  return (body_bytes + kMost - 1) / kMost;
}

std::uint64_t drip_pieces(std::uint64_t body_bytes) {
  const std::uint64_t piece = drip_piece(body_bytes);
  return piece == 0 ? 0 : (body_bytes + piece - 1) / piece;
}

std::chrono::nanoseconds drip_time(const FaultShare& fault, std::uint64_t body_bytes) {
  return fault.kind == FaultKind::drip && drip_pieces(body_bytes) > 1 ? fault.over
                                                                      : std::chrono::nanoseconds{};
}

bool refuses(const HostBehaviour& host) {
  return !host.faults.empty() && host.faults.front().kind == FaultKind::refuse;
}

std::string_view fault_name(FaultKind kind) {
  static constexpr std::array<std::string_view, kFaultKinds> kNames{
      "none", "refuse", "reset",  "reset_amid_body", "truncate",
      "hang", "drip",   "status", "connection_loss", "goaway"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace fanout

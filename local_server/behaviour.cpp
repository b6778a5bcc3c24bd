#include "local_server/behaviour.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/token.h"

namespace fanout {
namespace {

// Longer tails than this would make one request decide a run's makespan.
constexpr double kLognormalCap = 100;

// Uniform on the open interval (0, 1): never 0, so its logarithm exists. The salt keeps the delay
// independent of whatever else is derived from the token.
double uniform_of(std::uint64_t token, std::uint64_t salt) {
  constexpr double kTo53Bits = 0x1p-53;
  return (static_cast<double>(mix64(token ^ mix64(salt)) >> 11) + 0.5) * kTo53Bits;
}

// Standard normal, by Box and Muller (1958).
double normal_of(std::uint64_t token) {
  const double radius = std::sqrt(-2 * std::log(uniform_of(token, 2)));
  return radius * std::cos(2 * std::numbers::pi * uniform_of(token, 3));
}

std::int64_t draw_uniform(const Delay& delay, std::uint64_t token) {
  const std::int64_t width = (delay.max - delay.min).count();
  const double step = uniform_of(token, 1) * (static_cast<double>(width) + 1);
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
    case Delay::Kind::fixed:
      break;
  }
  return delay.mean;
}

}  // namespace fanout

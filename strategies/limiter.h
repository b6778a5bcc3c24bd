// Strategies that find out by themselves how many requests to have in flight: each is a Limiter,
// which says how many, and learns from how attempts end. Pure arithmetic without clock or network;
// strategies/limited_window.h issues requests by it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace fanout {

// How an attempt ended, as far as a limiter learns from it.
struct AttemptEnd {
  std::int64_t at_ns = 0;  // base/clock.h
  // The server had too much to do, or seems to: status 429 or 503, a time-out, a lost connection.
  bool refused = false;
  std::int64_t retry_after_ns = 0;  // for so long it wants to be left alone; 0: it did not say
  std::int64_t latency_ns = 0;      // of what was answered; 0: not known
  unsigned in_flight = 0;           // when it ended, itself included
};

class Limiter {
 public:
  virtual ~Limiter() = default;
  // The most requests to have in flight from now on: 1 at least, and no more than it was made for.
  // Its whole part counts; the rest is what it has gathered on the way to the next.
  [[nodiscard]] virtual double limit() const = 0;
  // Called at the end of every attempt, in the order of their ends.
  virtual void ended(const AttemptEnd& end) = 0;
};

// A parameter of a strategy, set by --strategy-option STRATEGY.NAME=VALUE.
struct StrategyOption {
  std::string_view name;
  double value;  // unless the user sets another
  double low;
  double high;
  std::string_view meaning;  // one line, for help
};

// Makes the limiter of a run that may have `most` requests in flight; the values are those of the
// strategy's options, in their order.
using MakeLimiter = std::unique_ptr<Limiter> (*)(std::span<const double> options, unsigned most);

// Multiplicative decrease: once for all that the server refused before it can have felt the last
// one, and no increase for as long as it wants to be left alone.
class Decrease {
 public:
  explicit Decrease(double factor) : factor_(factor) {}

  // Whether the limit is to be lowered now. Called at every end.
  bool takes(const AttemptEnd& end) {
    if (before_felt_ > 0) --before_felt_;
    if (!end.refused) return false;
    left_alone_until_ns_ = std::max(left_alone_until_ns_, end.at_ns + end.retry_after_ns);
    if (before_felt_ > 0) return false;
    before_felt_ = end.in_flight;
    return true;
  }
  [[nodiscard]] bool is_left_alone(const AttemptEnd& end) const {
    return end.at_ns < left_alone_until_ns_;
  }
  [[nodiscard]] double lower(double limit) const { return std::max(1.0, limit * factor_); }

 private:
  double factor_;
  unsigned before_felt_ = 0;  // ends of attempts that were in flight at the last decrease
  std::int64_t left_alone_until_ns_ = 0;
};

// Whether the attempts in flight come near the limit: one that is not used says nothing.
inline bool is_used(const AttemptEnd& end, double limit) { return 2.0 * end.in_flight >= limit; }

}  // namespace fanout

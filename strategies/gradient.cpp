#include <algorithm>
#include <array>
#include <vector>

#include "strategies/strategy.h"

namespace fanout {
namespace {

constexpr std::array kOptions{
    StrategyOption{"low", 3, 1, 1000, "in flight while the latency without a queue is measured"},
    StrategyOption{"samples", 50, 1, 1e6, "answers that measure it"},
    StrategyOption{"window", 30, 1, 1e6, "answers, at least, between two changes of the limit"},
    StrategyOption{"tolerance", 1.08, 1, 10, "how much longer than that latency is no queue yet"},
    StrategyOption{"headroom", 0.5, 0.001, 1000, "more in flight for each window"},
    StrategyOption{"decrease", 0.8, 0.1, 0.99, "what is left of the limit after a refusal"},
    StrategyOption{"again", 500, 10, 1e9, "windows after which that latency is measured again"},
};

// What is long for an answer counts as twice the usual, however long it took: a few slow answers
// are no queue. (A median would not see one: answers of equal length come in waves, of which more
// than half wait for nothing although others do.)
double mean_up_to_twice(const std::vector<std::int64_t>& latencies_ns, double usual_ns) {
  double sum = 0;
  for (const std::int64_t one : latencies_ns) {
    sum += std::min(static_cast<double>(one), 2 * usual_ns);
  }
  return sum / static_cast<double>(latencies_ns.size());
}

double median_of(std::vector<std::int64_t> latencies_ns) {
  const auto middle = latencies_ns.begin() + std::ssize(latencies_ns) / 2;
  std::ranges::nth_element(latencies_ns, middle);
  return static_cast<double>(*middle);
}

// The limit follows the gradient: the latency without a queue over the present one. Where answers
// come later than they need to, requests wait at the server, and fewer in flight are as fast.
// Envoy's adaptive concurrency measures the first by few requests in flight now and then, and
// multiplies the limit by the gradient; Gradient2 of Netflix' concurrency-limits takes a
// long mean instead, which grows with the queue that it is to find.
class Gradient final : public Limiter {
 public:
  Gradient(std::span<const double> options, unsigned most)
      : most_(most),
        low_(std::min<double>(options[0], most)),
        samples_(options[1]),
        window_(options[2]),
        tolerance_(options[3]),
        headroom_(options[4]),
        decrease_(options[5]),
        again_(options[6]),
        limit_(low_) {}

  [[nodiscard]] double limit() const override { return measures_ ? low_ : limit_; }

  void ended(const AttemptEnd& end) override {
    const bool lower = decrease_.takes(end);
    if (from_before_ > 0) --from_before_;
    if (end.refused) {
      if (lower) limit_ = begins_ ? std::max(1.0, limit_ / 2) : decrease_.lower(limit_);
      begins_ = begins_ && measures_;
      return;
    }
    // What was begun before the limit fell says nothing of few in flight.
    if (end.latency_ns == 0 || (measures_ && from_before_ > 0)) return;
    seen_ns_.push_back(end.latency_ns);
    if (measures_) return measure();
    const bool grows = is_used(end, limit_) && !decrease_.is_left_alone(end);
    if (static_cast<double>(seen_ns_.size()) >= std::max(window_, limit_)) {
      follow(tolerance_ * unqueued_ns_ / mean_up_to_twice(seen_ns_, usual_ns_), grows);
      seen_ns_.clear();
      if (measures_) from_before_ = end.in_flight;
    } else if (begins_ && grows) {
      limit_ = std::min<double>(most_, limit_ + 0.5);
    }
  }

 private:
  void measure() {
    if (static_cast<double>(seen_ns_.size()) < samples_) return;
    usual_ns_ = median_of(seen_ns_);
    unqueued_ns_ = mean_up_to_twice(seen_ns_, usual_ns_);
    seen_ns_.clear();
    measures_ = false;
    windows_ = 0;
  }

  void follow(double gradient, bool grows) {
    constexpr double kSteepest = 0.5;
    if (gradient < 1) begins_ = false;
    limit_ *= std::clamp(gradient, kSteepest, 1.0);
    if (grows && !begins_) limit_ += headroom_;
    limit_ = std::clamp<double>(limit_, 1, most_);
    measures_ = ++windows_ >= again_;
  }

  unsigned most_;
  double low_;
  double samples_;
  double window_;
  double tolerance_;
  double headroom_;
  Decrease decrease_;
  double again_;
  double limit_;
  bool measures_ = true;  // the latency without a queue
  bool begins_ = true;    // no queue and no refusal was seen yet: the limit grows by half a window
  double usual_ns_ = 0;   // the median without a queue
  double unqueued_ns_ = 0;  // the mean without one
  double windows_ = 0;
  unsigned from_before_ = 0;  // ends to come of attempts begun before it was measured again
  std::vector<std::int64_t> seen_ns_;  // since the limit was last looked at
};

}  // namespace

extern const Strategy gradient;
const Strategy gradient{
    .name = "gradient",
    .summary = "one event loop; as many in flight as leave the server's answers without a queue",
    .concurrency = Concurrency::adaptive,
    .client_life = ClientLife::worker,
    .run = +[](std::span<const double> options, unsigned most) -> std::unique_ptr<Limiter> {
      return std::make_unique<Gradient>(options, most);
    },
    .options = kOptions,
    .takes_part = TakesPart::where_named,
};

}  // namespace fanout

#include <array>

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

// The median of latencies, until there are as many as wanted: a few slow answers are no queue.
class Window {
 public:
  // Adds one; the median of all once there are `wanted`, when it begins anew.
  std::optional<double> add(std::int64_t latency_ns, double wanted) {
    seen_ns_.push_back(latency_ns);
    if (static_cast<double>(seen_ns_.size()) < wanted) return std::nullopt;
    const auto middle = seen_ns_.begin() + std::ssize(seen_ns_) / 2;
    std::ranges::nth_element(seen_ns_, middle);
    const auto median = static_cast<double>(*middle);
    seen_ns_.clear();
    return median;
  }

 private:
  std::vector<std::int64_t> seen_ns_;
};

// The limit follows the gradient: the latency without a queue over the present one. Where answers
// come later than they need to, requests wait at the server, and fewer in flight are as fast.
// Envoy's adaptive concurrency measures the first by few requests in flight now and then, and
// multiplies the limit by the gradient of medians; Gradient2 of Netflix' concurrency-limits takes a
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
    if (end.refused) {
      if (lower) limit_ = begins_ ? std::max(1.0, limit_ / 2) : decrease_.lower(limit_);
      begins_ = begins_ && measures_;
      return;
    }
    if (end.latency_ns == 0) return;
    if (measures_) return measure(end);
    const bool grows = is_used(end, limit_) && !decrease_.is_left_alone(end);
    const auto latency = seen_.add(end.latency_ns, std::max(window_, limit_));
    if (latency) {
      follow(tolerance_ * unqueued_ns_ / *latency, grows);
    } else if (begins_ && grows) {
      limit_ = std::min<double>(most_, limit_ + 0.5);
    }
  }

 private:
  void measure(const AttemptEnd& end) {
    const auto latency = seen_.add(end.latency_ns, samples_);
    if (!latency) return;
    unqueued_ns_ = *latency;
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
  double unqueued_ns_ = 0;
  double windows_ = 0;
  Window seen_;
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
};

}  // namespace fanout

#include <array>

#include "strategies/strategy.h"

namespace fanout {
namespace {

constexpr std::array kOptions{
    StrategyOption{"start", 10, 1, 1e6, "requests in flight at the beginning"},
    StrategyOption{"increase", 0.5, 0.001, 100, "more in flight for each round trip of all"},
    StrategyOption{"decrease", 0.7, 0.1, 0.99, "what is left of the limit after a refusal"},
};

// Additive increase, multiplicative decrease: Chiu and Jain, "Analysis of the Increase and Decrease
// Algorithms for Congestion Avoidance in Computer Networks", 1989. What is refused is what TCP
// calls lost. AIMDLimit of Netflix' concurrency-limits begins with 20 and keeps 0.9; 0.7 is what
// CUBIC keeps (RFC 9438), and is refused less often.
class Aimd final : public Limiter {
 public:
  Aimd(std::span<const double> options, unsigned most)
      : most_(most),
        limit_(std::min<double>(options[0], most)),
        increase_(options[1]),
        decrease_(options[2]) {}

  [[nodiscard]] double limit() const override { return limit_; }

  void ended(const AttemptEnd& end) override {
    if (decrease_.takes(end)) {
      limit_ = decrease_.lower(limit_);
    } else if (!end.refused && is_used(end, limit_) && !decrease_.is_left_alone(end)) {
      limit_ = std::min<double>(most_, limit_ + increase_ / limit_);
    }
  }

 private:
  unsigned most_;
  double limit_;
  double increase_;
  Decrease decrease_;
};

}  // namespace

extern const Strategy aimd;
const Strategy aimd{
    .name = "aimd",
    .summary = "one event loop; slowly more in flight, at once fewer when the server refuses",
    .concurrency = Concurrency::adaptive,
    .client_life = ClientLife::worker,
    .run = +[](std::span<const double> options, unsigned most) -> std::unique_ptr<Limiter> {
      return std::make_unique<Aimd>(options, most);
    },
    .options = kOptions,
    .takes_part = TakesPart::where_named,
};

}  // namespace fanout

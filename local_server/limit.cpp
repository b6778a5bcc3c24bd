#include "local_server/limit.h"

#include <algorithm>

namespace fanout {
namespace {

// What rounding may take from a token that has dripped whole.
constexpr double kWholeToken = 1 - 1e-9;

bool changes(const ServerLimit& limit) { return limit.change_after.count() > 0; }

}  // namespace

const LimitFigures& figures_at(const ServerLimit& limit, std::int64_t elapsed_ns) {
  const bool later = changes(limit) && elapsed_ns >= limit.change_after.count();
  return later ? limit.changed : limit.figures;
}

double least_time_ns(const ServerLimit& limit, std::uint64_t served) {
  const LimitFigures& first = limit.figures;
  const auto change_ns = static_cast<double>(limit.change_after.count());
  if (!first.rate) return 0;  // and whatever comes later, all may have come before
  const double missing = static_cast<double>(served) - first.burst;
  const double first_ns = 1e9 * missing / *first.rate;
  if (!changes(limit) || first_ns <= change_ns) return std::max(0.0, first_ns);
  if (!limit.changed.rate) return change_ns;
  return change_ns + (first_ns - change_ns) * *first.rate / *limit.changed.rate;
}

Admission::Answer Admission::arrive(std::int64_t elapsed_ns, double drawn) {
  bool place = has_place(elapsed_ns) && waiting_ == 0;
  if (!place && waiting_ >= limit_.queue) {
    if (drawn < limit_.share) return Answer::reject;
    place = true;
  }
  if (!take_token(elapsed_ns)) return Answer::reject;
  if (!place) {
    ++waiting_;
    return Answer::wait;
  }
  ++served_;
  return Answer::serve;
}

bool Admission::take_waiting(std::int64_t elapsed_ns) {
  if (waiting_ == 0 || !has_place(elapsed_ns)) return false;
  --waiting_;
  ++served_;
  return true;
}

bool Admission::has_place(std::int64_t elapsed_ns) const {
  const auto& most = figures_at(limit_, elapsed_ns).concurrency;
  return !most || served_ < *most;
}

void Admission::drip(std::int64_t until_ns, const LimitFigures& figures) {
  if (!figures.rate) return;
  const double dripped = *figures.rate * static_cast<double>(until_ns - dripped_until_ns_) / 1e9;
  tokens_ = std::min<double>(figures.burst, tokens_ + dripped);
}

bool Admission::take_token(std::int64_t elapsed_ns) {
  // Several loops may come a little out of order.
  elapsed_ns = std::max(elapsed_ns, dripped_until_ns_);
  const std::int64_t change_ns = limit_.change_after.count();
  if (changes(limit_) && dripped_until_ns_ < change_ns && change_ns <= elapsed_ns) {
    drip(change_ns, limit_.figures);
    // What no rate limited before begins with a full bucket.
    if (!limit_.figures.rate) tokens_ = limit_.changed.burst;
    dripped_until_ns_ = change_ns;
  }
  const LimitFigures& figures = figures_at(limit_, elapsed_ns);
  drip(elapsed_ns, figures);
  dripped_until_ns_ = elapsed_ns;
  if (!figures.rate) return true;
  if (tokens_ < kWholeToken) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace fanout

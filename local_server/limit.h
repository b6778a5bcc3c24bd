// What a host takes on at most, as real APIs limit their clients: so many requests a second, so
// many at once, or both. Plain data, and the arithmetic of who is taken on.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace fanout {

// The figures of a limit, which may change once during a run.
struct LimitFigures {
  std::optional<double> rate;  // requests per second, on average; nothing: any number
  unsigned burst = 1;  // how many may come at once after a pause: the size of the token bucket
  std::optional<unsigned> concurrency;  // requests served at once; nothing: any number
};

struct ServerLimit {
  LimitFigures figures{};
  unsigned queue = 0;     // how many more wait for a place to be served, before one is rejected
  double share = 1;       // of those for whom there is no place: how many are rejected, 0 to 1
  unsigned status = 429;  // of a rejection
  std::optional<std::uint32_t> retry_after_s{};  // of a rejection, if it is to say so
  // The figures from this time on, counted from the run's first request; 0: they never change.
  std::chrono::nanoseconds change_after{};
  LimitFigures changed{};
};

// The figures so long after the run's first request.
const LimitFigures& figures_at(const ServerLimit& limit, std::int64_t elapsed_ns);

// The least time in which the limit's rate lets so many requests be served, in nanoseconds; 0
// without a rate. A full bucket, and what drips into it: burst + rate x time.
double least_time_ns(const ServerLimit& limit, std::uint64_t served);

// Whom a limit takes on. Times are counted from the run's first request; one that is earlier than
// the last counts as that.
//
// A request needs a place (concurrency) and a token (rate). The bucket of tokens begins full; a
// rejected request takes none. Who waits for a place is taken on in the order of arrival.
class Admission {
 public:
  enum class Answer : std::uint8_t { serve, wait, reject };

  explicit Admission(const ServerLimit& limit) : limit_(limit), tokens_(limit.figures.burst) {}

  [[nodiscard]] const ServerLimit& limit() const { return limit_; }
  [[nodiscard]] unsigned served() const { return served_; }  // at this moment

  // `drawn`, evenly from 0 to 1, decides where a share is rejected: the others are served all the
  // same.
  Answer arrive(std::int64_t elapsed_ns, double drawn);
  // One that was served has its answer, or is given up.
  void leave() { --served_; }
  // The client of one that waited left.
  void stop_waiting() { --waiting_; }
  // Takes one that waits on, if there is a place; whether it did.
  bool take_waiting(std::int64_t elapsed_ns);

 private:
  bool take_token(std::int64_t elapsed_ns);
  void drip(std::int64_t until_ns, const LimitFigures& figures);
  [[nodiscard]] bool has_place(std::int64_t elapsed_ns) const;

  ServerLimit limit_;
  double tokens_;
  std::int64_t dripped_until_ns_ = 0;
  unsigned served_ = 0;
  unsigned waiting_ = 0;
};

}  // namespace fanout

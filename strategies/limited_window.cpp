#include "strategies/limited_window.h"

#include <deque>
#include <utility>

#include "base/clock.h"

namespace fanout {
namespace {

// Whether an attempt that ended so says that there is too much to do.
bool is_refusal(const Response& response) {
  switch (response.outcome) {
    case Outcome::bad_status:
      return response.status == 429 || response.status == 503;
    case Outcome::refused:
    case Outcome::reset:
    case Outcome::truncated:
    case Outcome::connect_timeout:
    case Outcome::timeout:
      return true;
    default:
      return false;
  }
}

class LimitedWindow {
 public:
  LimitedWindow(Job& job, AsyncClient& client, Limiter& limiter)
      : job_(job), client_(client), limiter_(limiter) {
    client_.hand_over_retries(
        {.ended = [this](const Response& response) { attempt_ended(response, 0); },
         .due =
             [this](std::function<void()> begin) {
               due_.push_back(std::move(begin));
               start_some();
             }});
  }

  // Starts what there is room for.
  void start_some() {
    while (in_flight_ < static_cast<unsigned>(limiter_.limit())) {
      if (!due_.empty()) {
        const std::function<void()> begin = std::move(due_.front());
        due_.pop_front();
        ++in_flight_;
        begin();
      } else if (next_ < job_.requests().size()) {
        start(job_.requests()[next_++]);
      } else {
        return;
      }
    }
  }

 private:
  void start(const Request& request) {
    ++in_flight_;
    job_.started(request);
    client_.start(request, [this, &request](const Response& response) {
      job_.finished(request, response);
      // That of one that was tried again includes waits.
      const bool once = response.attempts == 1 && response.outcome == Outcome::ok;
      attempt_ended(response, once ? job_.service_time_ns(request) : 0);
      start_some();
    });
  }

  void attempt_ended(const Response& response, std::int64_t latency_ns) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t now = now_ns();
    limiter_.ended({.at_ns = now,
                    .refused = is_refusal(response),
                    .retry_after_ns = response.retry_after_s * kSecond,
                    .latency_ns = latency_ns,
                    .in_flight = in_flight_});
    job_.note_limit({.at_ns = now,
                     .limit = limiter_.limit(),
                     .in_flight = in_flight_,
                     .latency_ns = latency_ns});
    --in_flight_;
  }

  Job& job_;
  AsyncClient& client_;
  Limiter& limiter_;
  std::size_t next_ = 0;
  unsigned in_flight_ = 0;
  std::deque<std::function<void()>> due_;  // what begins the next attempt of requests
};

}  // namespace

void run_limited(Job& job, const AsyncFactory& make_client, Limiter& limiter) {
  const auto client = make_client(job.workers());
  LimitedWindow window(job, *client, limiter);
  job.ready();
  window.start_some();
  client->run();
}

}  // namespace fanout

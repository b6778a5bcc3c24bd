#include "harness/recording/flights.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace fanout {
namespace {

using std::chrono::nanoseconds;

constexpr unsigned kMostAlike = 1000;
constexpr std::chrono::seconds kPause{1};

unsigned most_at_once(const std::vector<Flight>& flights) {
  std::vector<std::pair<nanoseconds, int>> changes;  // at one moment, ends come first
  for (const Flight& flight : flights) {
    changes.emplace_back(flight.begin, 1);
    changes.emplace_back(flight.end, -1);
  }
  std::ranges::sort(changes);
  int now = 0;
  int most = 0;
  for (const auto& [moment, change] : changes) {
    now += change;
    most = std::max(most, now);
  }
  return static_cast<unsigned>(most);
}

// How long so many workers take for the flights, in the order in which they began.
nanoseconds time_of(const std::vector<Flight>& flights, unsigned workers) {
  std::vector<nanoseconds> free(workers);  // when each worker will be: a heap, the earliest first
  nanoseconds end{};
  for (const Flight& flight : flights) {
    std::ranges::pop_heap(free, std::greater());
    free.back() += flight.end - flight.begin;
    end = std::max(end, free.back());
    std::ranges::push_heap(free, std::greater());
  }
  return end;
}

}  // namespace

FlightsSeen flights_seen(std::vector<Flight> flights) {
  if (flights.empty()) return {};
  std::ranges::sort(flights, {}, &Flight::begin);
  FlightsSeen seen{.most_at_once = most_at_once(flights), .workers_alike = 1};
  nanoseconds all{};  // without pauses
  nanoseconds end = flights.front().begin;
  for (const Flight& flight : flights) {
    const bool after_pause = flight.begin - end >= kPause;
    if (after_pause) ++seen.pauses;
    if (flight.end > end) all += flight.end - (after_pause ? flight.begin : end);
    end = std::max(end, flight.end);
  }
  nanoseconds nearest = std::chrono::abs(time_of(flights, 1) - all);
  for (unsigned workers = 2; workers <= std::min(seen.most_at_once, kMostAlike); ++workers) {
    const nanoseconds off = std::chrono::abs(time_of(flights, workers) - all);
    if (off >= nearest) continue;
    nearest = off;
    seen.workers_alike = workers;
  }
  return seen;
}

}  // namespace fanout

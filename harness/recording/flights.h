// When the requests of a page were in flight, and how many workers that amounts to.
#pragma once

#include <chrono>
#include <vector>

namespace fanout {

// From when a request had, or began to open, a connection, to its answer's last byte.
struct Flight {
  std::chrono::nanoseconds begin{};  // since any moment that is the same for all
  std::chrono::nanoseconds end{};    // > begin
};

struct FlightsSeen {
  unsigned most_at_once = 0;
  // So many workers, each making one request after the other in the order of their beginnings, come
  // nearest to the time that all of them took; 0: there are none. A page waits for scripts and for
  // free connections, so it seldom has as many in flight as it may.
  unsigned workers_alike = 0;
  // Pauses of a second or more with nothing in flight, which do not count: between two pages.
  unsigned pauses = 0;
};

FlightsSeen flights_seen(std::vector<Flight> flights);

}  // namespace fanout

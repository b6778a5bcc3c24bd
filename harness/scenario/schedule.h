// When the requests of an open loop are due: a pure function, so that every cell of a round is
// offered the same arrivals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/enum_names.h"

namespace fanout {

enum class Arrivals : std::uint8_t {
  constant,  // evenly spaced
  poisson,   // independent of each other: gaps are exponentially distributed
};
inline constexpr EnumNames<Arrivals, 2> kArrivalsNames{
    {{"constant", Arrivals::constant}, {"poisson", Arrivals::poisson}}};

struct Schedule {
  double rate = 0;  // requests per second; 0: there is no schedule
  Arrivals arrivals = Arrivals::constant;
  std::uint64_t seed = 0;  // of Poisson arrivals
};

// When each of so many requests is due, in nanoseconds from the first moment of the schedule:
// ascending, the first at 0. Empty without a schedule.
std::vector<std::int64_t> due_times(const Schedule& schedule, std::size_t requests);

}  // namespace fanout

#include "harness/statistics/slope.h"

#include <vector>

#include "harness/statistics/statistics.h"

namespace fanout {

std::optional<double> theil_sen_slope(std::span<const std::pair<double, double>> points) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double run = points[i].first - points[j].first;
      if (run != 0) slopes.push_back((points[i].second - points[j].second) / run);
    }
  }
  if (slopes.empty()) return std::nullopt;
  return median_interval(std::move(slopes)).median;
}

}  // namespace fanout

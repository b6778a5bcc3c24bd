// The slope of a line through points, robust against odd ones. Pure.
#pragma once

#include <optional>
#include <span>
#include <utility>

namespace fanout {

// The median of the slopes between all pairs of points (x, y) whose x differ; nothing without such
// a pair. Source: Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, Journal of
// the American Statistical Association 63 (1968).
std::optional<double> theil_sen_slope(std::span<const std::pair<double, double>> points);

}  // namespace fanout

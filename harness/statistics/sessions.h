// Figures of whole measurements ("sessions"), each of which gives one value. What differs between
// sessions of the same build is the noise, so an interval comes from that alone. Values are above 0
// and are worked with as logarithms: what changes from session to session changes by a factor.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "harness/statistics/statistics.h"

namespace fanout {

// Fewer sessions of a side do not tell how far apart sessions are.
inline constexpr std::size_t kLeastSessions = 3;

// The ratio second / first of the geometric means, with its 95 % interval and p by Welch's t test,
// which lets the two sides differ in spread. Without limits, and with p = 1, below kLeastSessions
// of either; `rounds` is the number of the side that has fewer. Source: B. L. Welch, The
// generalization of "Student's" problem when several different population variances are involved,
// Biometrika 34, 1947.
Comparison compare_sessions(std::span<const double> first, std::span<const double> second);

// Where one further session of the same kind lies with this confidence, 0.99 say: the geometric
// mean with the limits of the prediction interval by Student's t. Nothing below kLeastSessions.
// Source: G. J. Hahn, W. Q. Meeker, Statistical Intervals (1991), on the prediction of a single
// future observation.
std::optional<Interval> next_session(std::span<const double> sessions, double confidence);

// The geometric mean; there is at least one value.
double geometric_mean(std::span<const double> values);

}  // namespace fanout

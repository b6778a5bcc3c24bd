// How throughput grows with the number of workers: the Universal Scalability Law fitted to a sweep,
// and whether a peak may be named. Pure functions; no random numbers, no optimiser.
//
//   X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
//
// lambda: throughput of one worker; sigma: contention, the share that is serial; kappa: coherency,
// the cost of every pair of workers. Throughput peaks at N* = sqrt((1 - sigma) / kappa).
// Source: Gunther, Guerrilla Capacity Planning (2007), chapters 4 to 6.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/statistics/statistics.h"

namespace fanout {

struct Usl {
  double lambda = 0;
  double sigma = 0;
  double kappa = 0;
  double residual = 0;  // root mean square of (predicted - seen) / seen of N / X

  [[nodiscard]] double throughput(double workers) const;
  [[nodiscard]] std::optional<double> peak() const;  // nothing if kappa is 0; at least 1
};

// The coefficients, none of them negative, with the least sum of squared relative errors of N / X,
// which is linear in 1/lambda, sigma/lambda and kappa/lambda. `points` are (N, X), N and X > 0.
// Nothing for fewer than 4 points: 3 coefficients go through 3 points whatever they are.
std::optional<Usl> fit_usl(std::span<const std::pair<double, double>> points);

// One number of workers of a sweep.
struct SweepPoint {
  unsigned workers = 0;
  Interval throughput;           // requests per second, over all valid runs
  std::vector<double> by_round;  // of the rounds in which every point of the sweep was valid
  std::string not_by_client;     // what limited it, if that was not the client: "server"; or ""
};

// Whether throughput at the most workers is below the best, their intervals apart.
bool falls(std::span<const SweepPoint> points);

// The fit and what may be said of a peak.
struct Scalability {
  std::size_t points = 0;
  bool falls = false;           // as above
  std::optional<Usl> usl;       // nothing: too few points
  Interval kappa;               // over fits of single rounds; limits from 6 rounds
  std::optional<double> noise;  // root mean square of the points' half-widths / medians
  std::optional<double> peak;   // N*, if the evidence allows to name it
  std::string why_no_peak;      // otherwise: what is missing
};

// `points` have ascending workers and as many rounds each. A peak is named only with 6 points or
// more, none of them limited by the server or by latency, when the interval of kappa excludes 0,
// N* is at most 1.5 x the most workers tested and the residual at most 2 x the noise; and, where N*
// is below the most workers, throughput falls.
Scalability scalability(std::span<const SweepPoint> points);

}  // namespace fanout

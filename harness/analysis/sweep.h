// What a sweep over numbers of workers says of each strategy: where more workers stop buying
// throughput. Pure functions of the report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/result/report.h"
#include "harness/statistics/scalability.h"

namespace fanout {

// One strategy and transport on one scenario, measured at two numbers of workers or more.
struct Sweep {
  Cell at_knee;  // the cell of the knee; names the strategy, transport, scenario
  Limit knee_limited_by = Limit::none;       // as in its Summary
  unsigned best_workers = 0;                 // those with the highest median throughput
  unsigned most_workers = 0;                 // tested, with a valid run
  std::optional<double> model_knee_workers;  // W* below; nothing without client CPU
  Scalability scalability;
  // What each further worker adds to peak memory: the median over rounds of the slope by Theil and
  // Sen through all numbers of workers. Nothing below 3 of them, or without a whole round.
  std::optional<Interval> memory_bytes_per_worker;

  // The smallest W whose throughput (the upper limit of its interval) reaches 95 % of the best.
  [[nodiscard]] unsigned knee_workers() const { return at_knee.workers; }
  [[nodiscard]] bool knee_at_end() const { return at_knee.workers == most_workers; }
};

// The sweeps of a scenario, in the order of the cells. Cells without a valid run are left out. None
// in mode open: there throughput is the rate that was given.
std::vector<Sweep> sweeps_of(const Report& report, const Scenario& scenario);

// The number of workers that keeps C client CPUs busy: W* = C (L + s) / s, where each request waits
// L (the server's mean hold time) and costs s of client CPU. A single-threaded strategy has C = 1.
// Source: the utilisation law and Little's law for a closed system (Lazowska et al., Quantitative
// System Performance, 1984, chapter 5).
double model_knee(double cpus, double hold_ns, double cpu_ns_per_request);

// Where throughput peaks, or why that cannot be said: "no peak seen up to 20: ..."
std::string peak_in_words(const Sweep& sweep);
// One line: "knee at 10 workers; no peak seen up to 20: ..."
std::string in_words(const Sweep& sweep);

}  // namespace fanout

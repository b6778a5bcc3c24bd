// Versions of HTTP against each other: with as many requests in flight, over more or fewer
// connections. Pure functions of the report.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/verdict.h"
#include "harness/result/report.h"

namespace fanout {

// What one cell's connections were, by the server's count: medians over its valid runs.
struct ConnectionFigures {
  double connections = 0;
  double streams_at_once = 0;   // HTTP/2: most on one connection; HTTP/1.1: 1
  double handshakes = 0;        // of TLS
  double header_bytes_in = -1;  // HTTP/2: as coded, of a request; -1: not known
  double header_bytes_out = -1;
};
ConnectionFigures connection_figures(const CellReport& cell);

// Cells of one strategy that differ in the version of HTTP and in connections, not in requests in
// flight. A library that speaks HTTP/2 alone is held against its counterpart
// (Transport::counterpart).
struct ProtocolComparison {
  std::string strategy;
  unsigned workers = 0;
  Cells cells;                    // HTTP/1.1 first
  std::vector<Verdict> verdicts;  // by measure
  std::vector<LeftOut> left_out;  // rows that would belong to it: invalid ones, and the like
};

std::vector<ProtocolComparison> protocols_of(const Report& report, const Scenario& scenario);

// Of the strategy and workers that the answer names: which version is fastest there, and which the
// cheapest, as far as they are ranked; "" if nothing is.
std::string best_version(const std::vector<ProtocolComparison>& comparisons, const Cell& use);

}  // namespace fanout

// Versions of HTTP against each other: with as many requests in flight, over more or fewer
// connections. Pure functions of the report.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/verdict.h"
#include "harness/result/report.h"

namespace fanout {

// A cell, and what its connections were by the server's count: medians over its valid runs, -1
// where that is not known, as of real servers.
struct ProtocolRow {
  const CellReport* cell = nullptr;
  double connections = -1;
  double streams_at_once = -1;  // HTTP/2: most on one connection; HTTP/1.1: 1
  double handshakes = -1;       // of TLS
  double header_bytes_in = -1;  // HTTP/2: as coded, of a request
  double header_bytes_out = -1;
};

// Cells of one strategy that differ in the version of HTTP and in connections, not in requests in
// flight. A library that speaks HTTP/2 alone is held against its counterpart
// (Transport::counterpart).
struct ProtocolComparison {
  std::string strategy;
  unsigned workers = 0;
  std::vector<ProtocolRow> rows;  // HTTP/1.1 first; at least one
  std::vector<Verdict> verdicts;  // by measure; none on a single row
  std::vector<LeftOut> left_out;  // cells that would be rows: of invalid runs, and the like
};

// None of cells that were all left out: why, is said of each of them elsewhere.
std::vector<ProtocolComparison> protocols_of(const Report& report, const Scenario& scenario);

// Of the strategy and workers that the answer names: which version and how many connections to use,
// against HTTP/1.1; of those that are not told apart, the fewest connections. By medians where
// nothing is ranked. "" if HTTP/1.1 took no part.
std::string best_version(const std::vector<ProtocolComparison>& comparisons, const Cell& use);

}  // namespace fanout

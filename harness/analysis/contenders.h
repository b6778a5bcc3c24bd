// Which cells of a scenario may be held against each other. Pure functions of the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/result/report.h"

namespace fanout {

using Cells = std::vector<const CellReport*>;

struct LeftOut {
  Cell cell;
  std::string reason;  // "invalid runs"
};

// Cells whose shares of requests answered differ by no more did the same work.
inline constexpr double kSameShare = 1.05;

struct Contenders {
  Cells cells;
  std::vector<LeftOut> left_out;
};

// Who is held against each other: fanout's own strategies, or the external programs that stand for
// none of them, such as the user's. Never both, because the HTTP libraries of programs are their
// own.
enum class Entry : std::uint8_t { strategies, programs };

// The cells of a scenario on a network that were proven in every run, in which enough requests
// succeeded (Plan::least_success), and which got, within 5 %, as many answered as the best: a short
// makespan is none where less was done. Cells that have not run yet are neither.
Contenders contenders(const Report& report, const Scenario& scenario,
                      Entry entry = Entry::strategies);

// Whether the cell is that of an external program that imitates none of fanout's strategies.
bool is_independent(const Plan& plan, const Cell& cell);

// Whether a cell is beside the comparison of strategies, which is made on one HTTP library and one
// version of HTTP, over as many connections: those of its scenario's first row.
bool is_beside(const Report& report, const Cell& cell);
// Why it is: "another HTTP library". REQUIRED: it is.
std::string why_beside(const Report& report, const Cell& cell);

// Moves those cells to left_out, unless there are no others.
void leave_out_those_beside(const Report& report, Contenders& contenders);

// Whether a run of a compared cell is invalid. With real targets those of another stack are beside
// the comparison: what their library makes of a server is told, and decides nothing.
bool has_compared_invalid_runs(const Report& report);

// Whether fewer of the cell's requests succeeded than a cell needs to be recommended.
bool is_unsuccessful(const Plan& plan, const CellReport& cell);

// Moves those that got less answered than the best, by more than kSameShare, to left_out: a short
// makespan is none where less was done.
void leave_out_who_did_less(Contenders& contenders);

// Moves those that the server limited to left_out: their throughput is the server's.
void leave_out_server_bound(Contenders& contenders);

// The most workers of any of these cells; 0 of none.
unsigned most_workers(const Cells& cells);

// What there is to say where a run has fewer requests than workers: some of them had nothing to do.
std::string too_few_requests(const Scenario& scenario, unsigned workers);

// Whether the deadline ended runs of a cell: then makespans are all the same, and say nothing.
bool cut_by_deadline(const Scenario& scenario, const Cells& cells);

}  // namespace fanout

// Which differences between cells are real, measure by measure, in words that claim no more than
// the evidence. Pure functions of the report.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/contenders.h"
#include "harness/result/report.h"
#include "harness/statistics/ranking.h"

namespace fanout {

// By what cells are compared; never blended into one score.
struct Measure {
  std::string_view name;         // "makespan": as in JSON
  std::string_view title;        // "makespan", for headings
  std::string_view figure;       // "time per request": what `of` gives, beside figures and ratios
  std::string_view better;       // "faster"
  std::string_view worse;        // "slower"
  double (*of)(const Run&);      // in ns; less is better; 0: this run has none
  bool of_speed;                 // says nothing where the server or a deadline sets the pace
  std::uint64_t least_requests;  // per run
  // Of which percentile it is; 0: of none. Where more of a run's requests timed out than lie beyond
  // it, it is the time limit, and no less than what any other cell has in that round.
  double percentile = 0;
};
std::span<const Measure> measures();

// Whether any run of the cells has it: makespans are of mode batch, throughput of steady, response
// times of open.
bool has_figure(const Cells& cells, const Measure& measure);

// What a measure says of each of these cells, in the rounds in which all have a valid run with such
// a figure.
std::vector<std::vector<double>> common_rounds(const Cells& cells, const Measure& measure);

// A cell against its twin (harness/plan/references.h): all difference is noise.
struct Twins {
  Cell cell;
  Comparison comparison;   // the twin / the cell
  bool different = false;  // called so, wrongly: p <= 0.05 and beyond kLeastMargin
};

// The twins of a scenario by this measure; nothing where there are none, or none is valid.
std::optional<Twins> twins_of(const Report& report, const Scenario& scenario,
                              const Measure& measure);

// One measure of cells that differ in the strategy alone (or, where all have the same strategy, in
// the transport alone).
struct Verdict {
  std::string scenario;
  std::string stack;     // of all cells; empty: several
  unsigned workers = 0;  // of all cells that were run with several numbers of them; 0: none was
  std::string among{};   // what else all cells have in common, for titles; "": nothing to say
  const Measure* measure = nullptr;
  Cells cells;
  std::vector<std::string> labels;  // of the cells: as short as tells them apart
  std::size_t rounds = 0;           // in which all of them have a figure
  std::optional<Twins> twins;
  double margin = kLeastMargin;    // less is a tie: that, or what the twins differ by if it is more
  std::optional<Ranking> ranking;  // indices into cells
  std::string declined;            // why there is none, or ""
  std::vector<LeftOut> left_out;
};

// The fewest requests that succeeded while they were measured, of any valid run.
std::uint64_t fewest_answered(const Cells& cells);

// On these cells of a scenario, at least one.
Verdict verdict_on(const Report& report, const Scenario& scenario, Cells cells,
                   const Measure& measure);

// On all cells of a scenario that are comparable: by measure, then number of workers. None on cells
// that have nothing to be compared with.
std::vector<Verdict> verdicts_of(const Report& report, const Scenario& scenario,
                                 Entry entry = Entry::strategies);

// "event_loop is 1.32x faster than thread_pool (95 % interval 1.28 to 1.36, 10 rounds)" or
// "event_loop and thread_pool are not separated (...)". Of a matchup of its ranking.
std::string in_words(const Verdict& verdict, const Matchup& matchup);

// Everything of it, for people: the bands, and how far apart their leaders are.
std::vector<std::string> in_words(const Verdict& verdict);

// "twins of event_loop differ by 0.4 % (...)"
std::string in_words(const Twins& twins);

}  // namespace fanout

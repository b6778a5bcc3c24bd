// A small report made up by hand, for the tests of what reads and writes reports.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/print/render.h"
#include "harness/result/report.h"

namespace fanout::unit_test {

// Three strategies over libcurl, one over Beast, 3 rounds, one invalid run, one skipped pair.
Report sample_report();

// A valid run of 200 requests that took this long.
Run sample_run(unsigned round, std::int64_t makespan_ms);

// A report of one scenario without cells, to which cells are added.
Report bare_report();
// A cell of it over "curl" with a valid run per makespan, in ms; one invalid run if there is none.
void add_cell(Report& report, const char* strategy, unsigned workers,
              const std::vector<double>& makespans_ms);

// The makespans of ten rounds about this one, with the same noise in every cell.
std::vector<double> about(double ms);

// What is made of a report, its analysis included.
nlohmann::json document(const Report& report);
std::string rendered(const Report& report, Format format);
void save(const Report& report, const std::string& file);

}  // namespace fanout::unit_test

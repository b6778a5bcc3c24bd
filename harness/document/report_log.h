// The result file while its runs are made: what each run returned is appended, so that saving the
// thousandth costs what saving the first did, and a killed measurement loses at most the run in
// progress.
//
// At every moment the file is one JSON document: a report without runs, whose last key,
// "runs_so_far", has an entry for each run. An entry takes a line; it is written over the end of
// the document, together with a new end. load_report() takes such a file, cut off within an entry
// or not. The whole document takes its place at the end (save_report()).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/fd.h"
#include "harness/result/report.h"

namespace fanout {

class ReportLog {
 public:
  // Replaces the file by the report, which has no runs yet. Throws RunError, as all members do.
  ReportLog(const Report& report, const std::string& file);

  // Appends a run of the row with this index (row_of()).
  void add_run(std::size_t row, const Run& run);
  // Appends a run that was set aside as noisy.
  void add_set_aside(std::size_t row, const Run& run);

 private:
  void append(const nlohmann::json& entry);

  std::string file_;
  UniqueFd fd_;
  std::int64_t end_ = 0;  // where the end of the document begins
  bool empty_ = true;
};

}  // namespace fanout

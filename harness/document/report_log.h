// The result file while its runs are made: what each run returned is appended, so that saving the
// thousandth costs what saving the first did, and a killed measurement loses at most the run in
// progress.
//
// But for the moment in which an entry is written, the file is one JSON document: a report without
// runs, whose last key, "runs_so_far", has an entry for each run. An entry takes a line; it is
// written over the end of the document, together with a new end. load_report() takes such a file,
// cut off within an entry or not. The whole document takes its place at the end (save_report()).
#pragma once

#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/fd.h"
#include "harness/machine/output_file.h"
#include "harness/result/report.h"

namespace fanout {

class ReportLog {
 public:
  // Replaces the file by the report with the runs that it has; it is borrowed and grows by the runs
  // that are added here. The file is marked in use. Throws RunError, as all members do.
  ReportLog(const Report& report, std::string file, Readers readers = Readers::usual);

  // Appends the newest run of the row with this index (row_of()). If the file is not there any
  // more, or another, it is written anew with all runs.
  void add_run(std::size_t row);
  // Appends the newest run that the row has set aside.
  void add_set_aside(std::size_t row);

 private:
  void begin();
  [[nodiscard]] bool is_in_place() const;
  void add(const nlohmann::json& entry);
  void append(const nlohmann::json& entry);

  const Report& report_;
  std::string file_;
  Readers readers_;
  UniqueFd fd_;
  off_t end_ = 0;  // where the end of the document begins
  bool empty_ = true;
};

}  // namespace fanout

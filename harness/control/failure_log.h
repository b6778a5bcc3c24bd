// A CSV file of all requests that failed, of every run (--failures).
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.h"
#include "harness/cell/request_urls.h"
#include "harness/judge/execution.h"
#include "harness/machine/output_file.h"
#include "harness/plan/plan.h"

namespace fanout {

class FailureLog {
 public:
  // Replaces the file by one that has the titles only. Throws RunError, as all members do.
  FailureLog(std::string file, Readers readers);

  // What is added from now on is of another run.
  void begin_run() { before_ = end_; }
  // Appends the failed requests of the run.
  void add(const Cell& cell, unsigned round, const Execution& execution, const Scenario& scenario,
           const RequestUrls& urls);
  // Takes them out again: the run is set aside.
  void drop_last();

 private:
  void append(const std::string& text);

  std::string file_;
  UniqueFd fd_;
  off_t before_ = 0;  // where those of the last run begin
  off_t end_ = 0;
};

}  // namespace fanout

#include "harness/document/report_log.h"

#include <sys/stat.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "harness/document/lines.h"
#include "harness/document/report_json.h"
#include "harness/document/run_json.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json run_entry(std::size_t row, const Run& run) { return {{"row", row}, {"run", run}}; }
Json set_aside_entry(std::size_t row, const Run& run) { return {{"row", row}, {"set_aside", run}}; }

std::string next_line(const Json& entry, bool is_first) {
  return (is_first ? "\n" : ",\n") + to_line(entry);
}

}  // namespace

ReportLog::ReportLog(const Report& report, std::string file, Readers readers)
    : report_(report), file_(std::move(file)), readers_(readers) {
  begin();
}

void ReportLog::add_run(std::size_t row) { add(run_entry(row, row_of(report_, row).runs.back())); }

void ReportLog::add_set_aside(std::size_t row) {
  add(set_aside_entry(row, row_of(report_, row).set_aside.back()));
}

// The file is replaced once, with all runs in it: it may be the only one that has them.
void ReportLog::begin() {
  std::string text = unfinished_document(report_);
  text.resize(text.size() - kOpenEnd.size());
  empty_ = true;
  const auto add_line = [&](const Json& entry) {
    text += next_line(entry, std::exchange(empty_, false));
  };
  for (std::size_t row = 0; row < planned_rows(report_); ++row) {
    for (const Run& run : row_of(report_, row).set_aside) add_line(set_aside_entry(row, run));
    for (const Run& run : row_of(report_, row).runs) add_line(run_entry(row, run));
  }
  end_ = static_cast<off_t>(text.size());
  fd_ = replace_file(file_, text.append(kOpenEnd), readers_);
  mark_in_use(fd_);
}

bool ReportLog::is_in_place() const {
  struct stat ours {};
  struct stat there {};
  return ::fstat(fd_.get(), &ours) == 0 && ::stat(file_.c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

void ReportLog::add(const Json& entry) {
  if (is_in_place()) {
    append(entry);
  } else {
    begin();  // the report has the run already
  }
}

void ReportLog::append(const Json& entry) {
  const std::string line = next_line(entry, empty_);
  const std::string text = line + std::string(kOpenEnd);
  for (std::size_t done = 0; done < text.size();) {
    const auto written = ::pwrite(fd_.get(), text.data() + done, text.size() - done,
                                  end_ + static_cast<off_t>(done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw_errno(file_);
    done += static_cast<std::size_t>(written);
  }
  end_ += static_cast<off_t>(line.size());
  empty_ = false;
}

}  // namespace fanout

#include "harness/document/report_log.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/document/lines.h"
#include "harness/document/report_json.h"
#include "harness/machine/output_file.h"
#include "harness/machine/proc_files.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using unit_test::sample_report;
using unit_test::TempFolder;
using unit_test::text_of;
using Json = nlohmann::json;

// The sample report as it was before its first run.
Report without_runs() {
  Report report = sample_report();
  report.status = Status::running;
  report.stopped_by = StoppedBy::nothing;
  for (auto* rows : {&report.cells, &report.references}) {
    for (CellReport& row : *rows) {
      row.runs.clear();
      row.set_aside.clear();
      row.profile.reset();
    }
  }
  summarize_rows(report);
  return report;
}

// A report that grows, and its log.
class Growing {
 public:
  explicit Growing(const std::string& file) : report_(without_runs()), log_(report_, file) {}

  void add(std::size_t row, const Run& run) {
    row_of(report_, row).runs.push_back(run);
    log_.add_run(row);
  }
  void set_aside(std::size_t row, const Run& run) {
    row_of(report_, row).set_aside.push_back(run);
    log_.add_set_aside(row);
  }
  // Adds the runs of the sample report, round by round, and calls `after` with how many there are.
  void add_all(const std::function<void(std::size_t)>& after) {
    const Report whole = sample_report();
    std::size_t runs = 0;
    for (std::size_t round = 0; round < whole.plan.rounds; ++round) {
      for (std::size_t row = 0; row < whole.cells.size(); ++row) {
        if (round >= whole.cells[row].runs.size()) continue;
        add(row, whole.cells[row].runs[round]);
        after(++runs);
      }
    }
  }

 private:
  Report report_;
  ReportLog log_;
};

std::size_t runs_in(const Report& report) {
  std::size_t runs = 0;
  for (const auto* rows : {&report.cells, &report.references}) {
    for (const CellReport& row : *rows) runs += row.runs.size();
  }
  return runs;
}

TEST(ReportLog, IsOneDocumentAfterEveryRunAndLosesNone) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  Growing growing(file);
  EXPECT_EQ(runs_in(load_report(file)), 0U);
  growing.add_all([&](std::size_t runs) {
    EXPECT_TRUE(Json::accept(text_of(file)));
    EXPECT_EQ(runs_in(load_report(file)), runs);
  });
  const Report read = load_report(file);
  EXPECT_EQ(read.status, Status::running);
  EXPECT_EQ(unit_test::document(read).at("cells").at(0).at("runs"),
            unit_test::document(sample_report()).at("cells").at(0).at("runs"));
  EXPECT_EQ(read.cells[0].summary.valid_runs, sample_report().cells[0].summary.valid_runs);
}

TEST(ReportLog, CutOffAnywhereLosesNoRunThatHadReturned) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  Growing growing(file);
  std::string before = text_of(file);
  growing.add_all([&](std::size_t runs) {
    const std::string after = text_of(file);
    const std::size_t end = before.size() - kOpenEnd.size();
    for (std::size_t written = 0; runs <= 3 && end + written < after.size(); ++written) {
      if (written > 8 && written % 97 != 0) continue;
      // As far as it was written, over what was there before.
      std::string cut = after.substr(0, end + written);
      if (cut.size() < before.size()) cut += before.substr(cut.size());
      const std::string left = folder.file("cut.json", cut);
      EXPECT_GE(runs_in(load_report(left)), runs - 1) << written << " bytes written";
    }
    before = after;
  });
}

TEST(ReportLog, KeepsWhatWasSetAside) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  Growing growing(file);
  growing.set_aside(1, unit_test::sample_run(0, 300));
  growing.add(1, unit_test::sample_run(0, 200));
  const Report read = load_report(file);
  ASSERT_THAT(read.cells[1].set_aside, SizeIs(1));
  ASSERT_THAT(read.cells[1].runs, SizeIs(1));
  EXPECT_EQ(read.cells[1].set_aside[0].makespan_ns, 300'000'000);
}

TEST(ReportLog, IsWrittenAnewWhereItsFileWasTakenAway) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  Growing growing(file);
  growing.add(0, unit_test::sample_run(0, 200));
  std::filesystem::remove(file);
  growing.add(1, unit_test::sample_run(0, 200));
  EXPECT_EQ(runs_in(load_report(file)), 2U);
  std::filesystem::rename(folder.file("other.json", "somebody else's"), file);
  growing.add(2, unit_test::sample_run(0, 200));
  EXPECT_EQ(runs_in(load_report(file)), 3U);
}

TEST(ReportLog, BeginsWithAllRunsAtOnceAndMarksItsFileUntilItEnds) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  Report stopped = sample_report();
  note_resumption(stopped);
  const std::size_t runs = runs_in(stopped);
  {
    ReportLog log(stopped, file);
    EXPECT_EXIT(std::exit(is_in_use(file) ? 5 : 0), testing::ExitedWithCode(5), "");
    EXPECT_EQ(runs_in(load_report(file)), runs);  // which ends the mark, being of this process
    stopped.cells[0].runs.push_back(unit_test::sample_run(3, 200));
    log.add_run(0);
  }
  EXPECT_EXIT(std::exit(is_in_use(file) ? 5 : 0), testing::ExitedWithCode(0), "");
  const Report read = load_report(file);
  EXPECT_EQ(runs_in(read), runs + 1);
  EXPECT_EQ(read.status, Status::running);
  ASSERT_THAT(read.resumed, SizeIs(1));
  EXPECT_EQ(read.resumed[0].rounds, 3U);
  EXPECT_EQ(read.resumed[0].runs, runs);
  EXPECT_FALSE(is_in_use(folder.path("none.json")));
}

// Bytes this process has handed to write calls.
std::int64_t written_bytes() {
  return number_behind(proc_file("/proc/self/io"), "wchar:").value_or(0);
}

TEST(ReportLog, WritesAsMuchForTheLastRunAsForTheFirst) {
  const TempFolder folder;
  Growing growing(folder.path("result.json"));
  growing.add(0, unit_test::sample_run(7, 200));
  std::vector<std::int64_t> written;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t before = written_bytes();
    growing.add(0, unit_test::sample_run(7, 200));
    written.push_back(written_bytes() - before);
  }
  ASSERT_GT(written.front(), 0);
  EXPECT_EQ(written.back(), written.front());
}

TEST(ReportLog, RefusesARunOfARowThatIsNotPlanned) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  const Growing growing(file);
  std::string text = text_of(file);
  text.insert(text.size() - kOpenEnd.size(), "\n{\"row\": 99}");
  EXPECT_THAT(unit_test::usage_error([&] { (void)load_report(folder.file("it.json", text)); }),
              HasSubstr("row 99"));
}

TEST(Lines, GiveEachRunALineAndBreakWhatIsLong) {
  const std::string text = to_text(unit_test::document(sample_report()));
  std::istringstream lines(text);
  std::size_t runs = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\"process_cpu_ns\"") != std::string::npos) {
      ++runs;
    } else {
      EXPECT_LE(line.size(), 300U) << line;
    }
  }
  EXPECT_EQ(runs, runs_in(sample_report()));
  EXPECT_EQ(Json::parse(text), unit_test::document(sample_report()));
}

}  // namespace
}  // namespace fanout

#include "harness/document/report_log.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/document/lines.h"
#include "harness/document/report_json.h"
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

// Appends the runs of the sample report, round by round, and calls `after` with how many there are.
std::size_t append_all(ReportLog& log, const std::function<void(std::size_t)>& after) {
  const Report whole = sample_report();
  std::size_t runs = 0;
  for (std::size_t round = 0; round < whole.plan.rounds; ++round) {
    for (std::size_t row = 0; row < whole.cells.size(); ++row) {
      if (round >= whole.cells[row].runs.size()) continue;
      log.add_run(row, whole.cells[row].runs[round]);
      after(++runs);
    }
  }
  return runs;
}

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
  ReportLog log(without_runs(), file);
  EXPECT_EQ(runs_in(load_report(file)), 0U);
  append_all(log, [&](std::size_t runs) {
    EXPECT_TRUE(Json::accept(text_of(file)));
    EXPECT_EQ(runs_in(load_report(file)), runs);
  });
  const Report read = load_report(file);
  EXPECT_EQ(read.status, Status::running);
  EXPECT_EQ(unit_test::document(read).at("cells").at(0).at("runs"),
            unit_test::document(sample_report()).at("cells").at(0).at("runs"));
  EXPECT_EQ(read.cells[0].summary.valid_runs, sample_report().cells[0].summary.valid_runs);
}

TEST(ReportLog, CutOffAnywhereLosesAtMostTheLastRun) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  ReportLog log(without_runs(), file);
  std::string before;
  append_all(log, [&](std::size_t runs) {
    const std::string after = text_of(file);
    if (runs == 3) {
      for (std::size_t size = before.size(); size < after.size(); size += 7) {
        const std::string cut = folder.file("cut.json", after.substr(0, size));
        EXPECT_GE(runs_in(load_report(cut)), runs - 1) << "cut off after " << size << " bytes";
      }
    }
    before = after;
  });
}

TEST(ReportLog, KeepsWhatWasSetAside) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  ReportLog log(without_runs(), file);
  log.add_set_aside(1, unit_test::sample_run(0, 300));
  log.add_run(1, unit_test::sample_run(0, 200));
  const Report read = load_report(file);
  ASSERT_THAT(read.cells[1].set_aside, SizeIs(1));
  ASSERT_THAT(read.cells[1].runs, SizeIs(1));
  EXPECT_EQ(read.cells[1].set_aside[0].makespan_ns, 300'000'000);
}

TEST(ReportLog, WritesAsMuchForTheLastRunAsForTheFirst) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  ReportLog log(without_runs(), file);
  std::vector<std::size_t> sizes{text_of(file).size()};
  for (int i = 0; i < 200; ++i) {
    log.add_run(0, unit_test::sample_run(7, 200));
    sizes.push_back(text_of(file).size());
  }
  EXPECT_EQ(sizes[200] - sizes[199], sizes[2] - sizes[1]);
}

TEST(ReportLog, RefusesARunOfARowThatIsNotPlanned) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  ReportLog log(without_runs(), file);
  log.add_run(99, unit_test::sample_run(0, 200));
  EXPECT_THAT(unit_test::usage_error([&] { (void)load_report(file); }), HasSubstr("row 99"));
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

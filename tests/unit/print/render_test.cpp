#include "harness/print/render.h"
#include "harness/document/report_json.h"
#include "harness/print/render_plan.h"
#include "harness/print/static_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using unit_test::add_cell;
using unit_test::sample_report;
using unit_test::sample_run;

// clang-format off
const std::string kAnswer =
    "Not enough evidence: at least 10 rounds needed, 3 seen. By medians, use event_loop with 10 requests in flight (--workers 10): 210 ms for 200 requests, 40.0 us of CPU for each.\n"
    "No other strategy comes within 5 % of the shortest median: the next, sequential, takes 10.00 x as long.\n"
    "\n";
const std::string kHeading =
    "mine: made up\n"
    "200 requests, GET, connections reused, server engine asio\n"
    "\n";
const std::string kCells =
    "strategy     transport      workers  makespan  95%  req/s  effic.      p50      p99  CPU us/req  95%    memory  conns  in flight  limit    proven\n"
    "-----------  -------------  -------  --------  ---  -----  ------  -------  -------  ----------  ---  --------  -----  ---------  -------  ------\n"
    "sequential   curl_easy            1    2.10 s    -   95.2   0.095  10.0 ms  17.0 ms        40.0    -  12.0 MiB     10         10  latency     3/3\n"
    "thread_pool  curl_easy           10    215 ms    -    931   0.931  10.0 ms  17.0 ms        40.0    -  12.0 MiB     10         10  latency     2/3\n"
    "event_loop   curl_asio           10    210 ms    -    952   0.952  10.0 ms  17.0 ms        40.0    -  12.0 MiB     10         10  latency     3/3\n"
    "event_loop   beast_async *       10         -    -      -       -        -        -           -    -         -      -          -  -           0/3\n"
    "\n";
const std::string kRecommendation =
    "Not enough evidence to rank: 3 rounds, at least 10 are needed.\n"
    "Shortest median: event_loop / curl_asio with 10 workers, 210 ms, 40.0 us of CPU per request.\n"
    "It is also the cheapest by median of those within 5 % of it.\n"
    "Left out: thread_pool / curl_easy with 10 workers (invalid runs), event_loop / beast_async * with 10 workers (invalid runs).\n"
    "\n";
const std::string kSweep =
    "makespan\n"
    "\n"
    "workers  thread_pool  event_loop\n"
    "-------  -----------  ----------\n"
    "      1       400 ms      350 ms\n"
    "      4       100 ms     invalid\n"
    "      8                  87.5 ms\n"
    "\n"
    "requests per second\n"
    "\n"
    "workers  thread_pool  event_loop\n"
    "-------  -----------  ----------\n"
    "      1          500         571\n"
    "      4        2,000     invalid\n"
    "      8                    2,286\n"
    "\n"
    "efficiency\n"
    "\n"
    "workers  thread_pool  event_loop\n"
    "-------  -----------  ----------\n"
    "      1        0.500       0.500\n"
    "      4        0.500     invalid\n"
    "      8                    0.500\n"
    "\n"
    "CPU us per request\n"
    "\n"
    "workers  thread_pool  event_loop\n"
    "-------  -----------  ----------\n"
    "      1         40.0        40.0\n"
    "      4         40.0     invalid\n"
    "      8                     40.0\n"
    "\n";
const std::string kKnees =
    "strategy     transport  best  knee   W*  mem/W  peak\n"
    "-----------  ---------  ----  ----  ---  -----  ----------------------------------------------------------\n"
    "thread_pool  curl          4    4+  251      -  no peak seen up to 4: 2 numbers of workers, a peak needs 6\n"
    "event_loop   curl          8    8+  251      -  no peak seen up to 8: 2 numbers of workers, a peak needs 6\n"
    "\n"
    "best: workers with the highest median throughput; knee: fewest whose interval reaches 95 % of it (+: the most tested);\n"
    "W*: as many as keep the client's CPUs busy, by model; mem/W: peak memory each further worker adds;\n"
    "peak: by the Universal Scalability Law\n"
    "\n";
const std::string kWords =
    "medians over the valid runs; 95%: half-width of the interval of the median; effic.: lower bound / makespan;\n"
    "in flight: most at once at the server; proven: runs in which every request was answered once, with its own token\n"
    "INVALID thread_pool / curl_easy / 10 workers: 1 request failed: 1 reset (1 of 3 runs)\n"
    "INVALID event_loop / beast_async / 10 workers: 1 request failed: 1 reset (3 of 3 runs)\n"
    "skipped event_loop / curl_easy / 10 workers: curl_easy blocks\n"
    "note: no interval and no ranks from 0 valid rounds; use at least 10\n"
    "* another HTTP stack than the other rows: the difference is not the strategy's alone\n";
// clang-format on

TEST(Render, CellsAreOneRowEachWithWhatMustBeKnownBelow) {
  EXPECT_EQ(unit_test::rendered(sample_report(), Format::table),
            kAnswer + kHeading + kCells + kRecommendation + kWords);
}

Report swept() {
  Report report = unit_test::bare_report();
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  add_cell(report, "event_loop", 1, {350});
  add_cell(report, "event_loop", 4, {});
  add_cell(report, "event_loop", 8, {87.5});
  for (CellReport& cell : report.cells) {
    for (auto& run : cell.runs) {
      run.efficiency = 0.5;
      run.threads = 1;
    }
    cell.summary = summarize(cell.runs);
  }
  return report;
}

TEST(Render, SweepHasWorkersDownAndStrategiesAcrossThenTheCellsThenTheKnees) {
  const std::string text = unit_test::rendered(swept(), Format::table);
  EXPECT_THAT(text, StartsWith("Not enough evidence: at least 10 rounds needed, 1 seen."));
  EXPECT_THAT(text, HasSubstr(kHeading + kSweep + "strategy     transport  workers  makespan"));
  EXPECT_THAT(text, HasSubstr("\n\n" + kKnees + "Not enough evidence to rank: "));
}

TEST(Render, MarkdownHoldsTheSameCells) {
  EXPECT_THAT(unit_test::rendered(sample_report(), Format::markdown),
              HasSubstr("| thread_pool | curl_easy | 10 | 215 ms | - | 931 | 0.931 | 10.0 ms | "
                        "17.0 ms | 40.0 | - | 12.0 MiB | 10 | 10 | latency | 2/3 |\n"));
}

TEST(Render, JsonIsTheDocument) {
  EXPECT_EQ(nlohmann::json::parse(unit_test::rendered(sample_report(), Format::json)),
            unit_test::document(sample_report()));
}

TEST(Render, CsvIsOneLinePerRunWithEveryFigure) {
  const std::string csv = unit_test::rendered(sample_report(), Format::csv);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 1 + 4 * 3);
  EXPECT_TRUE(csv.starts_with(
      "strategy,transport,stack,scenario,workers,round,position,valid,flags,reasons,makespan_ns,"
      "setup_ns,requests_total,requests_ok,requests_failed,requests_attempts,requests_retried,"
      "latency_min_ns,"
      "latency_mean_ns,latency_p50_ns,latency_p90_ns,latency_p99_ns,latency_p999_ns,"
      "latency_max_ns,cpu_ns,process_cpu_ns,context_switches_voluntary,"
      "context_switches_involuntary,peak_memory_bytes,threads,processes,server_connections,"
      "server_requests,server_unique_tokens,server_peak_in_flight,server_hold_mean_ns,"
      "server_cpu_ns,server_abandoned,host_steal_ns,host_foreign_wait_ns,host_retransmits,"
      "bound_ns,efficiency,limited_by,response_p50_ns,response_p99_ns,response_max_ns,"
      "offered_per_second,achieved_per_second,warm_up_ns,requests_measured\n"
      "sequential,curl_easy,libcurl,mine,1,0,0,true,,,2100000000,3000000,200,200,0,200,0,9000000,"
      "10500000,10000000,12000000,17000000,,20000000,8000000,11000000,400,10,12582912,11,1,10,"
      "200,200,10,10000000,5000000,0,0,2000,1,200000000,0.09523809523809523,latency,,,,,,,\n"))
      << csv;
  EXPECT_THAT(csv, HasSubstr("mine,10,1,0,false,,1 request failed: 1 reset,100000000,"));
}

// Six valid rounds of 200, 202 ... 210 ms: median 205, limits the smallest and the largest.
Report six_rounds() {
  Report report = sample_report();
  report.plan.rounds = 6;
  report.plan.skipped.clear();
  report.cells.resize(1);
  report.cells[0].runs.clear();
  for (unsigned round = 0; round < 6; ++round) {
    report.cells[0].runs.push_back(sample_run(round, 200 + 2 * round));
  }
  report.cells[0].summary = summarize(report.cells[0].runs);
  return report;
}

TEST(Render, ShowsIntervalsFromSixRounds) {
  // Half of 210 - 200 is 5; 5 / 205 = 2.4 %.
  EXPECT_THAT(unit_test::rendered(six_rounds(), Format::table), HasSubstr(" 205 ms  ±2.4% "));
  EXPECT_THAT(unit_test::rendered(six_rounds(), Format::table),
              HasSubstr("205 ms [200 ms, 210 ms]"));
}

TEST(Render, SaysNoMoreThanIsTrue) {
  const std::string text = unit_test::rendered(six_rounds(), Format::table);
  EXPECT_THAT(text, HasSubstr("note: no ranks from 6 valid rounds; use at least 10\n"));
  for (const char* absent :
       {"INVALID", "skipped", "another HTTP stack", "no interval", "interrupted", "time budget"}) {
    EXPECT_THAT(text, Not(HasSubstr(absent)));
  }
}

TEST(Render, SaysWhyARunEndedEarlyAndWhatToBeWareOf) {
  Report report = six_rounds();
  report.stopped_by = StoppedBy::time_budget;
  report.warnings = {"this is a Debug build"};
  const std::string text = unit_test::rendered(report, Format::table);
  EXPECT_THAT(text, HasSubstr("note: the time budget ended the rounds early; "));
  EXPECT_THAT(text, HasSubstr("note: this is a Debug build\n"));
  report.stopped_by = StoppedBy::interrupt;
  report.status = Status::interrupted;
  EXPECT_THAT(unit_test::rendered(report, Format::table),
              HasSubstr("note: interrupted; what was measured is shown; "));
}

TEST(Render, CountsDisturbedRunsByTheirCause) {
  Report report = six_rounds();
  report.cells[0].runs[0].flags = {Flag::throttled};
  EXPECT_THAT(unit_test::rendered(report, Format::table), HasSubstr("note: throttled runs: 1\n"));
  report.cells[0].set_aside = {report.cells[0].runs[0], report.cells[0].runs[1]};
  report.cells[0].set_aside[1].flags = {Flag::noisy};
  const std::string text = unit_test::rendered(report, Format::table);
  EXPECT_THAT(text, HasSubstr("note: throttled runs: 1 repeated, 1 stayed throttled\n"
                              "note: noisy runs: 1 repeated, 0 stayed noisy\n"));
}

TEST(Render, SaysOnceOfWhatRequestsFailed) {
  Report report = six_rounds();
  report.cells.push_back(report.cells[0]);
  report.plan.scenarios[0].answered_by = RealTargets{.urls = 1, .origins = 1};
  for (CellReport& cell : report.cells) {
    for (fanout::Run& run : cell.runs) {
      run.status_counts = {{"200", 100}, {"302", 85}, {"404", 15}};
      run.failures = {{"bad_status", 404, "", 15}};
    }
  }
  report.cells[0].runs[0].failures.push_back({"protocol", 0, "not HTTP", 3});
  report.cells[0].runs[1].failures[0].count = 14;
  EXPECT_THAT(unit_test::rendered(report, Format::table),
              HasSubstr("\n302: 85 of 200 requests, not followed\n"
                        "404: 14 to 15 of 200 requests\n"
                        "protocol: 3 of 200 requests, not HTTP (in 1 of 2 cells)\n\n"));
}

TEST(StaticPage, ShowsWhatThePageSaysWithoutItsScript) {
  Report report = sample_report();
  report.command = "fanout <script>";
  const std::string html = static_page({{"mine & yours", report}});
  for (const char* part :
       {"<h1>mine &amp; yours</h1>", "<h2>mine</h2>", "<th class=\"left\">strategy</th>",
        "<td class=\"left\">thread_pool</td>", "INVALID thread_pool", "fanout &lt;script&gt;"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr("No run is valid")));
  for (CellReport& cell : report.cells) cell.runs.clear();
  EXPECT_THAT(static_page({{"none", report}}), HasSubstr("No run is valid"));
}

TEST(RenderPlan, ListsCellsAndSkippedOnesAndTheirTime) {
  // 200 requests without delay: 60 us of CPU each and 120 ms for the process = 132 ms a run;
  // 4 cells x 3 rounds x 132 ms = 1.584 s.
  EXPECT_EQ(render_plan(sample_report().plan),
            "strategy     transport    stack    scenario  workers   about\n"
            "-----------  -----------  -------  --------  -------  ------\n"
            "sequential   curl_easy    libcurl  mine            1  132 ms\n"
            "thread_pool  curl_easy    libcurl  mine           10  132 ms\n"
            "event_loop   curl_asio    libcurl  mine           10  132 ms\n"
            "event_loop   beast_async  beast    mine           10  132 ms\n"
            "skipped event_loop / curl_easy / 10 workers: curl_easy blocks\n"
            "beside them, as A/A twin: event_loop / curl_asio / mine / 10 workers\n"
            "4 cells x 3 rounds, seed 42, about 1.98 s\n");
}

TEST(Render, CountsRunsThatStrayedFromTheirMode) {
  Report report = sample_report();
  EXPECT_THAT(unit_test::rendered(report, Format::table), Not(HasSubstr("saturated")));
  report.cells[0].runs[0].flags.push_back(Flag::saturated);
  report.cells[1].runs[0].flags.push_back(Flag::unsteady);
  report.cells[1].runs[2].flags.push_back(Flag::unsteady);
  const std::string text = unit_test::rendered(report, Format::table);
  EXPECT_THAT(text, HasSubstr("note: 1 run saturated: the client fell behind its schedule\n"));
  EXPECT_THAT(text, HasSubstr("note: 2 runs unsteady: "));
}

TEST(Render, ComparesMakespansInModeBatchOnly) {
  Report report = unit_test::bare_report();
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  report.plan.scenarios[0].published = {
      {.name = "an article", .strategy = "thread_pool", .workers = 4}};
  const std::string batch = unit_test::rendered(report, Format::table);
  EXPECT_THAT(batch, HasSubstr("\nmakespan\n"));
  EXPECT_THAT(batch, HasSubstr("an article"));
  report.plan.scenarios[0].mode = Mode::steady;
  const std::string steady = unit_test::rendered(report, Format::table);
  EXPECT_THAT(steady, Not(HasSubstr("\nmakespan\n")));
  EXPECT_THAT(steady, Not(HasSubstr("an article")));
  EXPECT_THAT(steady, HasSubstr("requests per second\n"));
}

}  // namespace
}  // namespace fanout

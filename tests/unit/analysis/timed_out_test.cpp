// What requests that time out make of percentiles: of verdicts, comparisons and conditions on them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analysis/compare.h"
#include "harness/analysis/condition.h"
#include "harness/analysis/verdict.h"
#include "harness/result/timed_out.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Tail {
  std::int64_t p99_ms;      // of the requests that succeed
  std::uint64_t timed_out;  // of 2,000
  const char* outcome = "timeout";
};

// Ten rounds of 2,000 requests in a scenario whose time limit is a second.
void add_tail(Report& report, const char* strategy, const Tail& tail) {
  unit_test::add_cell(report, strategy, 10, std::vector<double>(10, 100));
  for (fanout::Run& run : report.cells.back().runs) {
    run.requests = {
        .total = 2000, .ok = 2000 - tail.timed_out, .failed = tail.timed_out, .attempts = 2000};
    if (tail.timed_out > 0) run.errors = {{tail.outcome, tail.timed_out}};
    const std::int64_t p99_ns = tail.p99_ms * unit_test::kMs;
    run.latency_ns = {.min = p99_ns, .p50 = p99_ns, .p99 = p99_ns, .max = p99_ns};
    run.histogram = {{p99_ns, run.requests.ok}};
  }
}

Report report_of_tails(const Tail& first, const Tail& second) {
  Report report = unit_test::bare_report();
  report.plan.scenarios[0].requests = 2000;
  report.plan.scenarios[0].timeout = std::chrono::seconds(1);
  report.plan.scenarios[0].connect_timeout = std::chrono::milliseconds(500);
  report.plan.least_success = 0.5;
  add_tail(report, "thread_pool", first);
  add_tail(report, "event_loop", second);
  summarize_rows(report);
  return report;
}

std::vector<std::string> words_by_p99(const Report& report) {
  for (const Verdict& one : verdicts_of(report, report.plan.scenarios[0])) {
    if (one.measure->name == "p99") return in_words(one);
  }
  return {};
}

TEST(TimedOut, MakesAPercentileTheLimitWhereMoreDidThanLieBeyondIt) {
  const auto p99_of = [](const Tail& tail) {
    return report_of_tails(tail, tail).cells[0].summary.latency_p99_ns.median / 1e6;
  };
  EXPECT_EQ(p99_of({15, 0}), 15);
  EXPECT_EQ(p99_of({15, 20}), 15);  // 1 %
  EXPECT_EQ(p99_of({15, 21}), 1000);
  EXPECT_EQ(p99_of({15, 21, "connect_timeout"}), 500);
  EXPECT_EQ(p99_of({15, 60, "reset"}), 15);
  const Report half = report_of_tails({15, 990}, {15, 1010});
  EXPECT_FALSE(is_timed_out(half.cells[0].summary, 50));
  EXPECT_TRUE(is_timed_out(half.cells[1].summary, 50));
  EXPECT_EQ(half.cells[1].summary.latency_p50_ns.median, 1e9);
}

TEST(TimedOut, MovesAPercentileUpAmongTheRequestsThatSucceed) {
  fanout::Run run;
  run.requests = {.total = 2000, .ok = 1980, .failed = 20, .attempts = 2000};
  run.latency_ns = {
      .min = 15 * unit_test::kMs, .p99 = 15 * unit_test::kMs, .max = 900 * unit_test::kMs};
  run.histogram = {{15 * unit_test::kMs, 1961}, {900 * unit_test::kMs, 19}};
  EXPECT_EQ(latency_at(run, 99), 15 * unit_test::kMs);
  run.errors = {{"timeout", 20}};  // with them, the 1,980th of 2,000 is the longest that succeeded
  EXPECT_NEAR(static_cast<double>(latency_at(run, 99)), 900e6, 4e6);
}

TEST(TimedOut, IsSoOfTheMedianIfItIsOfHalfOfTheRuns) {
  Report report = report_of_tails({15, 60}, {15, 0});
  for (std::size_t i = 0; i < 5; ++i) report.cells[0].runs[i].errors.clear();
  summarize_rows(report);
  EXPECT_EQ(report.cells[0].summary.latency_p99_ns.median, 1e9);
  EXPECT_TRUE(is_timed_out(report.cells[0].summary, 99));
  report.cells[0].runs[5].errors.clear();
  summarize_rows(report);
  EXPECT_EQ(report.cells[0].summary.latency_p99_ns.median, 15e6);
  EXPECT_FALSE(is_timed_out(report.cells[0].summary, 99));
}

TEST(TimedOut, IsNeverCalledShorter) {
  EXPECT_THAT(
      words_by_p99(report_of_tails({2, 60}, {50, 0})).back(),
      HasSubstr(
          "event_loop is shorter than thread_pool, which is beyond the time limit (10 rounds)"));
  // Requests that were made again may take longer than the limit of one attempt.
  EXPECT_THAT(words_by_p99(report_of_tails({2, 60}, {1300, 0})),
              ElementsAre(AllOf(HasSubstr("not separated"), Not(HasSubstr("shorter")))));
  EXPECT_THAT(words_by_p99(report_of_tails({2, 60}, {900, 100})),
              ElementsAre(HasSubstr("not separated")));
}

TEST(TimedOut, IsARegressionAndNoGain) {
  const Report calm = report_of_tails({50, 0}, {50, 0});
  const Report late = report_of_tails({2, 60}, {2, 60});
  const Measure* p99 = nullptr;
  for (const Measure& one : measures()) {
    if (one.name == "p99") p99 = &one;
  }
  const Measure* by[] = {p99};
  EXPECT_EQ(compare_results(calm, late, {by, 0.05}, Between::builds).changes[0].finding,
            Finding::regression);
  EXPECT_EQ(compare_results(late, calm, {by, 0.05}, Between::builds).changes[0].finding,
            Finding::better);
  EXPECT_EQ(compare_results(late, late, {by, 0.05}, Between::builds).changes[0].finding,
            Finding::not_separated);
}

TEST(TimedOut, FailsConditionsThatAPercentileIsTooLong) {
  Report report = report_of_tails({2, 60}, {2, 0});
  report.plan.fail_if = {"thread_pool: p99 > 50ms", "thread_pool: p99 > 20s",
                         "event_loop: p99 > 50ms", "thread_pool: p50 > 50ms",
                         "thread_pool: p99 < 1ms"};
  std::vector<bool> failed;
  for (const Checked& one : check_conditions(report)) failed.push_back(one.failed);
  EXPECT_THAT(failed, ElementsAre(true, true, false, false, false));
  EXPECT_EQ(check_conditions(report)[0].words,
            "p99 is more than 1.00 s, the time limit: 3 % timed out of the requests that did or "
            "succeeded");
}

}  // namespace
}  // namespace fanout

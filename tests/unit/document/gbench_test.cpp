#include "harness/document/gbench.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

TEST(Gbench, IsARepetitionPerRun) {
  const Json document = to_gbench(unit_test::sample_report());
  ASSERT_EQ(document.at("benchmarks").size(), 12U);  // 4 cells x 3 rounds
  const Json& row = document["benchmarks"][3];
  EXPECT_EQ(row.at("name"), "thread_pool/curl_easy/mine/workers:10");
  EXPECT_EQ(row.at("run_type"), "iteration");
  EXPECT_EQ(row.at("repetitions"), 3);
  EXPECT_EQ(row.at("repetition_index"), 0);
  EXPECT_EQ(row.at("real_time"), 220'000'000);
  EXPECT_EQ(row.at("cpu_time"), 8'000'000);
  EXPECT_EQ(row.at("time_unit"), "ns");
  EXPECT_NEAR(row.at("items_per_second").get<double>(), 909.09, 0.01);  // 200 in 220 ms
  EXPECT_FALSE(row.contains("error_occurred"));
  EXPECT_EQ(document["context"].at("library_build_type"), "release");
  EXPECT_EQ(document["context"].at("num_cpus"), 2);
}

TEST(Gbench, RoundsAQuotaUpToWholeCpus) {
  Report report = unit_test::sample_report();
  report.environment.cpus = 1.5;
  EXPECT_EQ(to_gbench(report)["context"].at("num_cpus"), 2);
}

TEST(Gbench, CountsTheBytesOfBodies) {
  Report report = unit_test::sample_report();
  EXPECT_FALSE(to_gbench(report)["benchmarks"][3].contains("bytes_per_second"));
  report.cells[1].runs[0].requests.body_bytes = 200 * 1000;
  const Json row = to_gbench(report)["benchmarks"][3];
  EXPECT_NEAR(row.at("bytes_per_second").get<double>(), 909'090, 10);  // in 220 ms
}

TEST(Gbench, HasNoLatencyWhereNothingSucceeded) {
  Report report = unit_test::sample_report();
  EXPECT_TRUE(to_gbench(report)["benchmarks"][3].contains("latency_p50_ns"));
  report.cells[1].runs[0].requests.ok = 0;
  const Json row = to_gbench(report)["benchmarks"][3];
  EXPECT_FALSE(row.contains("latency_p50_ns"));
  EXPECT_FALSE(row.contains("latency_p99_ns"));
}

TEST(Gbench, ModeSteadyTimesEachRequestOfTheWindow) {
  Report report = unit_test::sample_report();
  report.cells[1].runs[0].steady = SteadyState{.warm_up_ns = 1, .requests = 100, .ok = 100};
  const Json row = to_gbench(report)["benchmarks"][3];
  EXPECT_EQ(row.at("iterations"), 100);
  EXPECT_EQ(row.at("real_time"), 2'200'000);
  EXPECT_EQ(row.at("cpu_time"), 80'000);
  EXPECT_NEAR(row.at("items_per_second").get<double>(), 454.5, 0.1);
}

TEST(Gbench, ModeOpenTimesResponses) {
  Report report = unit_test::sample_report();
  auto& run = report.cells[1].runs[0];
  run.open = OpenLoop{.response_ns = {.mean = 5e6}};
  Json row = to_gbench(report)["benchmarks"][3];
  EXPECT_EQ(row.at("iterations"), 200);
  EXPECT_EQ(row.at("real_time"), 5'000'000);
  EXPECT_EQ(row.at("cpu_time"), 40'000);
  EXPECT_FALSE(row.contains("items_per_second"));  // it is what was asked for
  run.requests.ok = 0;
  row = to_gbench(report)["benchmarks"][3];
  EXPECT_EQ(row.at("error_occurred"), true);
}

TEST(Gbench, MarksInvalidRunsAsErrors) {
  const Json document = to_gbench(unit_test::sample_report());
  const Json& row = document["benchmarks"][4];  // thread_pool, second round
  EXPECT_EQ(row.at("error_occurred"), true);
  EXPECT_EQ(row.at("error_message"), "1 request failed: 1 reset");
}

}  // namespace
}  // namespace fanout

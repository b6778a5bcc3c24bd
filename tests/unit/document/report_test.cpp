#include "harness/result/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/analysis/contenders.h"
#include "harness/document/report_json.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using unit_test::sample_report;
using unit_test::sample_run;
using unit_test::TempFolder;
using unit_test::text_of;
using unit_test::usage_error;

// The one line loading this file ends in; the file's name is left out.
std::string load_error(const TempFolder& folder, const std::string& text) {
  const std::string file = folder.file("result.json", text);
  const std::string error = usage_error([&] { load_report(file); });
  EXPECT_THAT(error, AllOf(StartsWith(file + ": "), Not(HasSubstr("\n"))));
  return error.substr(std::min(error.size(), file.size() + 2));
}

TEST(Summarize, TakesMediansOverTheValidRuns) {
  auto invalid = sample_run(3, 1);
  invalid.valid = false;
  invalid.server->connections = 99;
  const Summary summary =
      summarize({sample_run(0, 250), sample_run(1, 200), sample_run(2, 400), invalid});
  EXPECT_EQ(summary.valid_runs, 3U);
  EXPECT_EQ(summary.total_runs, 4U);
  EXPECT_EQ(summary.makespan_ns.median, 250e6);
  EXPECT_DOUBLE_EQ(summary.requests_per_second.median, 800);            // 200 in 250 ms
  EXPECT_DOUBLE_EQ(summary.efficiency->median, 0.8);                    // 200 of 250 ms
  EXPECT_DOUBLE_EQ(summary.cpu_us_per_request.median, 40);              // 8 ms / 200
  EXPECT_DOUBLE_EQ(summary.context_switches_per_request.median, 2.05);  // 410 / 200
  EXPECT_EQ(summary.connections, 10U);
  EXPECT_EQ(summary.peak_in_flight, 10U);
  EXPECT_EQ(summary.limited_by, Limit::latency);
  EXPECT_EQ(summary.makespan_ns.low, std::nullopt);
}

TEST(Summarize, NamesALimitOnlyIfItHeldForMoreThanHalfOfTheRuns) {
  auto free = sample_run(1, 200);
  free.limited_by = Limit::none;
  EXPECT_EQ(summarize({sample_run(0, 200), free}).limited_by, Limit::none);
  EXPECT_EQ(summarize({sample_run(0, 200), sample_run(2, 200), free}).limited_by, Limit::latency);
}

TEST(Summarize, IsAllZeroWithoutValidRuns) {
  EXPECT_EQ(summarize({}).makespan_ns.median, 0);
  EXPECT_EQ(summarize({fanout::Run{}}).valid_runs, 0U);
  EXPECT_EQ(summarize({fanout::Run{}}).total_runs, 1U);
}

TEST(Summarize, GivesThePercentilesThatTenRequestsLieBeyond) {
  // 200 requests: 100, 50, 20 and 10 lie beyond the 50th, 75th, 90th and 95th; 2 beyond the 99th.
  const Summary summary = summarize({sample_run(0, 200), sample_run(1, 200), sample_run(2, 200)});
  std::vector<double> percentiles;
  for (const PercentilePoint& point : summary.latency_by_percentile) {
    percentiles.push_back(point.percentile);
  }
  EXPECT_EQ(percentiles, (std::vector<double>{50, 75, 90, 95}));
  // 150 of the 200 are in the bucket from 9 ms on, 50 in that from 12 ms on.
  EXPECT_NEAR(summary.latency_by_percentile[1].latency_ns.median, 9e6, 0.004 * 9e6);
  EXPECT_NEAR(summary.latency_by_percentile[2].latency_ns.median, 12e6, 0.004 * 12e6);
}

TEST(Report, SurvivesARoundTripThroughJson) {
  Report report = sample_report();
  report.cells[0].runs[0].latency_ns.p999 = 19'000'000;
  report.cells[0].runs[0].flags = {Flag::server_bound};
  const Json json = unit_test::document(report);
  EXPECT_EQ(unit_test::document(report_from_json(json, "here")), json);
}

TEST(Report, HasWholeCpusAsWholeNumbersAndAQuotaAsItIs) {
  Report report = sample_report();
  const Json whole = unit_test::document(report).at("environment");
  EXPECT_TRUE(whole.at("cpus").is_number_unsigned());
  EXPECT_TRUE(whole.at("cpu_quota").is_null());
  report.environment.cpus = 0.5;
  report.environment.cpu_quota = 0.5;
  const Json json = unit_test::document(report);
  EXPECT_EQ(json.at("environment").at("cpus"), 0.5);
  EXPECT_EQ(unit_test::document(report_from_json(json, "here")), json);
}

TEST(Report, TakesThatOfAVersionThatKnewNoQuotas) {
  Json json = unit_test::document(sample_report());
  json["environment"].erase("cpu_quota");
  json["cells"][0]["runs"][0]["host"].erase("throttled_ns");
  const Report report = report_from_json(json, "here");
  EXPECT_EQ(report.environment.cpu_quota, std::nullopt);
  EXPECT_EQ(report.cells[0].runs[0].host.throttled_ns, std::nullopt);
}

TEST(EmptyReport, WarnsOfACpuQuota) {
  Environment environment = sample_report().environment;
  environment.cpu_quota = 0.5;
  const auto warnings = empty_report(sample_report().plan, environment, "").warnings;
  EXPECT_THAT(warnings, testing::Contains(HasSubstr("a CPU quota leaves server and clients 0.5 ")));
}

TEST(Report, KeepsWhatTheRunsMeasured) {
  const Report report = report_from_json(unit_test::document(sample_report()), "here");
  const auto& run = report.cells.at(1).runs.at(0);
  const auto expected = sample_run(0, 220);
  EXPECT_EQ(run.makespan_ns, expected.makespan_ns);
  EXPECT_EQ(run.histogram, expected.histogram);
  EXPECT_EQ(run.server->hold_error_ns.p99, expected.server->hold_error_ns.p99);
  EXPECT_EQ(run.latency_ns.p999, std::nullopt);
  EXPECT_EQ(report.plan.cells, sample_report().plan.cells);
  EXPECT_EQ(report.plan.time_budget, std::chrono::seconds(60));
}

TEST(Report, DerivesSummariesInsteadOfBelievingTheFile) {
  Json json = unit_test::document(sample_report());
  json["cells"][0]["summary"]["makespan_ns"]["median"] = 1;
  EXPECT_EQ(report_from_json(json, "here").cells[0].summary.makespan_ns.median, 2100e6);
}

// The row over Beast stands beside those over libcurl, and has no valid run.
TEST(Report, KnowsWhetherAComparedRunIsInvalid) {
  Report report = sample_report();
  EXPECT_TRUE(has_compared_invalid_runs(report));
  report.cells.erase(report.cells.begin() + 1);
  EXPECT_TRUE(has_compared_invalid_runs(report));
  report.plan.scenarios[0].answered_by = RealTargets{.urls = 1, .origins = 1};
  EXPECT_FALSE(has_compared_invalid_runs(report));
  report.cells.erase(report.cells.begin(), report.cells.begin() + 2);  // alone it is what counts
  EXPECT_TRUE(has_compared_invalid_runs(report));
  EXPECT_FALSE(has_valid_runs(report));
}

TEST(Report, HoldsWhatFailed) {
  Report report = sample_report();
  fanout::Run& run = report.cells[0].runs[0];
  run.status_counts = {{"200", 150}, {"404", 50}};
  run.failures = {{"bad_status", 404, "", 49}, {"tls", 0, "TLS alert", 1}};
  run.failed_requests = {{7, 12, "http://a/?token=***", "bad_status", 404, ""},
                         {8, std::nullopt, "http://b/", "tls", 0, "TLS alert"}};
  run.tls_versions = {"TLS 1.2"};
  run.redirects = 3;
  Json json = unit_test::document(report);
  EXPECT_EQ(unit_test::document(report_from_json(json, "here")), json);
  EXPECT_EQ(json["cells"][0]["runs"][0]["failed_requests"][0]["line"], 12);
  for (const char* key :
       {"status_counts", "failures", "failed_requests", "tls_versions", "redirects"}) {
    for (Json& cell : json["cells"]) {
      for (Json& one : cell["runs"]) one.erase(key);  // as earlier versions wrote it
    }
  }
  EXPECT_EQ(report_from_json(json, "here").cells[0].runs[0].failures.size(), 0U);
}

TEST(EmptyReport, HasAnEntryForEveryCellOfThePlan) {
  Plan plan = sample_report().plan;
  const Report report = empty_report(plan, {}, "fanout run");
  ASSERT_EQ(report.cells.size(), plan.cells.size());
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    EXPECT_EQ(report.cells[i].cell, plan.cells[i]);
    EXPECT_TRUE(report.cells[i].runs.empty());
  }
  EXPECT_EQ(report.status, Status::running);
}

TEST(LoadReport, RefusesAnotherSchemaVersion) {
  const TempFolder folder;
  Json json = unit_test::document(sample_report());
  json["schema_version"] = 2;
  EXPECT_THAT(load_error(folder, json.dump()),
              StartsWith("schema version 2, this fanout reads 1; "));
}

TEST(LoadReport, RefusesATruncatedFile) {
  const TempFolder folder;
  const std::string text = unit_test::document(sample_report()).dump();
  EXPECT_THAT(load_error(folder, text.substr(0, text.size() / 2)),
              AllOf(StartsWith("not JSON at byte "), HasSubstr("cut short?")));
}

TEST(LoadReport, RefusesJsonThatIsNotOurs) {
  const TempFolder folder;
  for (const char* text : {"{}", "[]", "1", "null", R"({"name": "zero", "requests": 3})"}) {
    EXPECT_THAT(load_error(folder, text), StartsWith("not a fanout result; ")) << text;
  }
}

TEST(LoadReport, RefusesAFileWithAKeyMissing) {
  const TempFolder folder;
  const Json whole = unit_test::document(sample_report());
  const std::set<std::string> absent_in_some{
      // derived, or newer
      "resumed",    "sweeps",  "recommendations", "originals", "verdicts",   "program_verdicts",
      "conditions", "against", "baseline",        "families",  "capacities", "protocols"};
  for (const auto& item : whole.items()) {
    if (item.key() == "schema_version" || absent_in_some.contains(item.key())) continue;
    Json json = whole;
    json.erase(item.key());
    EXPECT_THAT(load_error(folder, json.dump()),
                AllOf(StartsWith("not a whole fanout result: "), HasSubstr(item.key())));
  }
}

TEST(LoadReport, RefusesAConditionThatIsNone) {
  const TempFolder folder;
  Json json = unit_test::document(sample_report());
  json["plan"]["fail_if"] = {"rps < 100", "speed < 1"};
  EXPECT_THAT(load_error(folder, json.dump()),
              AllOf(StartsWith("not a whole fanout result: "), HasSubstr("found \"speed < 1\"")));
}

TEST(LoadReport, RefusesAnEmptyAndAMissingFileAndAFolder) {
  const TempFolder folder;
  EXPECT_NE(load_error(folder, ""), "no error");
  for (const std::string& file : {folder.path("absent.json"), folder.path("")}) {
    EXPECT_THAT(usage_error([&] { load_report(file); }), StartsWith(file + ": cannot be read"));
  }
}

TEST(SaveReport, WritesWhatLoadReportReads) {
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  unit_test::save(sample_report(), file);
  EXPECT_EQ(unit_test::document(load_report(file)), unit_test::document(sample_report()));
}

TEST(SaveReport, ReplacesTheFileAndLeavesNoOther) {
  const TempFolder folder;
  const std::string file = folder.file("result.json", "old");
  unit_test::save(sample_report(), file);
  EXPECT_THAT(text_of(file), StartsWith("{"));
  EXPECT_EQ(folder.files(), 1);
}

TEST(SaveReport, LeavesTheOldFileWholeAndNoOtherWhenItFails) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path("result.json"));  // cannot be replaced
  EXPECT_THROW(unit_test::save(sample_report(), folder.path("result.json")), RunError);
  EXPECT_EQ(folder.files(), 1);
  EXPECT_THROW(unit_test::save(sample_report(), folder.path("absent/result.json")), RunError);
}

TEST(SaveReport, LosesNoMeasurementToBytesThatAreNotUtf8) {
  // The end of what a crashed run printed is a reason, and may be cut amid a character.
  const TempFolder folder;
  const std::string file = folder.path("result.json");
  Report report = sample_report();
  report.cells[3].runs[0].reasons = {"its process ended with exit code 1: \xc3"};
  EXPECT_NO_THROW(unit_test::save(report, file));
  EXPECT_NO_THROW(load_report(file));
}

}  // namespace
}  // namespace fanout

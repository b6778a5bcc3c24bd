// The lines of the protocol: what a program is told, and what is taken from it.
#include "harness/cell/program_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/scenario/bounds.h"
#include "harness/scenario/scenario.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Json = nlohmann::json;

CellTask two_hosts() {
  CellTask task{.strategy = "mine", .workers = 8, .requests = 2, .queue_capacity = 16};
  task.client.targets = {{.addresses = {"127.0.0.1"}, .port = 4000},
                         {.addresses = {"127.0.0.2"}, .port = 4001, .tls = true}};
  task.client.timeout = std::chrono::milliseconds(1500);
  task.client.connect_timeout = std::chrono::seconds(5);
  task.client.headers = {"Accept: text/plain"};
  return task;
}

Json plan_of(const CellTask& task, const std::string& certificates = "") {
  const std::vector<Request> requests{{0, 0, 0x1}, {1, 1, 0xabc}};
  const std::string line = plan_line(task, requests, certificates);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return Json::parse(line);
}

TEST(PlanLine, HoldsEverythingAProgramNeeds) {
  EXPECT_EQ(plan_of(two_hosts(), "/proc/1/fd/3"),
            Json::parse(R"({"protocol":1,"count":2,"workers":8,"method":"GET","body_bytes":0,
        "headers":["Accept: text/plain"],"reuse":true,"http":"1.1","connections":null,
        "connect_timeout_s":5.0,"timeout_s":1.5,"work_ns":0,
        "deadline_s":null,"queue_capacity":16,"certificates":"/proc/1/fd/3",
        "targets":["http://127.0.0.1:4000/r/0000000000000001",
                   "https://127.0.0.2:4001/r/0000000000000abc"]})"));
}

TEST(PlanLine, SaysNullWhereThereIsNothing) {
  CellTask task = two_hosts();
  task.queue_capacity = kUnboundedQueue;
  const Json plan = plan_of(task);
  EXPECT_TRUE(plan.at("queue_capacity").is_null());
  EXPECT_TRUE(plan.at("certificates").is_null());
  task.deadline = std::chrono::milliseconds(250);
  EXPECT_EQ(plan_of(task).at("deadline_s"), 0.25);
}

TEST(PlanLine, SaysHowManyConnectionsOfHttp2AreShared) {
  CellTask task = two_hosts();
  task.client.http = HttpVersion::http2;
  task.client.workers = 8;
  EXPECT_EQ(plan_of(task).at("http"), "2");
  EXPECT_EQ(plan_of(task).at("connections"), 8);
  task.client.connections = 2;
  EXPECT_EQ(plan_of(task).at("connections"), 2);
}

TEST(ParseRecord, TakesEveryField) {
  const ProgramRecord record = parse_record("6 100 250 ok 200 115 0123456789abcdef", 7);
  EXPECT_EQ(record.index, 6U);
  EXPECT_EQ(record.start_ns, 100);
  EXPECT_EQ(record.end_ns, 250);
  EXPECT_EQ(record.outcome, Outcome::ok);
  EXPECT_EQ(record.status, 200);
  EXPECT_EQ(record.body_bytes, 115U);
  EXPECT_EQ(record.token, "0123456789abcdef");
  EXPECT_EQ(parse_record("0 0 250 deadline 0 0 -", 7).token, "");
}

std::string complaint(std::string_view line) {
  try {
    parse_record(line, 7);
  } catch (const RunError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ParseRecord, SaysWhatIsWrongWithALine) {
  const std::pair<const char*, const char*> lines[] = {
      {"", "seven words"},
      {"hello",
       "it wrote \"hello\" to standard output, which is no record: it is to have seven words"},
      {"1 2 3 ok 200 115", "seven words"},
      {"1 2 3 ok 200 115 t t", "seven words"},
      {"1  2 3 ok 200 115 t", "seven words"},
      {"7 2 3 ok 200 115 t", "INDEX is to be less than 7"},
      {"-1 2 3 ok 200 115 t", "INDEX is to be a whole number"},
      {"99999999999999999999 2 3 ok 200 115 t", "INDEX is to be a whole number"},
      {"1 2.5 3 ok 200 115 t", "START is to be a whole number"},
      {"1 3 2 ok 200 115 t", "START is to be no later than END"},
      {"1 2 3 fine 200 115 t", "\"fine\" is no outcome"},
      {"1 2 3 none 200 115 t", "\"none\" is no outcome"},
      {"1 2 3 bad_status 500 115 t", "\"bad_status\" is no outcome"},
      {"1 2 3 ok 70000 115 t", "STATUS is to be a whole number from 0 to 65535"},
      {"1 2 3 ok 200 1e3 t", "BYTES is to be a whole number"},
  };
  for (const auto& [line, words] : lines) EXPECT_THAT(complaint(line), HasSubstr(words)) << line;
}

TEST(Shown, IsShortAndObeysNoTerminal) {
  EXPECT_EQ(shown("a\x1b[31m\xff"), "\"a?[31m?\"");
  EXPECT_EQ(shown(std::string(61, 'x')), "\"" + std::string(60, 'x') + "...\"");
}

}  // namespace
}  // namespace fanout

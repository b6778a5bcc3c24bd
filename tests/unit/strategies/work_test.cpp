#include "strategies/work.h"

#include <gtest/gtest.h>

#include <ctime>
#include <thread>
#include <vector>

#include "strategies/job.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

std::int64_t thread_cpu_ns() {
  std::timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TEST(Work, TakesAsMuchCpuOfItsThreadAsAsked) {
  WorkDone done{};
  const std::int64_t begin = thread_cpu_ns();
  for (int i = 0; i < 20; ++i) do_work({.cpu = 500us}, nullptr, done);
  const std::int64_t used = thread_cpu_ns() - begin;
  EXPECT_EQ(done.answers, 20U);
  EXPECT_GE(done.cpu_ns, std::int64_t{20} * 500'000);
  EXPECT_GE(used, done.cpu_ns);
}

TEST(Work, IsCountedOverAllThreads) {
  WorkDone done{};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 10; ++k) do_work({.cpu = 200us}, nullptr, done);
      });
    }
  }
  EXPECT_EQ(done.answers, 40U);
  EXPECT_GE(done.cpu_ns, std::int64_t{40} * 200'000) << "waiting for a CPU is no work";
}

TEST(Work, HashesAndParsesTheBody) {
  WorkDone done{};
  const std::string json = R"([{"id":1}])";
  do_work({.body = BodyWork::sha256}, &json, done);
  do_work({.body = BodyWork::json}, &json, done);
  EXPECT_EQ(done.not_json, 0U);
  do_work({.body = BodyWork::json}, nullptr, done);
  EXPECT_EQ(done.not_json, 1U);
  EXPECT_EQ(done.answers, 3U);
  EXPECT_EQ(done.body_bytes, 2 * json.size());
  EXPECT_GT(done.cpu_ns, 0);
}

TEST(Work, IsDoneOnRightAnswersBeforeTheirRequestsEnd) {
  const std::vector<Request> requests{{.index = 0}, {.index = 1}};
  std::vector<Sample> samples(2);
  WorkDone done{};
  Job job(requests, samples, {.work = {.cpu = 2ms}, .work_done = &done}, {});
  for (const Request& request : requests) job.started(request);
  job.finished(requests[0], {.outcome = Outcome::ok});
  job.finished(requests[1], {.outcome = Outcome::timeout});
  EXPECT_EQ(done.answers, 1U);
  EXPECT_GE(samples[0].end_ns - samples[0].start_ns, 2'000'000);
  EXPECT_EQ(samples[1].finishes, 1);
}

}  // namespace
}  // namespace fanout

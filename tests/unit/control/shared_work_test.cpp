#include "harness/control/shared_work.h"

#include <gmock/gmock.h>

#include <string>

#include "base/file.h"
#include "harness/cell/cell_memory.h"
#include "wire/token.h"

namespace fanout {
namespace {

using ::testing::ElementsAre;

CellTask task_of(std::uint64_t requests) {
  CellTask task{.strategy = "event_loop", .transport = "floor", .workers = 3, .requests = requests};
  task.token_seed = 7;
  task.client.targets.resize(2);
  return task;
}

TEST(SharedWork, GivesEachRequestToOneMachine) {
  const std::vector<CellTask> shares = divided(task_of(11), 3);
  std::vector<Request> all;
  for (const CellTask& share : shares) {
    EXPECT_EQ(share.workers, 3U);
    EXPECT_TRUE(share.starts_with_others);
    const std::vector<Request> part = make_requests(share);
    EXPECT_EQ(part.front().index, 0U) << "a slot of its own memory";
    all.insert(all.end(), part.begin(), part.end());
  }
  const std::vector<Request> alone = make_requests(task_of(11));
  ASSERT_EQ(all.size(), alone.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].token, alone[i].token);
    EXPECT_EQ(all[i].target, alone[i].target);
  }
}

// What a machine measured whose clock is so far ahead: it was ready at 100 of our time.
PlacedPart part_of(const CellTask& share, std::int64_t ahead_ns, const char* words) {
  const CellMemory memory(share.requests);
  CellHeader& header = memory.header();
  header.ready_ns = 100 + ahead_ns;
  header.ready_calls = 1;
  header.finished = 1;
  header.cpu_at_ready_ns = 5;
  header.cpu_at_end_ns = 25;
  header.peak_memory_bytes = 1000;
  header.threads = 2;
  header.syscalls = 40;
  header.main_cpu_ns = 20;
  header.main_wait_ns = ahead_ns == 0 ? 3 : 1;
  for (Sample& sample : memory.samples()) {
    sample.start_ns = 110 + ahead_ns;
    sample.end_ns = 150 + ahead_ns;
  }
  memory.samples().back().words = memory.failure_words().note(words);
  memory.policy_state().retries_denied = 2;
  PlacedPart placed{.part = {}, .share = share, .host = "host", .clock_ahead_ns = ahead_ns};
  placed.part.memory = *read_file("/proc/self/fd/" + std::to_string(memory.fd()));
  placed.part.process_cpu_ns = 1'500'000'000;
  placed.part.host.steal_ns = 4;
  return placed;
}

class SharedWorkJoin : public ::testing::Test {
 protected:
  void join_all() { join(parts_, whole_, execution_); }

  std::vector<CellTask> shares_ = divided(task_of(5), 2);
  std::vector<PlacedPart> parts_{part_of(shares_[0], 0, "no route"),
                                 part_of(shares_[1], 7000, "no route")};
  CellMemory whole_{5};
  Execution execution_;
};

TEST_F(SharedWorkJoin, AddsUpWhatIsCounted) {
  join_all();
  const CellHeader& header = whole_.header();
  EXPECT_EQ(header.ready_ns, 100);
  EXPECT_EQ(header.ready_calls, 1U);
  EXPECT_EQ(header.finished, 1U);
  EXPECT_EQ(header.cpu_at_end_ns - header.cpu_at_ready_ns, 40);
  EXPECT_EQ(header.peak_memory_bytes, 2000);
  EXPECT_EQ(header.threads, 4);
  EXPECT_EQ(header.syscalls, 80);
  EXPECT_EQ(header.main_cpu_ns, 40);
  EXPECT_EQ(header.main_wait_ns, 3);
  EXPECT_EQ(whole_.policy_state().retries_denied, 4U);
  EXPECT_EQ(execution_.host.steal_ns, 8);
  ASSERT_TRUE(execution_.exit);
  EXPECT_EQ(execution_.exit->status, 0);
  EXPECT_EQ(execution_.exit->usage.ru_utime.tv_sec, 3);
}

TEST_F(SharedWorkJoin, PutsSamplesBehindEachOtherAtOurTime) {
  join_all();
  std::vector<std::string_view> words;
  for (const Sample& sample : whole_.samples()) {
    EXPECT_EQ(sample.start_ns, 110);
    EXPECT_EQ(sample.end_ns, 150);
    words.push_back(whole_.failure_words().at(sample.words));
  }
  EXPECT_THAT(words, ElementsAre("", "", "no route", "", "no route"));
}

TEST_F(SharedWorkJoin, FailsWhereOnePartFails) {
  parts_[1].part.failure = "was not ready within 1 s";
  parts_[1].part.status = 9;
  parts_[1].part.standard_error = "no such library";
  const CellMemory empty(shares_[1].requests);
  parts_[1].part.memory = *read_file("/proc/self/fd/" + std::to_string(empty.fd()));
  join_all();
  EXPECT_EQ(execution_.failure, "on host: was not ready within 1 s");
  EXPECT_EQ(execution_.exit->status, 9);
  EXPECT_EQ(execution_.standard_error, "no such library");
  EXPECT_EQ(whole_.header().finished, 0U);
  EXPECT_EQ(whole_.header().ready_calls, 0U);
  EXPECT_EQ(whole_.header().ready_ns, 100);
}

TEST(SharedWork, TravelsWhole) {
  SharedPart part{.memory = std::string("a\0b\xff", 4),
                  .status = 256,
                  .process_cpu_ns = 77,
                  .failure = "f",
                  .standard_error = "e",
                  .host = {}};
  part.host.retransmits = 5;
  const SharedPart back = shared_part_from_text(to_text(part));
  EXPECT_EQ(back.memory, part.memory);
  EXPECT_EQ(back.status, 256);
  EXPECT_EQ(back.process_cpu_ns, 77);
  EXPECT_EQ(back.failure, "f");
  EXPECT_EQ(back.standard_error, "e");
  EXPECT_EQ(back.host.retransmits, 5);
  EXPECT_FALSE(back.host.steal_ns);
}

}  // namespace
}  // namespace fanout

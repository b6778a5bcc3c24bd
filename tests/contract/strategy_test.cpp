// What every strategy promises (strategies/strategy.h), for every row of the registry: a new row is
// tested without a line here.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "strategies/registry.h"
#include "tests/contract/strategy_harness.h"

namespace fanout::strategy_test {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t entries(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

std::string name_of(const Strategy* strategy) { return std::string(strategy->name); }

#define SKIP_FORKING_UNDER_TSAN(strategy)                                             \
  if (kThreadSanitizer && (strategy).name.starts_with("process_")) {                  \
    GTEST_SKIP() << "ThreadSanitizer does not support forking beside its own thread"; \
  }

// Strategy, requests, workers.
using Work = std::tuple<const Strategy*, std::size_t, unsigned>;

class EveryStrategy : public testing::TestWithParam<Work> {
 protected:
  void SetUp() override { SKIP_FORKING_UNDER_TSAN(*std::get<0>(GetParam())); }

  [[nodiscard]] static const Strategy& strategy() { return *std::get<0>(GetParam()); }
  [[nodiscard]] static std::size_t requests() { return std::get<1>(GetParam()); }
  [[nodiscard]] static unsigned workers() { return std::get<2>(GetParam()); }
};

TEST_P(EveryStrategy, StartsAndFinishesEveryRequestExactlyOnce) {
  Execution execution(strategy(), requests(), workers());
  execution.run();
  for (std::size_t i = 0; i < requests(); ++i) {
    const Sample& sample = execution.samples()[i];
    ASSERT_EQ(sample.starts, 1) << "request " << i;
    ASSERT_EQ(sample.finishes, 1) << "request " << i;
    ASSERT_EQ(sample.outcome, Outcome::ok) << "request " << i;
    ASSERT_LE(sample.start_ns, sample.end_ns) << "request " << i;
  }
}

TEST_P(EveryStrategy, CallsReadyOnceAndBeforeTheFirstRequest) {
  Execution execution(strategy(), requests(), workers());
  execution.run();
  EXPECT_EQ(execution.counters().ready, 1U);
  EXPECT_EQ(execution.counters().before_ready, 0U);
}

TEST_P(EveryStrategy, NeverHasMoreThanWInFlight) {
  Execution execution(strategy(), requests(), workers());
  execution.during_request = [](Counters&) { std::this_thread::sleep_for(20us); };  // others come
  execution.run();
  const bool one = strategy().concurrency == Concurrency::one;
  EXPECT_LE(execution.counters().peak, one ? 1 : static_cast<std::int32_t>(workers()));
  EXPECT_EQ(execution.counters().in_flight, 0);
}

TEST_P(EveryStrategy, MakesAsManyClientsAsItsRowSaysAndKeepsNone) {
  Execution execution(strategy(), requests(), workers());
  execution.run();
  const std::size_t clients = execution.counters().clients;
  if (drives_loop(strategy())) {
    EXPECT_GE(clients, 1);          // a loop has many slots,
    EXPECT_LE(clients, workers());  // and there may be several loops
  } else if (strategy().client_life == ClientLife::request) {
    EXPECT_EQ(clients, requests());
  } else {
    EXPECT_EQ(clients, strategy().concurrency == Concurrency::one ? 1 : workers());
  }
  EXPECT_EQ(execution.counters().clients_alive, 0);
}

TEST_P(EveryStrategy, LeavesNoThreadDescriptorOrChild) {
  std::thread([] {}).join();  // a sanitizer starts a thread of its own beside the first of ours
  const std::ptrdiff_t threads = entries("/proc/self/task");
  const std::ptrdiff_t descriptors = entries("/proc/self/fd");
  Execution execution(strategy(), requests(), workers());
  execution.run();
  // A thread that was joined may be listed a moment longer, above too.
  for (int i = 0; i < 1000 && entries("/proc/self/task") > threads; ++i) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_LE(entries("/proc/self/task"), threads);
  EXPECT_EQ(entries("/proc/self/fd"), descriptors);
  EXPECT_FALSE(has_children());
}

INSTANTIATE_TEST_SUITE_P(
    Strategies, EveryStrategy,
    testing::Combine(testing::ValuesIn(strategies().begin(), strategies().end()),
                     testing::Values(0, 1, 7, 1000), testing::Values(1, 4, 50)),
    [](const auto& tested) {
      return name_of(std::get<0>(tested.param)) + "_" + std::to_string(std::get<1>(tested.param)) +
             "_requests_" + std::to_string(std::get<2>(tested.param)) + "_workers";
    });

class OfEveryStrategy : public testing::TestWithParam<const Strategy*> {
 protected:
  void SetUp() override { SKIP_FORKING_UNDER_TSAN(*GetParam()); }
};

TEST_P(OfEveryStrategy, WorkersAreInFlightAllAtOnce) {
  constexpr unsigned kWorkers = 8;
  if (GetParam()->concurrency == Concurrency::adaptive) {
    GTEST_SKIP() << "it finds its own number in flight";
  }
  const bool one = GetParam()->concurrency == Concurrency::one;
  const std::int32_t expected = one ? 1 : kWorkers;
  Execution execution(*GetParam(), 2 * kWorkers, kWorkers);
  // No request ends before all others of the wave are in flight; gives up after five seconds.
  execution.during_request = [=](Counters& counters) {
    for (int i = 0; i < 5000 && counters.peak < expected; ++i) std::this_thread::sleep_for(1ms);
  };
  execution.run();
  EXPECT_EQ(execution.counters().peak, expected);
}

std::int64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::int64_t usage_ns(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000LL +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1'000LL;
}

TEST_P(OfEveryStrategy, CpuTimeIsAccountedToTheProcessAndItsReapedChildren) {
  constexpr std::int64_t kBurn = 5'000'000;
  Execution execution(*GetParam(), 8, 2);
  execution.during_request = [](Counters& counters) {
    const std::int64_t start = thread_cpu_ns();
    while (thread_cpu_ns() - start < kBurn) {
    }
    counters.cpu_burned_ns += kBurn;
  };
  const std::int64_t own = usage_ns(RUSAGE_SELF);
  const std::int64_t children = usage_ns(RUSAGE_CHILDREN);
  execution.run();
  const std::int64_t in_children = usage_ns(RUSAGE_CHILDREN) - children;
  const std::int64_t in_all = usage_ns(RUSAGE_SELF) - own + in_children;
  ASSERT_EQ(execution.counters().cpu_burned_ns, 8 * kBurn);
  EXPECT_GE(in_all, 8 * kBurn * 95 / 100);
  EXPECT_GE(in_children, execution.forked() ? 8 * kBurn * 95 / 100 : 0);
}

// How a child process ends in which the client with this number cannot be made.
int status_with_failing_client(const Strategy& strategy, unsigned failing) {
  constexpr unsigned kHang = 10;
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(kHang);
    ::close(STDERR_FILENO);  // std::terminate and forked workers say why
    try {
      Execution execution(strategy, 20, 4);
      execution.on_client = [=](unsigned number) {
        if (number >= failing) throw std::runtime_error("no client");
      };
      execution.run();
      ::_exit(0);
    } catch (const std::exception&) {
      ::_exit(2);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_P(OfEveryStrategy, ClientThatCannotBeMadeEndsTheRunInsteadOfHangingIt) {
  if (kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer does not support threads after a fork";
  const bool several = GetParam()->client_life == ClientLife::request ||
                       (GetParam()->concurrency == Concurrency::workers &&
                        std::holds_alternative<RunBlocking>(GetParam()->run));
  for (const unsigned failing : {1U, 3U}) {
    if (failing > 1 && !several) continue;
    const int status = status_with_failing_client(*GetParam(), failing);
    const bool thrown = WIFEXITED(status) && WEXITSTATUS(status) == 2;
    const bool aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    EXPECT_TRUE(thrown || aborted)
        << "client " << failing
        << " fails: " << (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hangs" : "status ")
        << status;
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, OfEveryStrategy,
                         testing::ValuesIn(strategies().begin(), strategies().end()),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace fanout::strategy_test

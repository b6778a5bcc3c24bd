// CPU time and peak memory of a run as /usr/bin/time -v has them of the same process: it wraps what
// the controller would have started.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/file.h"
#include "harness/cell/cell_memory.h"
#include "harness/cell/cell_task.h"
#include "strategies/registry.h"
#include "tests/contract/transport_harness.h"
#include "tests/unit/support.h"

namespace fanout::transport_test {
namespace {

constexpr const char* kTime = "/usr/bin/time";
// It prints hundredths of a second, so much work is needed for them not to matter.
constexpr std::uint64_t kRequests = 40'000;
constexpr double kTolerance = 0.05;

// The number after "title: " in what time -v writes.
double value_of(const std::string& file, const std::string& title) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(title + ": ");
    if (at != std::string::npos) return std::stod(line.substr(at + title.size() + 2));
  }
  ADD_FAILURE() << title << " is not in what time -v writes";
  return 0;
}

// What both say of one run.
struct Accounts {
  double time_cpu_ns = 0;
  double time_peak_bytes = 0;  // of the largest process
  CellHeader header{};
};

// Starts `fanout internal-cell` under time -v, as harness/control/cell_runner.cpp does without.
Accounts account(const CellTask& spec) {
  const unit_test::TempFolder folder;
  const std::string report = folder.path("time");
  const UniqueFd task = memory_file("spec", to_text(spec));
  ::fcntl(task.get(), F_SETFD, 0);
  const CellMemory memory(spec.requests);
  ::fcntl(memory.fd(), F_SETFD, 0);
  const std::string task_fd = std::to_string(task.get());
  const std::string memory_fd = std::to_string(memory.fd());
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl(kTime, kTime, "-v", "-o", report.c_str(), FANOUT_EXECUTABLE, "internal-cell",
            task_fd.c_str(), memory_fd.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(memory.header().finished, 1U) << memory.header().error;
  return {.time_cpu_ns = 1e9 * (value_of(report, "User time (seconds)") +
                                value_of(report, "System time (seconds)")),
          .time_peak_bytes = 1024 * value_of(report, "Maximum resident set size (kbytes)"),
          .header = memory.header()};
}

// A run of 10 workers against a server in this process.
Accounts account(const std::string& strategy, const std::string& transport) {
  LocalServer server(HostBehaviour{});
  CellTask spec{.strategy = strategy,
                .transport = transport,
                .workers = 10,
                .requests = kRequests,
                .queue_capacity = 20,
                .token_seed = 1,
                .client = server.config()};
  return account(spec);
}

class Accounting : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Accounting, AgreesWithTimeOnCpu) {
  const auto [strategy, transport] = GetParam();
  const auto [time_cpu_ns, time_peak_bytes, header] = account(strategy, transport);
  const auto whole = static_cast<double>(header.cpu_at_end_ns);
  const auto from_ready = static_cast<double>(header.cpu_at_end_ns - header.cpu_at_ready_ns);
  EXPECT_NEAR(whole / time_cpu_ns, 1, kTolerance);
  EXPECT_NEAR(from_ready / time_cpu_ns, 1, 2 * kTolerance) << "set-up is a small part of the work";
  const auto peak = static_cast<double>(header.peak_memory_bytes);
  if (header.processes == 1) {
    EXPECT_NEAR(peak / time_peak_bytes, 1, kTolerance);
  } else {  // time -v knows the largest process only, fanout adds what the workers have of their
            // own
    EXPECT_GE(peak, (1 - kTolerance) * time_peak_bytes);
  }
  RecordProperty("cpu_ratio", std::to_string(from_ready / time_cpu_ns));
  RecordProperty("memory_ratio", std::to_string(peak / time_peak_bytes));
}

INSTANTIATE_TEST_SUITE_P(Strategies, Accounting,
                         testing::Values(std::pair{"event_loop", "curl_asio"},
                                         std::pair{"thread_pool", "curl_easy"},
                                         std::pair{"process_pool", "curl_easy"}));

}  // namespace
}  // namespace fanout::transport_test

#include "harness/commands/record_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/text.h"
#include "harness/catalogue/pairing.h"
#include "harness/machine/process.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

// A folder that is there as long as this.
class TemporaryFolder {
 public:
  TemporaryFolder() : name_(temporary_folder() + "/fanout-check-XXXXXX") {
    if (::mkdtemp(name_.data()) == nullptr) throw_errno(name_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(name_, ignored);
  }
  [[nodiscard]] std::string file(const char* name) const { return name_ + "/" + name; }

 private:
  std::string name_;
};

struct Times {
  std::uint64_t answered = 0;  // known of the API alone
  nanoseconds makespan{};
  nanoseconds median{};
  nanoseconds p90{};
};

nanoseconds middle(std::vector<std::int64_t> times) {
  std::ranges::sort(times);
  return nanoseconds(times[(times.size() - 1) / 2]);
}

// The medians of a measurement's runs.
Times times_of(const std::string& file) {
  const json_read::Json document =
      json_read::parse(file, read_file(file).value_or(""), "measure again");
  std::array<std::vector<std::int64_t>, 3> times;
  for (const json_read::Json& run : document.at("cells").at(0).at("runs")) {
    if (run.at("requests").at("ok") == 0) continue;
    times[0].push_back(run.at("makespan_ns"));
    times[1].push_back(run.at("latency_ns").at("p50"));
    times[2].push_back(run.at("latency_ns").at("p90"));
  }
  if (times[0].empty()) throw RunError("--check: no request was answered");
  return {0, middle(times[0]), middle(times[1]), middle(times[2])};
}

// Runs the scenario by `fanout run` of this executable.
Times times_of_scenario(const std::string& scenario, std::uint64_t requests) {
  const TemporaryFolder folder;
  const RowName row = polite_row();
  const std::string result = folder.file("result.json");
  const std::string said = folder.file("said.txt");
  // A name without a folder would be that of a built-in scenario.
  const std::string file = std::filesystem::absolute(scenario);
  UniqueFd words(::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!words) throw_errno(said);
  ChildProcess child({.arguments = {"run",
                                    "--scenario",
                                    file,
                                    "--strategy",
                                    row.strategy,
                                    "--transport",
                                    row.transport,
                                    "--workers",
                                    "1",
                                    "-n",
                                    std::to_string(requests),
                                    "--rounds",
                                    "3",
                                    "--no-profile",
                                    "--no-references",
                                    "--quiet",
                                    "--format",
                                    "json",
                                    "-o",
                                    result},
                      .keep_fds = {},
                      .cpus = {},
                      .stderr_fd = std::move(words)});
  (void)child.reap();
  if (!std::filesystem::exists(result)) {
    throw RunError(fmt::format("--check: {}", on_one_line(read_file(said).value_or(""))));
  }
  return times_of(result);
}

Times times_of_api(const UrlList& urls, const ProbeSettings& settings) {
  const Observations seen = probe(urls, settings, {});
  if (!seen.ended_early.empty()) throw RunError("--check: " + seen.ended_early);
  std::vector<std::int64_t> times;
  nanoseconds makespan{};
  for (const Observation& one : seen.all) {
    if (!one.first_byte) continue;
    const nanoseconds time = one.connect.value_or(nanoseconds{}) +
                             one.handshake.value_or(nanoseconds{}) + *one.first_byte +
                             one.receiving;
    makespan += time;
    times.push_back(time.count());
  }
  if (times.empty()) throw RunError("--check: no request was answered");
  std::ranges::sort(times);
  return {times.size(), makespan, nanoseconds(quantile(times, 0.5)),
          nanoseconds(quantile(times, 0.9))};
}

}  // namespace

DoubleCheck check_against_api(const std::string& scenario, const UrlList& urls,
                              const ProbeSettings& settings) {
  const Times twin = times_of_scenario(scenario, settings.requests);
  const Times api = times_of_api(urls, settings);
  const RowName row = polite_row();
  return {.requests = settings.requests,
          .answered = api.answered,
          .row = fmt::format("{}, {}, 1 worker", row.strategy, row.transport),
          .makespan = {twin.makespan, api.makespan},
          .median = {twin.median, api.median},
          .p90 = {twin.p90, api.p90}};
}

}  // namespace fanout

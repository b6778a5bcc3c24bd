#include "harness/commands/record_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
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

// The times of a measurement's runs, in the middle.
struct Times {
  nanoseconds makespan{};
  nanoseconds median{};
  nanoseconds p90{};
};

nanoseconds middle(std::vector<std::int64_t> times) {
  std::ranges::sort(times);
  return nanoseconds(times[(times.size() - 1) / 2]);
}

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
  return {middle(times[0]), middle(times[1]), middle(times[2])};
}

// Runs `fanout run` of this executable and returns the times of its only cell.
Times measured(std::vector<std::string> arguments, std::uint64_t requests, unsigned rounds,
               const TemporaryFolder& folder) {
  const RowName row = polite_row();
  const std::string result = folder.file("result.json");
  const std::string said = folder.file("said.txt");
  arguments.insert(arguments.begin(), "run");
  arguments.insert(arguments.end(), {"--strategy", row.strategy, "--transport", row.transport,
                                     "--workers", "1", "-n", std::to_string(requests), "--rounds",
                                     std::to_string(rounds), "--no-profile", "--no-references",
                                     "--quiet", "--format", "json", "-o", result});
  UniqueFd words(::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!words) throw_errno(said);
  ChildProcess child({.arguments = std::move(arguments),
                      .keep_fds = {},
                      .cpus = {},
                      .stderr_fd = std::move(words)});
  (void)child.reap();
  if (!std::filesystem::exists(result)) {
    throw RunError(fmt::format("--check: {}", on_one_line(read_file(said).value_or(""))));
  }
  return times_of(result);
}

// What says, on the command line, which API is asked and how.
std::vector<std::string> arguments_for_api(const Options& options) {
  std::vector<std::string> arguments;
  const auto add = [&](const char* flag, const std::string& value) {
    if (value.empty()) return;
    arguments.emplace_back(flag);
    arguments.push_back(value);
  };
  for (const std::string& url : options.urls.urls) add("--url", url);
  add("--urls", options.urls.file);
  for (const Resolve& resolve : options.urls.resolve) {
    add("--resolve",
        fmt::format("{}:{}:{}", resolve.name, resolve.port ? std::to_string(*resolve.port) : "*",
                    fmt::join(resolve.addresses, ",")));
  }
  for (const std::string& header : options.selection.headers) add("--header", header);
  add("--cert", options.tls.certificate_file);
  add("--key", options.tls.key_file);
  const auto add_time = [&](const char* flag, const std::optional<nanoseconds>& time) {
    if (time) add(flag, json_read::nanoseconds_text(*time));
  };
  add_time("--timeout", options.selection.timeout);
  add_time("--connect-timeout", options.selection.connect_timeout);
  if (options.urls.skip_bad_lines) arguments.emplace_back("--skip-bad-lines");
  if (options.may_load) arguments.emplace_back("--i-may-load-this-target");
  return arguments;
}

}  // namespace

DoubleCheck check_against_api(const Options& options, const std::string& scenario,
                              std::uint64_t requests) {
  constexpr unsigned kRoundsOfDouble = 3;
  const RowName row = polite_row();
  const TemporaryFolder folder;
  // A name without a folder would be that of a built-in scenario.
  const std::string file = std::filesystem::absolute(scenario);
  const Times twin = measured({"--scenario", file}, requests, kRoundsOfDouble, folder);
  std::filesystem::remove(folder.file("result.json"));
  const Times api = measured(arguments_for_api(options), requests, 1, folder);
  return {.requests = requests,
          .row = fmt::format("{}, {}, 1 worker", row.strategy, row.transport),
          .makespan = {twin.makespan, api.makespan},
          .median = {twin.median, api.median},
          .p90 = {twin.p90, api.p90}};
}

}  // namespace fanout

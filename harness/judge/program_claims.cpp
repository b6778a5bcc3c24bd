#include "harness/judge/program_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "base/units.h"
#include "harness/judge/attempts.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {
namespace {

// Both sides read the same clock, in nanoseconds; but a program may have another one, of its own
// resolution, and convert from the moment it read `go`, which may have been a little later.
constexpr std::int64_t kLengthError = 1'000'000;
constexpr std::int64_t kMomentError = 5'000'000;

// Requests that it says were answered before the server can have answered them.
std::uint64_t too_short(const Execution& execution, const Scenario& scenario) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < execution.samples.size(); ++i) {
    const Sample sample = execution.samples[i];
    if (sample.outcome != Outcome::ok) continue;
    const auto least =
        least_time(scenario, host_of(scenario, i), make_token(execution.token_seed, i));
    if (sample.end_ns - sample.start_ns + kLengthError < least.count()) ++count;
  }
  return count;
}

// What it asked for, as far as the server can tell.
void check_requests(std::vector<std::string>& lines, const ServerCounters& server,
                    const Scenario& scenario) {
  const std::string_view method = scenario.method.name();
  const auto found = server.methods.find(std::string(counted_method(method)));
  const std::uint64_t right = found == server.methods.end() ? 0 : found->second;
  if (right != server.requests) {
    lines.push_back(
        fmt::format("{} of {} were {}", right, counted(server.requests, "request"), method));
  }
  const bool has_body = !scenario.body.empty() || expects_body(scenario.method);
  const std::uint64_t bytes = has_body ? server.requests * scenario.request_body_bytes : 0;
  if (server.request_body_bytes != bytes) {
    lines.push_back(fmt::format("the server received {} of request bodies, {} are right",
                                counted(server.request_body_bytes, "byte"), bytes));
  }
  if (!scenario.reuse && server.connections < server.requests) {
    lines.push_back(fmt::format("{} came on {}, the scenario has a new one for each",
                                counted(server.requests, "request"),
                                counted(server.connections, "connection")));
  }
}

}  // namespace

std::vector<std::string> contradicted_by_server(const Execution& execution,
                                                const Scenario& scenario) {
  const ServerCounters& server = *execution.server;
  const auto says = [&](Outcome outcome) {
    return static_cast<std::uint64_t>(
        std::ranges::count(execution.samples, outcome, &Sample::outcome));
  };
  std::vector<std::string> lines;
  if (server.connections > 0 && server.first_connection_ns < execution.header.ready_ns) {
    lines.emplace_back("the program connected before `go`");
  }
  check_requests(lines, server, scenario);
  const std::uint64_t ok = says(Outcome::ok);
  if (ok > server.answered) {
    lines.push_back(fmt::format("the server answered {}, the program says {} were answered",
                                counted(server.answered, "request"), ok));
  }
  if (const std::uint64_t count = too_short(execution, scenario); count > 0) {
    lines.push_back(counted(count, "request") +
                    " ended, says the program, before the server can have answered");
  }
  // Where a client gives up, the server may answer later.
  const std::uint64_t given_up = says(Outcome::timeout) + says(Outcome::deadline);
  if (given_up == 0 && server.abandoned == 0 && server.answered > 0) {
    const std::int64_t last_end_ns =
        std::ranges::max(execution.samples, {}, &Sample::end_ns).end_ns;
    const std::int64_t early_ns = server.last_answer_ns - last_end_ns;
    if (early_ns > kMomentError) {
      lines.push_back(
          fmt::format("all requests had ended, says the program, {} before the "
                      "server's last answer left",
                      format_duration(static_cast<double>(early_ns))));
    }
  }
  return lines;
}

std::string what_it_printed(const std::vector<std::string>& reasons,
                            const std::string& standard_error) {
  const std::string text = on_one_line(standard_error);
  const bool told = std::ranges::any_of(
      reasons, [&](const std::string& reason) { return reason.ends_with(text); });
  return reasons.empty() || told ? std::string() : "it printed: " + text;
}

}  // namespace fanout

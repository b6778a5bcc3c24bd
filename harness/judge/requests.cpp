#include "harness/judge/requests.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "harness/judge/failures.h"
#include "harness/judge/steady_state.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// "3 requests failed: 2 reset, 1 timeout"; "" for none.
std::string complaint(const char* of, const char* what,
                      const std::map<std::string, std::uint64_t>& by) {
  std::uint64_t sum = 0;
  std::vector<std::string> classes;
  for (const auto& [name, count] : by) {
    sum += count;
    classes.push_back(fmt::format("{} {}", count, name));
  }
  if (sum == 0) return {};
  return fmt::format("{} {}: {}", counted(sum, of), what, fmt::join(classes, ", "));
}

// The requests that failed, by status or outcome and by what is known besides.
std::map<std::string, std::uint64_t> failures_by_name(const Execution& execution,
                                                      const Scenario& scenario) {
  std::map<std::string, std::uint64_t> counts;
  for (const FailureKind& kind : failure_kinds(execution, scenario)) {
    const std::string name = (kind.status == 0 ? "" : "status ") + name_of(kind);
    counts[kind.words.empty() ? name : fmt::format("{} ({})", name, kind.words)] += kind.count;
  }
  return counts;
}

}  // namespace

CountedRequests count_requests(const Execution& execution, const Scenario& scenario) {
  CountedRequests found;
  std::uint64_t unanswered = 0;
  std::uint64_t repeated = 0;
  for (const Sample& sample : execution.samples) {
    if (sample.starts == 0 || sample.finishes == 0) ++unanswered;
    if (sample.starts > 1 || sample.finishes > 1) ++repeated;
    if (is_left_over(sample, execution, scenario)) continue;
    ++found.total;
    if (sample.outcome == Outcome::ok) {
      ++found.ok;
      found.body_bytes += sample.body_bytes;
      if (sample.connected) ++found.connected;
    } else {
      ++found.errors[std::string(outcome_name(sample.outcome))];
    }
  }
  const auto& tally = execution.samples.tally();
  if (tally) found.body_bytes = tally->body_bytes();
  if (unanswered > 0) {
    found.doubts.push_back(
        fmt::format("{} of {} requests have no outcome", unanswered, found.total));
  }
  if (repeated > 0) {
    found.doubts.push_back(counted(repeated, "request") + " issued or recorded more than once");
  }
  if (tally && tally->lost() > 0) {
    found.doubts.push_back(
        fmt::format("the requests ended in more than {} ways, and a list of so many keeps no more "
                    "apart; make fewer requests (-n)",
                    Tally::kMostEnds));
  }
  return found;
}

Scenario scenario_met(const Execution& execution, const Scenario& scenario, const Cell& cell) {
  Scenario met = scenario;
  met.workers = {cell.workers};
  met.protocols = {.versions = {cell.http}, .connections = {cell.connections}};
  if (execution.steady) {
    met.deadline = std::chrono::nanoseconds(execution.steady->end_ns - execution.header.ready_ns);
  }
  if (!execution.served) {
    ServerConfig plain;
    if (scenario.real_targets() == nullptr) plain.hosts.resize(scenario.server().hosts.size());
    met.answered_by = std::move(plain);
  }
  return met;
}

std::vector<std::string> doubts_about_attempts(const Execution& execution,
                                               const CountedRequests& counted,
                                               const Attempts& attempts, const Scenario& scenario) {
  const char* of = attempts.made > counted.total ? "attempt" : "request";
  std::vector<std::string> doubts;
  if (scenario.real_targets() == nullptr) {
    doubts.push_back(complaint(of, "failed", attempts.failed));
    doubts.push_back(
        complaint(of, "did not end as the scenario makes them end", attempts.not_as_due));
  } else if (counted.ok == 0) {
    doubts.push_back(
        complaint("request", "failed, none succeeded", failures_by_name(execution, scenario)));
  }
  doubts.push_back(complaint("request",
                             "ended without an attempt, or as given up before the deadline",
                             unfounded_ends(scenario_met(execution, scenario), execution.samples,
                                            execution.header.ready_ns)));
  std::erase(doubts, "");
  return doubts;
}

}  // namespace fanout

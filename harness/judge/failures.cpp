#include "harness/judge/failures.h"

#include <algorithm>
#include <tuple>

#include "harness/judge/steady_state.h"
#include "transports/retried.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// Whether a whole answer came, right or wrong.
bool is_answered(Outcome outcome) {
  return outcome == Outcome::ok || outcome == Outcome::bad_status ||
         outcome == Outcome::bad_length || outcome == Outcome::bad_token;
}

bool has_failed(const Sample& sample, const Execution& execution, const Scenario& scenario) {
  return sample.outcome != Outcome::ok && !is_left_over(sample, execution, scenario);
}

std::string words_of(const Execution& execution, const Sample& sample) {
  if (execution.failure_words == nullptr) return {};
  return std::string(execution.failure_words->at(sample.words));
}

}  // namespace

void each_failed(const Execution& execution, const Scenario& scenario,
                 const std::function<bool(FailedRequest)>& take) {
  for (std::size_t i = 0; i < execution.samples.size(); ++i) {
    const Sample sample = execution.samples[i];
    if (!has_failed(sample, execution, scenario)) continue;
    const bool more = take({.index = i,
                            .line = {},
                            .url = {},
                            .outcome = std::string(outcome_name(sample.outcome)),
                            .status = sample.status,
                            .words = words_of(execution, sample)});
    if (!more) return;
  }
}

std::vector<FailureKind> failure_kinds(const Execution& execution, const Scenario& scenario) {
  std::map<std::tuple<Outcome, std::uint16_t, std::uint8_t>, std::uint64_t> counts;
  for (const Sample& sample : execution.samples) {
    if (!has_failed(sample, execution, scenario)) continue;
    const std::uint16_t status = sample.outcome == Outcome::bad_status ? sample.status : 0;
    ++counts[{sample.outcome, status, sample.words}];
  }
  std::vector<FailureKind> kinds;
  for (const auto& [kind, count] : counts) {
    const auto& [outcome, status, words] = kind;
    kinds.push_back({std::string(outcome_name(outcome)), status,
                     words_of(execution, {.outcome = outcome, .words = words}), count});
  }
  std::ranges::stable_sort(kinds, std::ranges::greater(), &FailureKind::count);
  return kinds;
}

std::map<std::string, std::uint64_t> count_statuses(const Execution& execution) {
  std::map<std::uint16_t, std::uint64_t> counts;
  for (const Sample& sample : execution.samples) {
    if (is_answered(sample.outcome)) ++counts[sample.status];
    for (unsigned k = 0; k + 1 < sample.attempts; ++k) {
      const std::uint16_t status = retried_attempt(sample.retried, k).status;
      if (status != 0) ++counts[status];
    }
  }
  std::map<std::string, std::uint64_t> named;
  for (const auto& [status, count] : counts) named[std::to_string(status)] = count;
  return named;
}

}  // namespace fanout

#include "harness/scenario/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace fanout {

void check_mode(const Scenario& scenario, const std::string& where) {
  const bool open = scenario.mode == Mode::open;
  if (open && !scenario.rate) {
    throw UsageError(where + ": mode open needs a rate, requests per second in all; give --rate");
  }
  if (!open && scenario.rate) {
    throw UsageError(where + ": rate: only mode open has one; give --mode open, or no rate");
  }
  if (!open && scenario.arrivals) {
    throw UsageError(where + ": arrivals: only mode open has them; give --mode open, or none");
  }
  if (scenario.mode == Mode::steady && scenario.deadline.count() > 0) {
    throw UsageError(where +
                     ": deadline: mode steady ends by itself; leave out the deadline, or use "
                     "another mode");
  }
}

void check_order(const Scenario& scenario, const std::string& where) {
  if (scenario.order.empty() || scenario.real_targets() != nullptr) return;
  const std::uint32_t highest = std::ranges::max(scenario.order);
  const std::uint64_t hosts = hosts_of(scenario);
  if (highest < hosts) return;
  throw UsageError(fmt::format("{}: order: names host {}, and there {} {}, from 0 on", where,
                               highest, hosts == 1 ? "is" : "are", counted(hosts, "host")));
}

void check_policies(const Scenario& scenario, const std::string& where) {
  if (scenario.hedge.budget > 0 && scenario.retry.retries > 0) {
    throw UsageError(where +
                     ": hedge: a client hedges or retries, not both; leave out the hedge, or the "
                     "retries");
  }
  const bool held_back =
      scenario.max_rate > 0 || scenario.per_host > 0 || scenario.retry.pause_host;
  if (scenario.hedge.budget > 0 && held_back) {
    throw UsageError(where +
                     ": hedge: a request that max_rate, per_host or retry.pause_host holds back "
                     "would be taken for late; leave out the hedge, or those");
  }
  if (scenario.retry.budget && scenario.retry.retries == 0) {
    throw UsageError(where + ": retry.budget: there are no retries it is for; give --retries");
  }
}

void give_bodies_to_work_on(Scenario& scenario, const std::string& where) {
  if (scenario.work.body != BodyWork::json || scenario.real_targets() != nullptr) return;
  for (HostBehaviour& host : scenario.server().hosts) {
    if (scenario.method == Method::head || !may_have_body(host.status)) {
      throw UsageError(where +
                       ": work: there is no body to parse in an answer to HEAD, or with status 204 "
                       "or 304; leave out the work, or those");
    }
    if (!host.body_sizes.empty() || host.body_bytes < kLeastJson) {
      throw UsageError(fmt::format(
          "{}: work: to be parsed as JSON, every host's bodies have one size of {} bytes or more; "
          "give body_bytes as a number",
          where, kLeastJson));
    }
    host.json_body = true;
  }
}

void check_timeouts(const Scenario& scenario, const std::string& where) {
  const unsigned most = std::ranges::max(scenario.workers);
  if (scenario.work.cpu.count() > 0 && scenario.work.cpu * most >= scenario.timeout) {
    throw UsageError(fmt::format(
        "{}: work: a loop that works on {} takes as long as the time limit of a request or longer, "
        "so that right answers would time out; give a longer --timeout, or fewer --workers",
        where, counted(most, "answer")));
  }
  for (const auto& [key, value] : {std::pair{"timeout", scenario.timeout},
                                   std::pair{"connect_timeout", scenario.connect_timeout},
                                   std::pair{"deadline", scenario.deadline}}) {
    const bool none = value.count() == 0 && key == std::string_view("deadline");
    if (!none && value < std::chrono::milliseconds(1)) {
      throw UsageError(fmt::format("{}: {}: expected at least 1ms", where, key));
    }
  }
}

}  // namespace fanout

#include "harness/plan/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "harness/catalogue/names.h"
#include "harness/machine/environment.h"
#include "harness/plan/prediction.h"
#include "harness/plan/strategy_options.h"
#include "harness/scenario/checks.h"
#include "harness/scenario/hedge_text.h"
#include "harness/scenario/mode.h"
#include "harness/scenario/request_headers.h"
#include "harness/scenario/scenario_json.h"
#include "strategies/registry.h"
#include "transports/request_form.h"

namespace fanout {
namespace {

// What a sweep runs of a scenario that names one number of workers only.
std::vector<unsigned> sweep_workers(unsigned own) {
  if (own > 64) return {own / 8, own / 4, own / 2, own};
  return {1, 2, 4, 8, 16, 32, 64};
}

// The keys of a scenario that flags overrule: what its summary says of them is not what runs.
std::string overruled(const Selection& selection) {
  std::vector<std::string_view> keys;
  if (selection.requests) keys.emplace_back("requests");
  if (selection.mode) keys.emplace_back("mode");
  if (selection.rate) keys.emplace_back("rate");
  if (selection.arrivals) keys.emplace_back("arrivals");
  if (!selection.workers.empty()) keys.emplace_back("workers");
  if (!selection.http.empty()) keys.emplace_back("http");
  if (!selection.connections.empty()) keys.emplace_back("connections");
  if (selection.reuse) keys.emplace_back("reuse");
  if (selection.max_idle) keys.emplace_back("max_idle");
  if (selection.method) keys.emplace_back("method");
  if (selection.body) keys.emplace_back("body");
  if (selection.timeout) keys.emplace_back("timeout");
  if (selection.connect_timeout) keys.emplace_back("connect_timeout");
  if (selection.deadline) keys.emplace_back("deadline");
  if (selection.retries) keys.emplace_back("retries");
  if (selection.retry_budget) keys.emplace_back("retry.budget");
  if (selection.work) keys.emplace_back("work");
  if (selection.max_rate) keys.emplace_back("max_rate");
  if (selection.per_host) keys.emplace_back("per_host");
  if (selection.hedge_after || selection.hedge_budget) keys.emplace_back("hedge");
  if (!selection.strategy_options.empty()) keys.emplace_back("strategy_options");
  if (selection.queue_capacity) keys.emplace_back("queue_capacity");
  if (selection.engine) keys.emplace_back("engine");
  return fmt::format("{}", fmt::join(keys, ", "));
}

// The work that a list of URLs is.
Scenario scenario_for(const RealTargets& targets) {
  Scenario scenario;
  scenario.name = "urls";
  scenario.summary = fmt::format("{} of {} from {}", counted(targets.urls, "URL"),
                                 counted(targets.origins, "host"), targets.source);
  if (targets.skipped > 0) {
    scenario.summary += fmt::format(", {} left out", counted(targets.skipped, "line"));
  }
  scenario.requests = targets.urls;
  scenario.answered_by = targets;
  return scenario;
}

// The requests of a run unless the user says how many: strangers get each URL once. On this machine
// it is enough of them for the most workers to show what they are worth, each URL equally often.
std::uint64_t requests_for(const RealTargets& targets, unsigned most_workers) {
  constexpr std::uint64_t kLeast = 200;
  constexpr std::uint64_t kLeastOfAWorker = 20;
  if (!targets.loopback) return targets.urls;
  const std::uint64_t wanted = std::max(kLeast, kLeastOfAWorker * most_workers);
  return targets.urls * std::max<std::uint64_t>(1, (wanted + targets.urls - 1) / targets.urls);
}

// `where` is the scenario and the key that names it.
void check_peer(const std::string& where, const std::string& name) {
  if (find_peer(name) != nullptr) return;
  std::vector<std::string_view> known;
  for (const Program& peer : peers()) known.push_back(peer.name);
  try {
    throw_unknown("peer", name, known);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", where, error.what()));
  }
}

// A published figure of a strategy, or a program, there is not could be set beside no row.
void check_published(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.published.size(); ++i) {
    const Published& published = scenario.published[i];
    const std::string where = fmt::format("{}: published[{}]", scenario.name, i);
    if (!published.peer.empty()) check_peer(where + ".peer", published.peer);
    try {
      find_row("strategy", published.strategy, strategies());
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}.strategy: {}", where, error.what()));
    }
  }
  for (std::size_t i = 0; i < scenario.peers.size(); ++i) {
    check_peer(fmt::format("{}: peers[{}]", scenario.name, i), scenario.peers[i]);
  }
}

void select_protocols(Scenario& scenario, const Selection& selection) {
  if (!selection.http.empty()) scenario.protocols.versions = selection.http;
  if (!selection.connections.empty()) scenario.protocols.connections = selection.connections;
  if (scenario.protocols.connections.empty() || speaks_http2(scenario)) return;
  if (!selection.connections.empty()) {
    throw UsageError("--connections: requests share connections in HTTP/2 alone; give --http 2");
  }
  if (selection.http.empty()) {
    throw UsageError(
        fmt::format("{}: connections: requests share them in HTTP/2 alone; add \"http\": \"2\", or "
                    "[\"1.1\", \"2\"]",
                    scenario.name));
  }
  scenario.protocols.connections.clear();
}

// As curl does with --data: it makes a POST of what has no other method.
void select_body(Scenario& scenario, const Selection& selection) {
  if (!selection.body) return;
  if (!selection.method && !expects_body(scenario.method)) scenario.method = Method::post;
  if (scenario.method == Method::head) {
    throw UsageError("--body: a HEAD request has no body; leave out one of the two");
  }
  scenario.body = *selection.body;
  scenario.request_body_bytes = scenario.body.size();
  add_type_of_body(scenario.headers, scenario.body);
}

// cpp-httplib's server knows these methods, and reads a body with some of them.
void check_engine_knows(const Scenario& scenario) {
  if (scenario.real_targets() != nullptr || scenario.server().engine != EngineKind::httplib) return;
  const std::string_view method = scenario.method.name();
  const bool known = std::ranges::find(kCommonMethods, method) != kCommonMethods.end();
  const bool reads = scenario.body.empty() || expects_body(scenario.method) || method == "DELETE";
  if (known && reads) return;
  throw UsageError(fmt::format("engine httplib does not know {}{}; use --engine asio", method,
                               known ? " with a body" : ""));
}

// After everything else: how many requests mode steady needs depends on delays and workers.
void select_mode(Scenario& scenario, const Selection& selection) {
  const Mode own = scenario.mode;
  scenario.mode = selection.mode.value_or(own);
  if (own == Mode::open && scenario.mode != Mode::open) {
    scenario.rate = std::nullopt;
    scenario.arrivals = std::nullopt;
  }
  if (selection.rate) scenario.rate = selection.rate;
  if (selection.arrivals) scenario.arrivals = selection.arrivals;
  check_mode(scenario, scenario.name);
  if (scenario.mode == Mode::steady && own != Mode::steady && !selection.requests) {
    scenario.requests = steady_requests(scenario);
  }
}

// How the client behaves beyond a single attempt.
void select_policies(Scenario& scenario, const Selection& selection) {
  if (selection.retries) scenario.retry.retries = *selection.retries;
  if (selection.retry_budget) scenario.retry.budget = selection.retry_budget;
  if (selection.work) scenario.work = *selection.work;
  if (selection.max_rate) scenario.max_rate = *selection.max_rate;
  if (selection.per_host) scenario.per_host = *selection.per_host;
  if (selection.hedge_after) {
    scenario.hedge = *selection.hedge_after;
    scenario.hedge.budget = kDefaultHedgeBudget;
  }
  if (selection.hedge_budget) {
    if (scenario.hedge.budget == 0) {
      throw UsageError("--hedge-budget: there are no hedges it is for; give --hedge-after");
    }
    scenario.hedge.budget = *selection.hedge_budget;
  }
  for (const auto& [name, value] : selection.strategy_options) {
    scenario.strategy_options[name] = value;
  }
  check_strategy_options(scenario.name, scenario.strategy_options);
  check_policies(scenario, scenario.name);
}

// A scenario's peers take part unless strategies are named instead; those asked for do in any case,
// and all that speak its versions of HTTP where it names none.
void select_peers(Scenario& scenario, const Selection& selection) {
  if (!selection.peers.value_or(selection.strategies.empty())) scenario.peers.clear();
  if (!selection.peers.value_or(false) || !scenario.peers.empty()) return;
  for (const Program& peer : peers()) {
    const auto& versions = scenario.protocols.versions;
    const bool able =
        std::ranges::any_of(versions, [&](HttpVersion one) { return speaks(peer, one); });
    if (able) scenario.peers.push_back(peer.name);
  }
}

Scenario select_scenario(Scenario scenario, const Selection& selection) {
  if (selection.requests) scenario.requests = *selection.requests;
  if (selection.reuse) scenario.reuse = *selection.reuse;
  if (selection.max_idle) scenario.max_idle = selection.max_idle;
  if (selection.method) scenario.method = *selection.method;
  if (selection.timeout) scenario.timeout = *selection.timeout;
  if (selection.connect_timeout) scenario.connect_timeout = *selection.connect_timeout;
  if (selection.deadline) scenario.deadline = *selection.deadline;
  if (selection.queue_capacity) scenario.queue_capacity = selection.queue_capacity;
  if (selection.engine) scenario.server().engine = *selection.engine;
  scenario.headers.insert(scenario.headers.end(), selection.headers.begin(),
                          selection.headers.end());
  check_headers(selection.headers);
  select_body(scenario, selection);
  select_policies(scenario, selection);
  if (!selection.workers.empty()) {
    scenario.workers = selection.workers;
  } else if (selection.sweep && scenario.workers.size() == 1) {
    scenario.workers = sweep_workers(scenario.workers.front());
  }
  if (const auto* real = scenario.real_targets(); real != nullptr && !selection.requests) {
    scenario.requests = requests_for(*real, std::ranges::max(scenario.workers));
  }
  select_protocols(scenario, selection);
  if (!selection.strategies.empty()) scenario.strategies = selection.strategies;
  if (!selection.transports.empty()) scenario.transports = selection.transports;
  if (scenario.real_targets() == nullptr) check_engine(scenario.server());
  check_engine_knows(scenario);
  check_published(scenario);
  select_peers(scenario, selection);
  check_timeouts(scenario, scenario.name);
  give_bodies_to_work_on(scenario, scenario.name);
  select_mode(scenario, selection);
  const std::string keys = overruled(selection);
  if (!keys.empty() && scenario.real_targets() == nullptr) {
    scenario.summary += fmt::format(" (overruled: {})", keys);
  }
  return scenario;
}

// Before flags overrule them.
std::vector<Scenario> chosen_scenarios(const Selection& selection) {
  if (selection.targets) return {scenario_for(*selection.targets)};
  std::vector<Scenario> chosen;
  for (const std::string& name : selection.scenarios) {
    std::ranges::move(load_scenarios(name), std::back_inserter(chosen));
  }
  return chosen;
}

}  // namespace

std::vector<std::string> introduced(std::vector<std::string> headers) {
  if (!names_field(headers, "User-Agent")) {
    headers.push_back("User-Agent: fanout/" + this_tool().version);
  }
  return headers;
}

std::vector<std::string> sent_headers(const Scenario& scenario) {
  return scenario.real_targets() != nullptr ? introduced(scenario.headers) : scenario.headers;
}

std::vector<Scenario> select_scenarios(const Selection& selection) {
  std::vector<Scenario> selected;
  for (Scenario& scenario : chosen_scenarios(selection)) {
    selected.push_back(select_scenario(std::move(scenario), selection));
  }
  return selected;
}

}  // namespace fanout

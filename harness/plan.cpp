#include "harness/plan.h"

#include <numeric>

#include "base/text.h"
#include "base/token.h"
#include "base/units.h"
#include "harness/mode.h"
#include "harness/names.h"
#include "harness/pairing.h"
#include "harness/request_headers.h"
#include "harness/steady.h"
#include "strategies/registry.h"
#include "transports/registry.h"

namespace fanout {
namespace {

// Descriptors a process needs besides its connections: standard ones, epoll, pipes, libraries.
constexpr std::uint64_t kSpareDescriptors = 64;
// Share of the ephemeral ports one run may use up: some are still in TIME_WAIT from other programs.
constexpr double kUsablePorts = 0.9;

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
  if (selection.reuse) keys.emplace_back("reuse");
  if (selection.method) keys.emplace_back("method");
  if (selection.timeout) keys.emplace_back("timeout");
  if (selection.connect_timeout) keys.emplace_back("connect_timeout");
  if (selection.deadline) keys.emplace_back("deadline");
  if (selection.retries) keys.emplace_back("retries");
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
  scenario.requests = targets.urls;
  scenario.targets = targets;
  return scenario;
}

// A published figure of a strategy there is not could be set beside no row.
void check_published(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.published.size(); ++i) {
    try {
      find_row("strategy", scenario.published[i].strategy, strategies());
    } catch (const UsageError& error) {
      throw UsageError(
          fmt::format("{}: published[{}].strategy: {}", scenario.name, i, error.what()));
    }
  }
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

Scenario select_scenario(Scenario scenario, const Selection& selection) {
  if (selection.requests) scenario.requests = *selection.requests;
  if (selection.reuse) scenario.reuse = *selection.reuse;
  if (selection.method) scenario.method = *selection.method;
  if (selection.timeout) scenario.timeout = *selection.timeout;
  if (selection.connect_timeout) scenario.connect_timeout = *selection.connect_timeout;
  if (selection.deadline) scenario.deadline = *selection.deadline;
  if (selection.retries) scenario.retry.retries = *selection.retries;
  if (selection.queue_capacity) scenario.queue_capacity = selection.queue_capacity;
  if (selection.engine) scenario.server.engine = *selection.engine;
  scenario.headers.insert(scenario.headers.end(), selection.headers.begin(),
                          selection.headers.end());
  check_headers(selection.headers);
  if (!selection.workers.empty()) {
    scenario.workers = selection.workers;
  } else if (selection.sweep && scenario.workers.size() == 1) {
    scenario.workers = sweep_workers(scenario.workers.front());
  }
  if (!selection.strategies.empty()) scenario.strategies = selection.strategies;
  if (!selection.transports.empty()) scenario.transports = selection.transports;
  check_engine(scenario.server);
  check_published(scenario);
  check_timeouts(scenario, scenario.name);
  select_mode(scenario, selection);
  const std::string keys = overruled(selection);
  if (!keys.empty() && !scenario.targets) {
    scenario.summary += fmt::format(" (overruled: {})", keys);
  }
  return scenario;
}

// The descriptors that the busiest process of a cell's run needs, if it cannot have them: one per
// connection to each host of each worker, and what each client holds besides.
std::string lacks_descriptors(const Cell& cell, const Strategy& strategy,
                              const Transport& transport, const Scenario& scenario,
                              const Limits& limits) {
  const std::uint64_t hosts = hosts_of(scenario);
  const bool client_each = std::holds_alternative<RunBlocking>(strategy.run);
  const std::uint64_t per_worker = hosts + (client_each ? transport.client_descriptors : 0);
  const std::uint64_t needed = cell.workers * per_worker + kSpareDescriptors;
  const std::uint64_t available = limits.file_descriptors;
  if (transport.stack == "none" || needed <= available) return {};
  return fmt::format(
      "fd_limited: {} workers of {} / {} need {} file descriptors, {} are available; use at most "
      "{} --workers or raise the hard limit (ulimit -Hn)",
      cell.workers, cell.strategy, cell.transport, needed, available,
      available > kSpareDescriptors ? (available - kSpareDescriptors) / per_worker : 0);
}

// Mode steady ends before its list does: each worker makes a request per mean delay, on one CPU.
std::uint64_t most_connections(const Cell& cell, const Scenario& scenario) {
  constexpr double kConnecting = 60e-6;  // seconds of CPU, at least
  const std::uint64_t all = expected_connections(cell, scenario);
  if (scenario.mode != Mode::steady || scenario.targets) return all;
  std::chrono::duration<double> delays{};
  for (const HostBehaviour& host : scenario.server.hosts) delays += mean_of(host.delay) + host.rtt;
  const double wait = delays.count() / static_cast<double>(hosts_of(scenario));
  const double rate = std::min(cell.workers / (wait + kConnecting), 1 / kConnecting);
  const auto span = std::chrono::duration<double>(kSteadyWarmUp).count() +
                    std::max(std::chrono::duration<double>(kSteadyMeasure).count(),
                             static_cast<double>(kSteadyRequests) / rate);
  return std::min(all, static_cast<std::uint64_t>(span * rate));
}

// The connections to one address that a run of the cell makes, if it lacks ports for them.
std::string lacks_ports(const Cell& cell, const Transport& transport, const Scenario& scenario,
                        const Limits& limits) {
  const std::uint64_t needed = most_connections(cell, scenario) / hosts_of(scenario);
  const auto usable = static_cast<std::uint64_t>(static_cast<double>(limits.ports) * kUsablePorts);
  if (transport.stack == "none" || needed <= usable) return {};
  return fmt::format(
      "port_limited: needs {} connections to one address, {} of its ports can be used; {}", needed,
      usable,
      scenario.mode == Mode::steady ? "use longer delays or more hosts, or mode batch"
                                    : "make fewer requests (-n) or use more hosts");
}

// Whether a strategy is paired with a transport when the user names no transports: with those that
// hold the HTTP library fixed; and the first strategy that fits, with another library's as well.
bool in_default_suite(const Strategy& strategy, const Transport& transport,
                      std::span<const Strategy* const> chosen) {
  const auto pairs = [&](const Strategy* row) {
    return std::holds_alternative<RunPair>(pair_up(*row, transport));
  };
  switch (transport.suite) {
    case Suite::none:
    case Suite::floor:
      return false;
    case Suite::same_stack:
      return pairs(&strategy);
    case Suite::other_stack:
      break;
  }
  const auto first = std::ranges::find_if(chosen, pairs);
  return first != chosen.end() && *first == &strategy;
}

std::string why_not(const Strategy& strategy, const Transport& transport, const Scenario& scenario,
                    const Cell& cell, const Limits& limits) {
  const auto pairing = pair_up(strategy, transport);
  if (const auto* impossible = std::get_if<Impossible>(&pairing)) return impossible->reason;
  if (scenario.targets && transport.stack == "none") {
    return "has no network: real targets would be sent nothing";
  }
  if (!transport.tls && speaks_tls(scenario)) return "speaks no TLS, as this scenario does";
  std::string lacking = lacks_ports(cell, transport, scenario, limits);
  return lacking.empty() ? lacks_descriptors(cell, strategy, transport, scenario, limits) : lacking;
}

// Adds the cells of one strategy and transport, one per number of workers.
void add_cells(Plan& plan, const Scenario& scenario, const Strategy& strategy,
               const Transport& transport, const Limits& limits) {
  for (const unsigned workers : scenario.workers) {
    const bool one = strategy.concurrency == Concurrency::one;
    const Cell cell{std::string(strategy.name), std::string(transport.name),
                    std::string(transport.stack), scenario.name, one ? 1 : workers};
    std::string reason = why_not(strategy, transport, scenario, cell, limits);
    if (reason.empty()) {
      plan.cells.push_back(cell);
    } else {
      plan.skipped.push_back({cell, std::move(reason)});
    }
    if (one) return;
  }
}

void add_scenario(Plan& plan, const Scenario& scenario, const Limits& limits) {
  const auto chosen =
      scenario.strategies.empty()
          ? std::vector<const Strategy*>(strategies().begin(), strategies().end())
          : find_rows("strategy", std::span<const std::string>(scenario.strategies), strategies());
  const bool named = !scenario.transports.empty();
  const auto over =
      named
          ? find_rows("transport", std::span<const std::string>(scenario.transports), transports())
          : std::vector<const Transport*>(transports().begin(), transports().end());
  for (const Strategy* strategy : chosen) {
    for (const Transport* transport : over) {
      if (named || in_default_suite(*strategy, *transport, chosen)) {
        add_cells(plan, scenario, *strategy, *transport, limits);
      }
    }
  }
}

// What is to be run, before flags overrule it.
std::vector<Scenario> chosen_scenarios(const Selection& selection) {
  if (selection.targets) return {scenario_for(*selection.targets)};
  std::vector<Scenario> chosen;
  for (const std::string& name : selection.scenarios) chosen.push_back(load_scenario(name));
  return chosen;
}

}  // namespace

Plan make_plan(const Selection& selection, const Limits& limits) {
  Plan plan;
  for (Scenario& chosen : chosen_scenarios(selection)) {
    Scenario scenario = select_scenario(std::move(chosen), selection);
    if (std::ranges::find(plan.scenarios, scenario.name, &Scenario::name) != plan.scenarios.end()) {
      throw UsageError(fmt::format("scenario \"{}\" is named twice; name it once", scenario.name));
    }
    add_scenario(plan, scenario, limits);
    plan.scenarios.push_back(std::move(scenario));
  }
  if (plan.cells.empty()) {
    const std::string reason = plan.skipped.empty() ? "" : ": " + plan.skipped.front().reason;
    throw UsageError("nothing to run" + reason + "; see fanout list cells");
  }
  return plan;
}

std::vector<std::size_t> round_order(const Plan& plan, unsigned round) {
  std::vector<std::size_t> order(plan.cells.size() + plan.references.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Fisher and Yates; own numbers, because the standard shuffle differs between libraries.
  const std::uint64_t seed = mix64(plan.seed) + round;
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[make_token(seed, left) % left]);
  }
  return order;
}

std::string cell_text(const Cell& cell) {
  return fmt::format("{} / {} / {}", cell.strategy, cell.transport,
                     counted(cell.workers, "worker"));
}

const Scenario& scenario_of(const Plan& plan, const Cell& cell) {
  const auto found = std::ranges::find(plan.scenarios, cell.scenario, &Scenario::name);
  if (found != plan.scenarios.end()) return *found;
  return *std::ranges::find(plan.ceilings, cell.scenario, &Scenario::name);
}

std::uint64_t expected_connections(const Cell& cell, const Scenario& scenario) {
  const Strategy& strategy = find_row("strategy", cell.strategy, strategies());
  if (!scenario.reuse || strategy.client_life == ClientLife::request) return scenario.requests;
  return std::min<std::uint64_t>(scenario.requests, cell.workers * hosts_of(scenario));
}

}  // namespace fanout

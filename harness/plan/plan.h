// What will run, in which order, and what will not, with the reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "harness/machine/environment.h"
#include "harness/plan/cell.h"
#include "harness/plan/held_against.h"
#include "harness/scenario/scenario.h"

namespace fanout {

// Why a cell does not run.
enum class Skip : std::uint8_t {
  impossible,      // its strategy and transport, or program and scenario, do not go together
  unusable,        // the machine lacks or forbids what its transport is made on
  no_network,      // real targets would be sent nothing
  no_tls,          // its transport speaks none, and the scenario does
  no_version,      // its transport, or this version of it, does not speak that version of HTTP
  no_sharing,      // its requests cannot share so many connections
  no_redirects,    // its transport follows none, and the scenario does
  fd_limited,      // too few file descriptors
  port_limited,    // too few ephemeral ports
  memory_limited,  // too little memory for what is kept of its requests
  not_installed,   // what its external program needs is not here
};
inline constexpr EnumNames<Skip, 11> kSkipNames{{{"impossible", Skip::impossible},
                                                 {"unusable", Skip::unusable},
                                                 {"no_version", Skip::no_version},
                                                 {"no_sharing", Skip::no_sharing},
                                                 {"no_network", Skip::no_network},
                                                 {"no_tls", Skip::no_tls},
                                                 {"no_redirects", Skip::no_redirects},
                                                 {"fd_limited", Skip::fd_limited},
                                                 {"port_limited", Skip::port_limited},
                                                 {"memory_limited", Skip::memory_limited},
                                                 {"not_installed", Skip::not_installed}}};

struct WhySkipped {
  std::optional<Skip> kind;  // nothing: read from a document, which holds the text alone
  std::string text;          // for people, on one line
};

struct Skipped {
  Cell cell;
  WhySkipped why;
};

// What a cell is run for besides being compared (harness/plan/references.h).
enum class Role : std::uint8_t {
  twin,          // a compared cell under an alias: both differ by noise alone
  floor,         // a bare epoll loop on the same scenario: the least a request costs a client here
  ceiling,       // the same against the same server without delays: the most the server can do
  against,       // a compared cell by another build of fanout
  against_twin,  // the same once more: both differ by noise alone
};
inline constexpr EnumNames<Role, 5> kRoleNames{{{"twin", Role::twin},
                                                {"client_floor", Role::floor},
                                                {"server_ceiling", Role::ceiling},
                                                {"against", Role::against},
                                                {"against_twin", Role::against_twin}}};

constexpr bool is_of_other_build(Role role) {
  return role == Role::against || role == Role::against_twin;
}

struct Reference {
  Role role;
  Cell cell;
};

// An external program that takes part.
struct PlannedProgram {
  std::string name;
  std::vector<std::string> command;  // as it is executed
  std::string imitates;              // the strategy it is held against, or ""
};

// By what --fail-if judges a cell.
enum class FailOn : std::uint8_t { interval, median };
inline constexpr EnumNames<FailOn, 2> kFailOnNames{
    {{"interval", FailOn::interval}, {"median", FailOn::median}}};

struct Plan {
  std::vector<Scenario> scenarios;
  std::vector<Cell> cells;
  std::vector<PlannedProgram> programs;
  std::vector<Reference> references;
  std::vector<Scenario> ceilings;  // the scenarios of references in that role
  std::vector<Skipped> skipped;
  std::optional<OtherBuild> against;
  std::optional<Baseline> baseline;
  std::vector<std::string> fail_if;  // harness/analysis/condition.h
  FailOn fail_on = FailOn::interval;
  double least_success = 0.99;  // a cell with a smaller share is neither ranked nor recommended
  unsigned rounds = 10;
  std::uint64_t seed = 1;
  Affinity affinity = Affinity::isolated;
  bool shares_for_work = false;  // affinity_for() chose so; while measuring only
  std::optional<std::chrono::nanoseconds> time_budget;  // no new round once it is spent
  // No new round from 10 on once the interval of every cell's makespan (mode steady: throughput;
  // open: CPU per request) is at most so wide: its half-width relative to its median.
  std::optional<double> precision;
  std::optional<std::chrono::nanoseconds> run_limit;  // overrules the limit of every run
  std::chrono::nanoseconds predicted{};               // of all rounds, a rough guess
  bool keep_going = false;  // although real targets answer nothing; while measuring only
};

// How to divide so many CPUs where the user does not say. Where answers cost work and each side
// would get one of two CPUs, they share both: on one, nobody works side by side.
Affinity affinity_for(const Plan& plan, unsigned cpus);

// The order of the cells in a round, then (as indices from cells.size() on) the references: a fresh
// permutation of all for each, fixed by the seed. What another build runs comes next to the row
// that it is held against, before or after it, so that both meet the same neighbours.
std::vector<std::size_t> round_order(const Plan& plan, unsigned round);

// The scenario of a cell or a reference of the plan.
const Scenario& scenario_of(const Plan& plan, const Cell& cell);

// Whether its strategy finds out by itself how many requests to have in flight.
bool is_adaptive(const Cell& cell);

// The attempts that a run of this cell has in flight at once, at most: two of a hedged request.
std::uint64_t attempts_in_flight(const Cell& cell, const Scenario& scenario);

// The connections that a run of this cell holds at once, at most: those in use and those kept idle.
std::uint64_t held_connections(const Cell& cell, const Scenario& scenario);

// Connections the server should count for a run of this cell; the most there may be if more hosts
// are asked than it keeps connections to.
std::uint64_t expected_connections(const Cell& cell, const Scenario& scenario);

}  // namespace fanout

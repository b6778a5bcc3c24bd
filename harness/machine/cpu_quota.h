// What control groups (cgroups(7), v1 and v2) let this process have of the CPUs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fanout {

// The folders of the control groups whose CPU time this process takes part in: its own and all
// above it that can be seen here, which in a container are its own ones. Empty: there are none.
std::vector<std::string> cpu_groups(const std::string& proc = "/proc");

// The least CPU time that any of the groups may use, in CPUs: 0.5 is half of one. Nothing: all may
// use as much as there is.
std::optional<double> cpu_quota(std::span<const std::string> groups);

// How long the groups have been stopped so far because a quota was used up, in nanoseconds, each of
// the CPUs they were stopped on counted. Nothing: no group keeps such an account.
std::optional<std::int64_t> throttled_ns(std::span<const std::string> groups);

}  // namespace fanout

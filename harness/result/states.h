// The states of runs and reports, each with the table of its names in documents.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/enum_names.h"

namespace fanout {

// What kept a run from being faster.
enum class Limit : std::uint8_t {
  none,         // nothing stands out
  latency,      // the delays of the server
  client,       // the client's CPU
  server,       // the server's CPU, or its threads where each holds a request
  rate,         // the schedule of mode open
  quota,        // the rate that the server allows its clients
  ports,        // attempts found no local port left
  descriptors,  // attempts found no file descriptor left
};
inline constexpr EnumNames<Limit, 8> kLimitNames{{{"", Limit::none},
                                                  {"latency", Limit::latency},
                                                  {"client", Limit::client},
                                                  {"server", Limit::server},
                                                  {"rate", Limit::rate},
                                                  {"quota", Limit::quota},
                                                  {"ports", Limit::ports},
                                                  {"descriptors", Limit::descriptors}}};
constexpr std::string_view name_of(Limit limit) { return enum_name(limit, kLimitNames); }

// What else should be known of a run, valid or not.
enum class Flag : std::uint8_t {
  throttled,         // a CPU quota stopped it
  noisy,             // neighbours on the machine disturbed it
  saturated,         // mode open: the client fell behind its schedule
  unsteady,          // mode steady: the warm-up did not settle, or 60 s were not enough
  quota_bound,       // the rate that the server allows explains 85 % of the makespan or more
  latency_bound,     // busy for 85 % of the makespan or more: the delays of the server ...
  client_bound,      // ... the client's CPU
  server_bound,      // ... the server's CPU; or its accept queue overflowed
  port_limited,      // attempts found no local port left
  fd_limited,        // attempts found no file descriptor left
  server_replaced,   // the server was found dead before it, and started anew
  waited_for_ports,  // earlier connections held too many local ports when it was to begin
  tallied,           // a long list: what was kept of single requests has no times
};
inline constexpr EnumNames<Flag, 13> kFlagNames{{{"throttled", Flag::throttled},
                                                 {"noisy", Flag::noisy},
                                                 {"saturated", Flag::saturated},
                                                 {"unsteady", Flag::unsteady},
                                                 {"quota_bound", Flag::quota_bound},
                                                 {"latency_bound", Flag::latency_bound},
                                                 {"client_bound", Flag::client_bound},
                                                 {"server_bound", Flag::server_bound},
                                                 {"port_limited", Flag::port_limited},
                                                 {"fd_limited", Flag::fd_limited},
                                                 {"server_replaced", Flag::server_replaced},
                                                 {"waited_for_ports", Flag::waited_for_ports},
                                                 {"tallied", Flag::tallied}}};
constexpr std::string_view name_of(Flag flag) { return enum_name(flag, kFlagNames); }

// Where a measurement stands.
enum class Status : std::uint8_t {
  running,      // also of a file whose fanout was killed
  complete,     // all rounds, or as many as were wanted
  interrupted,  // by a signal; what was measured is whole
  failed,       // by an error; what was measured is whole
};
inline constexpr EnumNames<Status, 4> kStatusNames{{{"running", Status::running},
                                                    {"complete", Status::complete},
                                                    {"interrupted", Status::interrupted},
                                                    {"failed", Status::failed}}};
constexpr std::string_view name_of(Status status) { return enum_name(status, kStatusNames); }

// Why no further round was begun.
enum class StoppedBy : std::uint8_t {
  nothing,         // it still runs
  rounds,          // all that were planned
  interval_width,  // every cell is known as precisely as Plan::precision asks
  time_budget,     // Plan::time_budget is spent
  no_success,      // real targets answered nothing so far
  interrupt,       // a signal
  error,           // an exception
};
inline constexpr EnumNames<StoppedBy, 7> kStoppedByNames{
    {{"", StoppedBy::nothing},
     {"rounds", StoppedBy::rounds},
     {"interval width", StoppedBy::interval_width},
     {"time budget", StoppedBy::time_budget},
     {"no success", StoppedBy::no_success},
     {"interrupt", StoppedBy::interrupt},
     {"error", StoppedBy::error}}};
constexpr std::string_view name_of(StoppedBy reason) { return enum_name(reason, kStoppedByNames); }

}  // namespace fanout

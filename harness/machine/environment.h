// The machine and the build a result was measured with.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"

namespace fanout {

// Which CPUs the server and the clients get.
enum class Affinity : std::uint8_t {
  isolated,  // the server has the last CPUs, clients the rest; `shared` on a machine with one
  shared,    // both have all
  none,      // left to the kernel
};
inline constexpr EnumNames<Affinity, 3> kAffinityNames{
    {{"isolated", Affinity::isolated}, {"shared", Affinity::shared}, {"none", Affinity::none}}};

// What a plan must keep to on this machine; a parameter of planning, so that plans can be tested.
struct MachineLimits {
  std::uint64_t file_descriptors = 0;  // hard limit of a process
  std::uint64_t ports = 0;             // ephemeral ports, for connections to one address and port
  // Whether clients connect to the local server from one address, because it is on another machine.
  bool one_address = false;
  std::uint64_t memory = 0;  // bytes that are free or can be made so; 0: not known
};

struct Tool {
  std::string version;
  std::string commit;
  std::string build;  // "Release", "Debug", with the sanitizers if any
};
Tool this_tool();

// Why figures of this build are not to be ranked, or "" (a Release build without sanitizers).
std::string unfit_build();

// The machine of the embedded server, where that is another one than the clients'.
struct ServerMachine {
  std::string address;  // as the user named it, without a port
  std::string network;  // what lies between, in the user's words; may be empty
  std::string kernel;
  std::string cpu_model;
  double cpus = 0;
  // How long a small message takes there and back.
  struct RoundTrip {
    std::int64_t min = 0;
    std::int64_t median = 0;
    std::int64_t max = 0;
  } round_trip_ns{};
};

// One of several machines of clients that run a cell together.
struct ClientMachine {
  std::string host;
  double cpus = 0;
  // By how much its clock may differ from what was estimated: half of the shortest round trip.
  std::int64_t clock_error_ns = 0;
};

struct Environment {
  std::string kernel;
  std::string os;
  std::string cpu_model;
  double cpus = 0;  // this process may use: those of its affinity, or its quota
  // CPUs that its control groups let it use, where that is less than its affinity does.
  std::optional<double> cpu_quota;
  std::int64_t memory_bytes = 0;
  std::string congestion_control;         // the system's default
  std::string socket_congestion_control;  // what our sockets really got
  std::uint64_t file_descriptors = 0;     // hard limit
  std::uint64_t ephemeral_ports = 0;
  std::vector<int> server_cpus;  // empty: not pinned
  std::vector<int> client_cpus;
  std::map<std::string, std::string> libraries;   // transport -> version of its library
  std::optional<ServerMachine> server_machine{};  // nothing: this one
  std::vector<ClientMachine> clients{};           // none: this one
};
// What this machine is, with the CPUs divided as `affinity` says; `server_loops` as in CpuShares.
Environment this_environment(Affinity affinity, unsigned server_loops = 1);

// Who gets which CPUs; empty: not pinned.
struct CpuShares {
  std::vector<int> server;
  std::vector<int> client;
};
// Divides these CPUs, of which there is at least one. Where server and clients are isolated, the
// server gets one for each of its loops, but leaves clients one.
CpuShares divide_cpus(const std::vector<int>& cpus, Affinity affinity, unsigned server_loops);

// How many CPUs this process may use: those of its affinity, or its quota where that is less.
double usable_cpus();

MachineLimits machine_limits();

// Lets this process, and those it starts from now on, have as many descriptors as the hard limit
// allows.
void raise_descriptor_limit();

}  // namespace fanout

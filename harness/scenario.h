// The work: how many requests, to which hosts, what they do, under which client policy. Plain data,
// one JSON document; the built-in ones (harness/scenarios/) take the same path as a user's file.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/schedule.h"
#include "local_server/behaviour.h"
#include "transports/transport.h"

namespace fanout {

// A figure an article published: what it calls the approach, and which cell is its equal.
struct Published {
  std::string name;
  std::string strategy;
  std::string peer;  // the external program that repeats it, or ""
  unsigned workers = 1;
  std::chrono::nanoseconds makespan{};  // 0: it gives none
};

// Real targets (--url, --urls), which take the place of the embedded server.
struct RealTargets {
  std::uint64_t urls = 0;     // in the list
  std::uint64_t origins = 0;  // distinct scheme, host and port among them
  std::string source;         // where the list came from, for people
  bool tls = false;           // whether one of them is https; known while planning only
};

// How requests are put to the server (docs/methodology.md, "Modes").
enum class Mode : std::uint8_t {
  batch,   // so many requests, as fast as workers can, from cold
  steady,  // the same after warm-up: `requests` is the most there may be
  open,    // requests are due on a schedule, whether or not a worker is free for them
};

struct Scenario {
  std::string name;
  std::string summary;                // one line, for help
  std::uint64_t requests = 0;         // request i goes to host i modulo the number of hosts
  std::vector<unsigned> workers{10};  // each makes a cell of its own
  Mode mode = Mode::batch;
  std::optional<double> rate;        // mode open: requests per second, of all workers together
  std::optional<Arrivals> arrivals;  // mode open; nothing: constant
  Method method = Method::get;
  std::uint64_t request_body_bytes = 0;  // of a POST
  bool reuse = true;                     // whether clients keep their connections
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds deadline{};  // of all requests, from ready() on; 0: none
  RetryPolicy retry{};
  // Of strategies that have a queue; nothing: twice the workers.
  std::optional<std::uint64_t> queue_capacity;
  std::vector<Published> published;  // of the article it repeats
  std::vector<std::string> headers;  // "Name: value", sent besides fanout's own
  ServerConfig server;               // means nothing with real targets
  std::optional<RealTargets> targets;
  // The rows it is meant for; empty: the default ones. `--strategy` and `--transport` overrule.
  std::vector<std::string> strategies;
  std::vector<std::string> transports;
  std::vector<std::string> peers;  // external programs that take part where they are installed
};

inline constexpr std::uint64_t kUnboundedQueue = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::uint64_t kMaxRequests = 10'000'000;
inline constexpr unsigned kMaxWorkers = 100'000;

// A built-in name, or the path of a file (it has a '/' or ends in ".json"). Throws UsageError
// naming the file, the key and what was expected.
Scenario load_scenario(const std::string& name_or_file);

// Throws UsageError, naming key and `where`, if a time limit is too short to be kept.
void check_timeouts(const Scenario& scenario, const std::string& where);

// `where` names the document in errors.
Scenario scenario_from_json(const nlohmann::json& json, const std::string& where);
nlohmann::json to_json(const Scenario& scenario);

// How many addresses and ports the requests go to.
std::uint64_t hosts_of(const Scenario& scenario);

// Whether any of them speaks TLS.
bool speaks_tls(const Scenario& scenario);

// What shows that a request was answered: "token", which the server counts and returns, or, of real
// targets, only "status and length".
std::string_view proof_of(const Scenario& scenario);

}  // namespace fanout

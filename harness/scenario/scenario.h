// The work: how many requests, to which hosts, what they do, under which client policy. Plain data;
// its JSON form is in harness/scenario/scenario_json.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/scenario/bounds.h"
#include "harness/scenario/mode.h"
#include "harness/scenario/protocols.h"
#include "harness/scenario/published.h"
#include "harness/scenario/schedule.h"
#include "local_server/behaviour.h"
#include "strategies/work.h"
#include "transports/transport.h"

namespace fanout {

// Real targets (--url, --urls), which take the place of the embedded server.
struct RealTargets {
  std::uint64_t urls = 0;     // in the list
  std::uint64_t origins = 0;  // distinct scheme, host and port among them
  std::uint64_t skipped = 0;  // lines that could not be used and were left out
  std::string source;         // where the list came from, for people
  std::string digest{};       // of the list (list_notes.h), its secrets masked; "": not known
  std::string first_url{};    // its secrets masked; "": not known
  bool tls = false;       // whether one of them is https; known while planning only, as the next
  bool loopback = false;  // whether all are on this machine
  bool follow = false;    // whether redirects are followed
  // Which addresses of a name its requests went to: "localhost" -> {"::1"}.
  std::map<std::string, std::vector<std::string>> addresses{};
};

struct Scenario {
  std::string name;
  std::string summary;  // one line, for help
  std::uint64_t requests = 0;
  // Request i goes to the host order[i modulo its length]; empty: to each host in turn.
  std::vector<std::uint32_t> order{};
  std::vector<unsigned> workers{10};  // each makes a cell of its own
  Protocols protocols{};              // likewise
  Mode mode = Mode::batch;
  std::optional<double> rate;        // mode open: requests per second, of all workers together
  std::optional<Arrivals> arrivals;  // mode open; nothing: constant
  Method method = Method::get;
  std::uint64_t request_body_bytes = 0;  // of a POST, PUT or PATCH
  std::string body;   // the user's own, of so many bytes, with any method; documents have its size
  bool reuse = true;  // whether clients keep their connections
  // How many idle connections all clients of a run keep; nothing: max_idle_of() below.
  std::optional<std::uint64_t> max_idle;
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds deadline{};  // of all requests, from ready() on; 0: none
  Work work{};                          // what clients do with each right answer
  bool keep = false;                    // whether they hold its body until its request has ended
  double max_rate = 0;                  // attempts a second of all workers together; 0: any number
  unsigned per_host = 0;                // attempts in flight to each host; 0: any number
  HedgePolicy hedge{};                  // its budget is 0 where there is none
  RetryPolicy retry{};
  // How many requests the queue of a strategy holds; nothing: twice the workers.
  std::optional<std::uint64_t> queue_capacity;
  std::vector<Published> published;  // of the article it repeats
  std::vector<std::string> headers;  // sent besides fanout's own (transports/request_form.h)
  // Who answers: the embedded server, or real targets in its place.
  std::variant<ServerConfig, RealTargets> answered_by;
  // What is set of adaptive strategies: "aimd.decrease" -> 0.8.
  std::map<std::string, double> strategy_options{};
  std::string variant_of{};  // the scenario that this is a variant of; "": of none
  // The rows it is meant for; empty: the default ones. `--strategy` and `--transport` overrule.
  std::vector<std::string> strategies;
  std::vector<std::string> transports;
  std::vector<std::string> peers;  // external programs that take part where they are installed

  // The embedded server's configuration. REQUIRED: no real targets (std::bad_variant_access).
  [[nodiscard]] ServerConfig& server() { return std::get<ServerConfig>(answered_by); }
  [[nodiscard]] const ServerConfig& server() const { return std::get<ServerConfig>(answered_by); }
  // The real targets; null if the embedded server answers.
  [[nodiscard]] const RealTargets* real_targets() const {
    return std::get_if<RealTargets>(&answered_by);
  }
};

// The CPU time that the work on an answer takes: what is asked for, or of work on bodies an
// estimate that is rather too high.
std::chrono::nanoseconds work_on_an_answer(const Scenario& scenario);

// Whether clients hold bodies: because they are to, or to work on them.
bool keeps_bodies(const Scenario& scenario);

// Whether both are the same work for clients, whatever their policies and workers: the same
// requests at the same times and as long for them, the same embedded server, the same CPU time on
// answers.
bool is_same_task(const Scenario& one, const Scenario& other);

// How many addresses and ports the requests go to.
std::uint64_t hosts_of(const Scenario& scenario);

// The host that request i goes to, by its number.
std::size_t host_index(const Scenario& scenario, std::uint64_t request);
// The host of the embedded server that request i goes to.
const HostBehaviour& host_of(const Scenario& scenario, std::uint64_t request);

// The share of the requests that go to this host, 0 to 1.
double share_of_host(const Scenario& scenario, std::size_t host);

// How many idle connections all clients of a run with so many workers keep at most, to whatever
// hosts: what the scenario says, else twice the workers, and 10 at least.
std::uint64_t max_idle_of(const Scenario& scenario, unsigned workers);

// Whether any of them speaks TLS, and whether any of its cells speaks HTTP/2.
bool speaks_tls(const Scenario& scenario);
bool speaks_http2(const Scenario& scenario);

// Whether clients follow redirects: real targets' alone, and only if the user wants it.
bool follows(const Scenario& scenario);

// What shows that a request was answered: "token", which the server counts and returns, or, of real
// targets, only "status and length".
std::string_view proof_of(const Scenario& scenario);

// The schedule of a run with this seed; one without rate unless the mode is open.
Schedule schedule_of(const Scenario& scenario, std::uint64_t seed);

// "200 requests", "steady: up to 5,000 requests", "open: 3,000 requests, 1,000/s poisson".
std::string work_in_words(const Scenario& scenario);

}  // namespace fanout

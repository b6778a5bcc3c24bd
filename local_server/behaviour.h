// How the embedded server answers: plain data, the same for every engine, with its JSON form.
//
// The JSON keys are those of the "server" part of a scenario file (harness/scenarios/), so a
// scenario is handed to the server as it was written.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// The time between a request's arrival and its answer.
struct Delay {
  enum class Kind : std::uint8_t { fixed, uniform, lognormal };
  Kind kind = Kind::fixed;
  std::chrono::nanoseconds mean{};  // fixed: the delay itself; lognormal: the arithmetic mean
  std::chrono::nanoseconds min{};   // uniform: bounds, both included
  std::chrono::nanoseconds max{};
  double sigma = 0;  // lognormal: standard deviation of the logarithm
};

// The delay of the request with this token. A pure function, so the same request waits equally long
// whichever strategy sends it, and cells of one round do the same work.
std::chrono::nanoseconds draw(const Delay& delay, std::uint64_t token);

// What happens instead of a whole answer. Fault matrices of scenarios build on this.
enum class Fault : std::uint8_t {
  none,
  reset,     // RST after half of the body
  truncate,  // orderly close after half of the body
  hang,      // no answer at all
};

struct HostBehaviour {
  Delay delay{};
  std::uint64_t body_bytes = 115;
  unsigned status = 200;
  Fault fault = Fault::none;  // engine asio only
  // A network that is not there, emulated (engine asio only): each answer waits one round trip, the
  // first on a connection as many more as connecting would have taken: 1 for TCP, 2 with TLS 1.3.
  std::chrono::nanoseconds rtt{};
  unsigned handshake_trips = 1;
};

enum class EngineKind : std::uint8_t { asio, httplib };

struct ServerConfig {
  EngineKind engine = EngineKind::asio;
  unsigned threads = 128;  // engine httplib: its pool; engine asio is one event loop on one thread
  std::string bind{};      // empty: host i listens on 127.0.0.(1 + i)
  std::uint16_t port = 0;  // 0: a fresh port for each host
  std::vector<HostBehaviour> hosts{HostBehaviour{}};
};

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

// Throws UsageError naming the key, what was found and what was expected.
ServerConfig server_config_from_json(const nlohmann::json& json);
nlohmann::json to_json(const ServerConfig& config);

// Throws UsageError if the engine cannot do what the hosts are to do.
void check_engine(const ServerConfig& config);

}  // namespace fanout

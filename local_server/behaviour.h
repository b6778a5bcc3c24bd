// How the embedded server answers: plain data, the same for every engine, with its JSON form.
//
// The JSON keys are those of the "server" part of a scenario file (harness/scenario/scenarios/), so
// a scenario is handed to the server as it was written.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "local_server/fault.h"
#include "local_server/http2_settings.h"
#include "local_server/limit.h"
#include "wire/http_version.h"

namespace fanout {

// The time between a request's arrival and its answer.
struct Delay {
  enum class Kind : std::uint8_t { fixed, uniform, lognormal, bimodal, list };
  Kind kind = Kind::fixed;
  std::chrono::nanoseconds mean{};  // fixed: the delay itself; lognormal: the arithmetic mean
  std::chrono::nanoseconds min{};   // uniform: bounds, both included; bimodal: the fast one
  std::chrono::nanoseconds max{};   // bimodal: the slow one
  double sigma = 0;                 // lognormal: standard deviation of the logarithm
  double slow_share = 0;            // bimodal: of the requests that wait `max`, 0..1
  std::vector<std::chrono::nanoseconds> values{};  // list: each as likely as the others
};

// The delay of the request with this token. A pure function, so the same request waits equally long
// whichever strategy sends it, and cells of one round do the same work.
std::chrono::nanoseconds draw(const Delay& delay, std::uint64_t token);

// Its mean over all tokens.
std::chrono::nanoseconds mean_of(const Delay& delay);

// A server that slows down under load: a request that arrives while n others of its host are held
// waits (n - above) x per_request longer, if n is more than `above`.
struct Slowdown {
  unsigned above = 0;
  std::chrono::nanoseconds per_request{};  // 0: it does not
};

// The whole server stands still once, answering nobody: its event loop sleeps.
struct Freeze {
  std::chrono::nanoseconds at{};       // from the first request of the run on
  std::chrono::nanoseconds lasting{};  // 0: it does not
};

// Whether a host speaks TLS 1.3, and with which certificate.
enum class Tls : std::uint8_t {
  off,
  on,         // one made at start, which clients trust
  untrusted,  // another one, which they are not
};

// False for 204 and 304, which HTTP forbids to have a body (RFC 9110, 6.4.1).
constexpr bool may_have_body(unsigned status) { return status != 204 && status != 304; }
inline constexpr std::uint64_t kLeastJson = 2;  // bytes of a JSON document: "[]"

struct HostBehaviour {
  Delay delay{};
  std::uint64_t body_bytes = 115;           // of a right answer; with sizes below, the largest
  std::vector<std::uint64_t> body_sizes{};  // each as likely as the others; none: body_bytes
  bool json_body = false;  // a JSON document, for clients that parse it; of one size
  unsigned status = 200;
  // Engine asio only, from here on. The shares add up to 1 at most; the rest is answered rightly.
  std::vector<FaultShare> faults;
  Tls tls = Tls::off;
  Slowdown slowdown{};
  Freeze freeze{};
  unsigned close_after = 0;  // requests a connection serves before it is closed; 0: any number
  // A network that is not there, emulated: each answer waits one round trip, the
  // first on a connection as many more as connecting would have taken: 1 for TCP, 2 with TLS 1.3.
  std::chrono::nanoseconds rtt{};
  unsigned handshake_trips = 1;
  std::optional<ServerLimit> limit{};  // whom it rejects; nothing: nobody
  Http2Settings http2{};               // of a server that speaks HTTP/2
};

// What this token meets: a fault of host.faults, or null. As pure as draw().
const FaultShare* draw_fault(const HostBehaviour& host, std::uint64_t token);

// Even from 0 to 1: whether this token is among the share that a limit rejects. As pure as draw().
double draw_rejection(std::uint64_t token);

// The length of the body of a right answer to this token. As pure as draw().
std::uint64_t draw_body(const HostBehaviour& host, std::uint64_t token);

bool refuses(const HostBehaviour& host);  // whether nobody listens at it

enum class EngineKind : std::uint8_t { asio, httplib };
inline constexpr EnumNames<EngineKind, 2> kEngineNames{
    {{"asio", EngineKind::asio}, {"httplib", EngineKind::httplib}}};

inline constexpr unsigned kMostLoops = 64;

// The tokens of a run's first attempts: make_token(seed, i) of each i below count (wire/token.h).
struct FirstTokens {
  std::uint64_t seed = 0;
  std::uint64_t count = 0;
};

struct ServerConfig {
  EngineKind engine = EngineKind::asio;
  unsigned threads = 128;  // engine httplib: its pool
  // Engine asio: its event loops, each on a thread of its own. Nothing: whoever plans may choose
  // (harness/plan/server_loops.h), and an engine runs one.
  std::optional<unsigned> loops{};
  std::string bind{};                     // empty: host i listens on 127.0.0.(1 + i)
  std::uint16_t port = 0;                 // 0: a fresh port for each host
  HttpVersion http = HttpVersion::http1;  // http2: beside HTTP/1.1, by ALPN or prior knowledge
  std::vector<HostBehaviour> hosts{HostBehaviour{}};
  FirstTokens first_tokens{};  // of one run, so no part of the JSON form
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

// What single requests to an API have shown, wherever that comes from: the requests of a recording
// (probe.h), or a log of somebody else's. All that is recorded is fitted to these (fit.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "harness/recording/arrivals_seen.h"

namespace fanout {

struct Observation {
  std::size_t host = 0;            // an index into Observations::hosts
  bool on_kept_connection = true;  // whether it was to go over one that is kept
  bool connected = false;          // whether it opened a connection
  // How long the connection that is kept had not been used; nothing: there was none.
  std::optional<std::chrono::nanoseconds> idle{};
  // How many were in flight, itself included, and whether all of them were when it was sent.
  unsigned at_once = 1;
  bool among_others = false;

  // Times; nothing where they were not seen.
  std::optional<std::chrono::nanoseconds> connect{};     // of TCP
  std::optional<std::chrono::nanoseconds> handshake{};   // of TLS
  std::optional<std::chrono::nanoseconds> first_byte{};  // from sending to the answer's first byte
  std::chrono::nanoseconds receiving{};                  // from there to its last byte

  unsigned status = 0;    // 0: there was no answer
  std::string failure{};  // why there was no whole answer, such as "timeout"; "": there was one
  std::uint64_t body_bytes = 0;
  std::optional<std::uint64_t> header_bytes{};
  unsigned http_version = 0;                     // 10, 11, 20 or 30; 0: not known
  bool tls12 = false;                            // whether its handshake agreed on TLS 1.2
  bool says_close = false;                       // whether the answer has Connection: close
  bool told_to_wait = false;                     // whether it is a 429, or a 503 with Retry-After
  std::vector<std::string> rate_limit_fields{};  // "RateLimit: ..."

  // Whether it shows how the API answers when it does what was asked. (A 304 answers a conditional
  // request, which no scenario makes.)
  [[nodiscard]] bool is_usable() const {
    return failure.empty() && status >= 200 && status < 400 && status != 304 &&
           first_byte.has_value();
  }
};

// "https://host-2": what a host is called where it is not to be named.
std::string anonymous_name(bool tls, std::size_t number);

// "1.1", "2": a version as Observation has it. REQUIRED: it is known.
std::string http_version_text(unsigned version);

struct ObservedHost {
  std::string name;  // "https://api.example.org": scheme, name and port, and nothing else
  bool tls = false;
};

// Where observations come from.
enum class Source : std::uint8_t { requests, har, access_log };
inline constexpr EnumNames<Source, 3> kSourceNames{{{"requests", Source::requests},
                                                    {"HAR file", Source::har},
                                                    {"access log", Source::access_log}}};

struct Observations {
  Source source = Source::requests;
  std::vector<ObservedHost> hosts{};
  std::vector<Observation> all{};  // in the order they were made
  std::string ended_early{};       // why there are fewer than asked for; "": there are not
  // What of the source is not in the scenario, in sentences.
  std::vector<std::string> notes{};
  // The first lines of a log that could not be read, for who made the recording alone.
  std::vector<std::string> unread{};
  // Of a page or a log, which was not made for us: requests by their methods (empty: as asked).
  std::map<std::string, std::size_t> methods{};
  // Of a page (flights.h); 0: it is not known when its requests were made.
  unsigned most_at_once = 0;
  unsigned workers_alike = 0;
  bool shows_times = true;  // whether it says how long answers took
  std::optional<ArrivalsSeen> arrivals{};
};

// How many usable samples a recording needs: with fewer, nothing of what is rare has been seen.
inline constexpr std::size_t kLeastSamples = 20;

// Throws UsageError, naming `where` they come from, if too few of all can be used.
void check_enough(const std::string& where, const Observations& seen);

}  // namespace fanout

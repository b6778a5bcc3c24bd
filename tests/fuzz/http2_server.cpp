#include "local_server/http2_session.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "local_server/asio_core.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {
namespace {

using namespace std::chrono_literals;

// What every client begins with: the preface, and an empty SETTINGS frame.
constexpr std::string_view kClientGreeting("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
                                           33);
constexpr std::int32_t kDueStreams = 9;

HostBehaviour behaviour_of(unsigned choice) {
  static const std::array<HostBehaviour, 8> kAll{
      HostBehaviour{.body_bytes = 40'000},
      HostBehaviour{.delay = {.mean = 1h}, .close_after = 2},
      HostBehaviour{.limit = ServerLimit{.figures = {.concurrency = 1}, .queue = 2}},
      HostBehaviour{.faults = {{FaultKind::hang, 0.3}, {FaultKind::truncate, 0.3}}},
      HostBehaviour{.faults = {{FaultKind::goaway}}},
      HostBehaviour{.faults = {{FaultKind::reset, 0.5}, {FaultKind::reset_amid_body, 0.5}}},
      HostBehaviour{.faults = {{FaultKind::connection_loss, 0.1}, {FaultKind::status, 0.5}}},
      HostBehaviour{.body_bytes = 20, .faults = {{.kind = FaultKind::drip, .over = 1h}}},
  };
  return kAll[choice % kAll.size()];
}

std::string output_of(Http2Session& session) {
  constexpr std::size_t kMost = std::size_t{1} << 24;  // the windows of all streams, and more
  std::string all;
  for (std::string_view bytes = session.output(); !bytes.empty(); bytes = session.output()) {
    all += bytes;
    session.sent(bytes.size());
    require(all.size() < kMost, "there is no end of its output");
  }
  return all;
}

void check_counts(AsioCore& core, Host& host) {
  const ServerCounters counters = core.ledger.counters();
  require(host.in_flight == 0, "a request is left");
  require(!host.limit || host.limit->served() == 0, "a place is left taken");
  require(!host.limit || !host.limit->take_first(core, 0),
          "a request waits for a place that is free");
  require(counters.requests == counters.answered + counters.abandoned + counters.collateral,
          "a request is not accounted for");
}

// What the host says; nothing if the session can go on no more.
std::optional<std::string> converse(std::string_view input, std::size_t piece, unsigned choice) {
  AsioCore core;
  Host host(behaviour_of(choice), nullptr, HttpVersion::http2);
  Http2Session session(core, [] {});
  session.begin(host);
  bool goes_on = true;
  in_pieces(input, piece, [&](std::string_view bytes) {
    return goes_on = session.receive(bytes) && session.next() == Http2Session::Step::go_on;
  });
  std::string said;
  if (goes_on) said = output_of(session);
  for (std::int32_t id = 1; goes_on && id <= kDueStreams; id += 2) {
    session.hold_over((1ULL << 32) | static_cast<std::uint64_t>(id));
    said += output_of(session);
  }
  goes_on = goes_on && session.next() == Http2Session::Step::go_on;
  session.end();
  check_counts(core, host);
  return goes_on ? std::optional(said) : std::nullopt;
}

}  // namespace

// The first byte chooses the host, and whether the client greets.
void http2_server(std::string_view input) {
  const unsigned choice = take_byte(input);
  std::string said(choice < 128 ? kClientGreeting : "");
  said += input;
  const auto whole = converse(said, said.size(), choice);
  const auto pieces = converse(said, 1, choice);
  // libnghttp2 counts the pieces in which CONTINUATION comes, and takes many for an attack.
  require(!whole || !pieces || *whole == *pieces, "cut into pieces, it is answered otherwise");
}

}  // namespace fanout::fuzz

// The faults of a host: what a client meets instead of a whole and right answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fanout {

// What happens instead of a whole and right answer. Where HTTP/2 differs, that follows a slash:
// there one request's fault leaves the others on its connection alone.
enum class FaultKind : std::uint8_t {
  none,
  refuse,           // nobody listens: always the whole host
  reset,            // RST instead of an answer / RST_STREAM
  reset_amid_body,  // RST after half of the body / RST_STREAM
  truncate,         // orderly close after half of the body / RST_STREAM with CANCEL
  hang,             // no answer at all
  drip,             // a whole answer, its body in pieces spread over FaultShare::over
  status,           // FaultShare::status instead of HostBehaviour::status
  connection_loss,  // as reset / RST of the connection, with all that is on it
  goaway,  // orderly close instead of an answer, at once / GOAWAY, earlier ones are answered
};
inline constexpr int kFaultKinds = static_cast<int>(FaultKind::goaway) + 1;

// A fault, and the share of a host's requests that meet it.
struct FaultShare {
  FaultKind kind = FaultKind::none;
  double share = 1;                              // 0..1
  unsigned status = 503;                         // status: what is answered
  std::optional<std::uint32_t> retry_after_s{};  // status: Retry-After, if it is to be sent
  std::chrono::nanoseconds over{};  // drip: from the first byte of the body to the last
};

std::string_view fault_name(FaultKind kind);  // "reset_amid_body": as in JSON

// The bytes of each piece in which a dripping body leaves; the last piece may be smaller.
std::uint64_t drip_piece(std::uint64_t body_bytes);
// The number of those pieces, at most ten.
std::uint64_t drip_pieces(std::uint64_t body_bytes);
// The time a dripping body takes altogether: fault.over, or 0 if it leaves in one piece.
std::chrono::nanoseconds drip_time(const FaultShare& fault, std::uint64_t body_bytes);

}  // namespace fanout

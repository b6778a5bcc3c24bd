// A request that has arrived at a host of the asio engine and has not been answered: what the
// versions of HTTP do alike with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "local_server/asio_host.h"
#include "local_server/ledger.h"

namespace fanout {

struct AsioCore;

struct HeldRequest {
  std::int64_t arrival_ns = 0;
  // When the answer, or its last piece, began to leave. Not when it had left: by then the client
  // may have it, and would seem quicker than the hold time allows.
  std::int64_t leaving_ns = 0;
  std::int64_t connecting_ns = 0;  // of the emulated connecting, what it has to wait for
  std::optional<std::uint64_t> token{};
  std::uint64_t drawn_by = 0;  // the token, or what stands for it
  Arrival arrival{};
  Fate fate{};        // once it is taken on, or rejected
  Place place{};      // that its host's limit gives it
  bool left = false;  // it is not in flight any more

  [[nodiscard]] bool meets(FaultKind kind) const {
    return fate.fault != nullptr && fate.fault->kind == kind;
  }
};

// Counts a request that has arrived completely. REQUIRED: it has its times and its token.
void arrive(AsioCore& core, Host& host, HeldRequest& request, std::string_view method,
            std::uint64_t body_bytes);

// Asks the host's limit, if it has one, and gives the request its fate; whether it has one now. If
// not, it has to wait for a place, of which its holder will be told by this ticket.
bool admit(AsioCore& core, Host& host, HeldRequest& request, RequestHolder& holder,
           std::uint64_t ticket);

// Gives the places that the host's limit has to the requests that have waited longest, and tells
// their holders, on their own loops.
void give_places(AsioCore& core, Host& host);

// Gives a request that has waited for its place its fate. The time it waited is part of what it is
// held.
void take_on(AsioCore& core, Host& host, HeldRequest& request);

// It is not in flight any more, and gives its place back; once, however often it is told. The next
// two tell it. Where there are other loops, it has to be told before the end of its answer is sent:
// once the client has that, another loop may meet its next request.
void leave(AsioCore& core, Host& host, HeldRequest& request);

// It has been answered, or its fault acted out.
void finish(AsioCore& core, Host& host, HeldRequest& request);

// What ended a request that nobody answered.
enum class Loss : std::uint8_t {
  client_left,
  collateral,  // its connection was lost by the fault of another request
};
void give_up(AsioCore& core, Host& host, HeldRequest& request, bool waiting, Loss loss);

}  // namespace fanout

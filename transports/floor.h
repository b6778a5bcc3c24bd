// The floor: the least a verified request can cost a client, on one bare epoll loop: one send and
// one receive. Private to floor.cpp.
#pragma once

#include <array>
#include <cstdint>

#include "base/fd.h"
#include "transports/bare_client.h"

namespace fanout {

class FloorClient final : public BareClient {
 public:
  FloorClient(const PreparedTargets& shared, unsigned slots);
  void run() override;

 private:
  void begin(Connection& connection) override;
  void watch(Connection& connection, int operation);
  void send(Connection& connection);
  void on_event(Connection& connection, std::uint32_t events);
  void receive(Connection& connection);

  UniqueFd epoll_;
  std::array<char, 64 * 1024> received_;  // what one receive brings, of any connection
};

}  // namespace fanout

// The floor once more, on io_uring: what one turn of the loop begins is handed over to the kernel
// by one system call, which also waits for what comes; each connection has one receive that stays.
// Private to uring.cpp.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "transports/bare_client.h"
#include "transports/uring_ring.h"

namespace fanout {

// Callbacks only note what to do, and the loop hands it over afterwards. So start() may be called
// on another thread than run(), and no entry waits to be handed over that names a closed
// descriptor.
class UringClient final : public BareClient {
 public:
  UringClient(const PreparedTargets& shared, unsigned slots);
  void run() override;

 private:
  // What an entry, and so its completion, is about.
  enum class About : std::uint8_t { timer, sent, received };
  // What the loop knows of a connection, by its number - 1.
  struct Notes {
    Connection* connection = nullptr;
    std::uint32_t life = 0;  // counts its sockets: completions of earlier ones are void
    bool to_begin = false;   // has a request that is not handed over yet
    bool receiving = false;  // its receive is with the kernel
  };
  // The parts of a request with a body, as the kernel reads them.
  struct Message {
    std::array<iovec, 2> parts;
    msghdr header;
  };

  void begin(Connection& connection) override;
  void let_go(Connection& connection) override;
  Notes& notes_of(Connection& connection);
  [[nodiscard]] std::uint64_t label(About about, const Connection& connection) const;

  void hand_over();
  void send(Connection& connection);
  void receive(Connection& connection);
  void on_completion(const io_uring_cqe& completion, std::string_view bytes);
  void on_sent(Connection& connection, int result);
  void on_receive(Connection& connection, int result, std::string_view bytes);

  UringRing ring_;
  std::vector<Notes> notes_;
  std::vector<Connection*> to_begin_;
  std::vector<Connection*> deaf_;  // their receive ended, and they may be open still
  std::deque<Message> messages_;   // of entries that are not handed over yet
  bool timer_watched_ = false;
};

}  // namespace fanout

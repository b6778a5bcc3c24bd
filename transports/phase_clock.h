// Where the time of a request goes: connecting, the handshake of TLS, waiting for the first byte of
// the answer, and receiving the rest. Kept where ClientConfig::watch asks for it; else each call is
// one comparison.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "transports/client_config.h"

namespace fanout {

struct ConnectionNotes;

// Counts the SYNs that the kernel sent again for this socket, which is connected or still to be.
// (Where libcurl tells of a connection only after its handshake, what was sent again in that counts
// as well.)
void note_resent_syns(int fd, ConnectionNotes& notes);

// Of one request after the other. What happens a second time in a request is not noted again.
class PhaseClock {
 public:
  // A request begins, on a connection that is there already or is yet to be made.
  void begin(const ClientConfig& config, bool connected) {
    notes_ = config.watch ? config.connection_notes : nullptr;
    if (notes_ != nullptr) begin_now(connected);
  }
  // The connection was lost, and another is being made: its time is that of connecting.
  void reconnect() {
    if (notes_ != nullptr) connected_ = secured_ = 0;
  }
  // The socket is connected: also notes how often the kernel had to ask for that.
  void connected(int fd) {
    if (notes_ != nullptr && connected_ == 0) note_connected(fd);
  }
  // Before each step of its handshake, the whole of which may take no more than one.
  void connected_if_it_is(int fd) {
    if (notes_ != nullptr && connected_ == 0) look_whether_connected(fd);
  }
  // It is given up before it is connected: the same.
  void gave_up(int fd) const {
    if (notes_ != nullptr && connected_ == 0) note_resent_syns(fd, *notes_);
  }
  void secured() { note(secured_); }
  void first_byte() { note(first_byte_); }
  // The request was answered whole.
  void answered() const {
    if (notes_ != nullptr) add();
  }

 private:
  void note(std::int64_t& moment) const {
    if (notes_ != nullptr && moment == 0) moment = now_ns();
  }
  void begin_now(bool connected);
  void note_connected(int fd);
  void look_whether_connected(int fd);
  void add() const;

  ConnectionNotes* notes_ = nullptr;  // null: nothing is noted
  // base/clock.h; 0: not yet.
  std::int64_t begun_ = 0;
  std::int64_t connected_ = 0;
  std::int64_t secured_ = 0;
  std::int64_t first_byte_ = 0;
};

}  // namespace fanout

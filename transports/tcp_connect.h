// Connecting a socket without waiting, for the transports that own their sockets, and the meaning
// of a failure to connect, for all.
#pragma once

#include <sys/socket.h>

#include "transports/transport.h"

namespace fanout {

// Where a socket connects to: an IPv4 or IPv6 address with a port, or a Unix socket.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  unsigned sources = 1;  // Target::source_addresses

  [[nodiscard]] int family() const { return storage.ss_family; }
};

// Where to connect to for this target: its Unix socket, or the first of its addresses. Throws
// RunError if that is no literal IPv4 or IPv6 address, or if the path is too long.
SocketAddress socket_address(const Target& target);

// Whether it is a Unix socket, or belongs to the loopback network.
bool is_on_this_machine(const SocketAddress& address);

// Opens a socket of this family, as all connections have it: non-blocking, closed on exec. Returns
// -1 and sets errno if there is none.
int open_socket(int family);

// Has an IPv4 socket that is not connected yet come from one of so many addresses of the loopback
// network, by chance; with 1, from whichever the kernel chooses. The kernel searches the ports of a
// source address one after the other, first every second one: beyond half of them, a search takes
// milliseconds (bench/experiments ports). Returns 0 or errno.
int choose_source(int fd, unsigned sources);

// Begins to connect `fd`, a non-blocking socket. Returns 0 if it is connected or on its way, else
// errno. A send may be tried at once: it says EAGAIN until the socket is connected, and the reason
// if it cannot be.
int begin_connect(int fd, const SocketAddress& address);

// What became of a request whose connection failed with this errno.
Outcome connect_failure(int error_number);

}  // namespace fanout

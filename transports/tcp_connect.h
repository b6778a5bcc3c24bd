// Connecting a socket without waiting, for the transports that own their sockets, and the meaning
// of a failure to connect, for all.
#pragma once

#include <netinet/in.h>

#include "transports/transport.h"

namespace fanout {

// Throws RunError if the target's address is not a literal IPv4 address.
sockaddr_in socket_address(const Target& target);

// Begins to connect `fd`, a non-blocking socket. Returns 0 if it is connected or on its way, else
// errno. A send may be tried at once: it says EAGAIN until
// the socket is connected, and the reason if it cannot be.
int begin_connect(int fd, const sockaddr_in& address);

// What became of a request whose connection failed with this errno.
Outcome connect_failure(int error_number);

}  // namespace fanout

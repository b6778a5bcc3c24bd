// The socket options both ends of every connection set, in one place.
#pragma once

namespace fanout {

// Sets TCP_NODELAY (Nagle with delayed ACK costs 40 ms a request) and the congestion control
// "reno" (bbr, a common default, collapses when client and server share CPUs). Errors are ignored:
// neither option changes what is answered, only when.
void set_fanout_socket_options(int fd);

}  // namespace fanout

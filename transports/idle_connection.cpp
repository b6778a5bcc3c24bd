#include "transports/idle_connection.h"

#include <sys/socket.h>

#include <cerrno>

namespace fanout {

bool is_quiet(int fd) {
  char byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace fanout

#include "transports/tcp_connect.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/error.h"

namespace fanout {

sockaddr_in socket_address(const Target& target) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  const std::string& text = target.addresses.front();
  if (::inet_pton(AF_INET, text.c_str(), &address.sin_addr) != 1) {
    throw RunError(fmt::format("'{}' is not a literal IPv4 address", text));
  }
  return address;
}

int begin_connect(int fd, const sockaddr_in& address) {
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return 0;
  return errno == EINPROGRESS || errno == EINTR ? 0 : errno;
}

Outcome connect_failure(int error_number) {
  switch (error_number) {
    case ECONNREFUSED:
      return Outcome::refused;
    case ETIMEDOUT:
      return Outcome::connect_timeout;
    case ECONNRESET:
    case EPIPE:
      return Outcome::reset;
    case EADDRNOTAVAIL:
      return Outcome::no_port;
    case EMFILE:
    case ENFILE:
      return Outcome::no_descriptor;
    default:  // of this side: no route, no memory
      return Outcome::protocol;
  }
}

}  // namespace fanout

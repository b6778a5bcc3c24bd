#include "transports/tcp_connect.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "base/error.h"
#include "wire/socket_options.h"
#include "wire/token.h"

namespace fanout {

namespace {

SocketAddress unix_address(const std::string& path) {
  SocketAddress address;
  auto& local = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.size() >= sizeof local.sun_path) {
    throw RunError(fmt::format("'{}' is too long for the path of a Unix socket", path));
  }
  local.sun_family = AF_UNIX;
  std::ranges::copy(path, local.sun_path);
  address.size = sizeof local;
  return address;
}

}  // namespace

SocketAddress socket_address(const Target& target) {
  if (!target.unix_socket.empty()) return unix_address(target.unix_socket);
  const std::string text = target.addresses.empty() ? "" : target.addresses.front();
  SocketAddress address{.sources = target.source_addresses};
  auto& four = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(target.port);
    address.size = sizeof four;
  } else if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(target.port);
    address.size = sizeof six;
  } else {
    throw RunError(fmt::format("'{}' is not a literal IPv4 or IPv6 address", text));
  }
  return address;
}

bool is_on_this_machine(const SocketAddress& address) {
  constexpr std::uint32_t kFirstByte = 127;
  if (address.family() == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address.storage);
    return ntohl(four.sin_addr.s_addr) >> 24 == kFirstByte;
  }
  if (address.family() == AF_UNIX) return true;
  const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&six) ||
         (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == kFirstByte);
}

int open_socket(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0) set_fanout_socket_options(fd);
  return fd;
}

int choose_source(int fd, unsigned sources) {
  if (sources <= 1) return 0;
  const int on = 1;  // the port is chosen with the destination known, or it would serve but one
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  const auto chance = mix64(static_cast<std::uint64_t>(now_ns()));
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(chance % sources));
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 ? 0 : errno;
}

int begin_connect(int fd, const SocketAddress& address) {
  if (const int failure = choose_source(fd, address.sources); failure != 0) return failure;
  const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(fd, to, address.size) == 0) return 0;
  return errno == EINPROGRESS || errno == EINTR ? 0 : errno;
}

Outcome connect_failure(int error_number) {
  switch (error_number) {
    case ECONNREFUSED:
    case ENOENT:  // no such Unix socket
    case EAGAIN:  // its queue is full
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

#include "local_server/httplib_support.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace fanout {
namespace {

// The local port of a connected TCP socket; nothing for any other descriptor.
std::optional<std::uint16_t> connected_port(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return std::nullopt;
  sockaddr_storage local{};
  size = sizeof local;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) return std::nullopt;
  if (local.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(local).sin_port);
  if (local.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(local).sin6_port);
  return std::nullopt;
}

}  // namespace

std::uint64_t discard_body(const httplib::Request& request, const httplib::ContentReader& read) {
  // Without either, cpp-httplib would read until the client closes; HTTP says there is no body.
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) return 0;
  std::uint64_t bytes = 0;
  const auto ignore = [&bytes](const char* /*data*/, std::size_t size) {
    bytes += size;
    return true;
  };
  if (request.is_multipart_form_data()) {
    read([](const httplib::MultipartFormData& /*part*/) { return true; }, ignore);
  } else {
    read(ignore);
  }
  return bytes;
}

void shut_down_connections(std::span<const std::uint16_t> ports) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    const auto port = connected_port(fd);
    if (port && std::find(ports.begin(), ports.end(), *port) != ports.end()) {
      ::shutdown(fd, SHUT_RDWR);
    }
  }
}

}  // namespace fanout

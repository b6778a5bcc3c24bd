// The floor: what a request costs a client that does nothing but send canned bytes and count the
// bytes that come back, on one bare epoll loop. The referee for `event_loop` on a fast transport.
//
// Usage: floor ADDRESS PORT CONNECTIONS REQUESTS
// Prints "requests N cpu_us_per_request X requests_per_second Y".
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "wire/socket_options.h"

namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n";

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

int connect_to(const char* address, int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address, &to.sin_addr) != 1) die("address");
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  fanout::set_fanout_socket_options(fd);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("connect");
  return fd;
}

void send_request(int fd) {
  if (::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kRequest.size())) {
    die("send");
  }
}

// Bytes of one whole response: the head and the Content-Length it announces.
std::size_t response_size(int fd) {
  send_request(fd);
  char buffer[65536];
  std::size_t have = 0;
  for (;;) {
    const auto count = ::recv(fd, buffer + have, sizeof buffer - 1 - have, 0);
    if (count <= 0) die("recv");
    have += static_cast<std::size_t>(count);
    buffer[have] = '\0';
    const char* end = std::strstr(buffer, "\r\n\r\n");
    const char* length = ::strcasestr(buffer, "content-length:");
    if (end == nullptr || length == nullptr) continue;
    const std::size_t size =
        static_cast<std::size_t>(end + 4 - buffer) + std::strtoul(length + 15, nullptr, 10);
    if (have >= size) return size;
  }
}

double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// Keeps one request in flight on every connection until `requests` have been answered.
void drive(int epoll, std::vector<std::size_t>& pending, std::size_t size, long requests) {
  long sent = std::ssize(pending);
  long answered = 0;
  std::vector<epoll_event> events(pending.size());
  char buffer[65536];
  while (answered < requests) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 10'000);
    if (ready <= 0) die("epoll_wait");
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      const auto count = ::recv(fd, buffer, sizeof buffer, 0);
      if (count <= 0) die("recv");
      std::size_t& have = pending[static_cast<std::size_t>(fd) % pending.size()];
      have += static_cast<std::size_t>(count);
      if (have < size) continue;
      have = 0;
      ++answered;
      if (sent < requests) {
        send_request(fd);
        ++sent;
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: floor ADDRESS PORT CONNECTIONS REQUESTS\n");
    return 2;
  }
  const int port = std::atoi(argv[2]);
  const long requests = std::atol(argv[4]);
  const auto connections = static_cast<std::size_t>(std::atol(argv[3]));
  const std::size_t size = response_size(connect_to(argv[1], port));
  const int epoll = ::epoll_create1(0);
  std::vector<std::size_t> pending(connections);  // by descriptor modulo connections: consecutive
  const std::int64_t start_ns = fanout::now_ns();
  const double start_us = cpu_us();
  for (std::size_t i = 0; i < connections; ++i) {
    const int fd = connect_to(argv[1], port);
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
    send_request(fd);
  }
  drive(epoll, pending, size, requests);
  const double used_us = cpu_us() - start_us;
  const auto elapsed = static_cast<double>(fanout::now_ns() - start_ns);
  std::printf("requests %ld cpu_us_per_request %.2f requests_per_second %.0f\n", requests,
              used_us / static_cast<double>(requests),
              static_cast<double>(requests) * 1e9 / elapsed);
}

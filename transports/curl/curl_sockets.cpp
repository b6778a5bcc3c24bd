// What libcurl asks about its sockets.
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "transports/curl/curl_options.h"
#include "transports/phase_clock.h"
#include "transports/tcp_connect.h"
#include "wire/socket_options.h"

namespace fanout {
namespace {

bool is_on_this_machine(const curl_sockaddr& address) {
  SocketAddress copy;
  copy.size = std::min<socklen_t>(address.addrlen, sizeof copy.storage);
  std::memcpy(&copy.storage, &address.addr, copy.size);
  return is_on_this_machine(copy);
}

}  // namespace

// A list of targets on this machine is taken to be meant so: no limit protects others from it.
curl_socket_t CurlExchange::on_socket_wanted(void* self, curlsocktype purpose,
                                             curl_sockaddr* address) {
  auto& exchange = *static_cast<CurlExchange*>(self);
  exchange.led_elsewhere_ = exchange.shared_.stays_here && !is_on_this_machine(*address);
  if (exchange.led_elsewhere_) return CURL_SOCKET_BAD;
  const CurlSocketHooks& hooks = exchange.hooks_;
  if (hooks.open != nullptr) return hooks.open(hooks.context, purpose, address);
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int CurlExchange::on_socket_made(void* self, curl_socket_t fd, curlsocktype) {
  auto& exchange = *static_cast<CurlExchange*>(self);
  exchange.new_socket_ = fd;
  set_fanout_socket_options(fd);
  const Target& target = exchange.shared_.config.targets[exchange.request_->target];
  return choose_source(fd, target.source_addresses) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

// Before each request. A Unix socket has no local port to be known by, and is not looked at. Nor is
// a connection that a redirect leads to: its first request must not be made again.
int CurlExchange::on_connected(void* self, char*, char*, int, int local_port) {
  auto& exchange = *static_cast<CurlExchange*>(self);
  const ClientConfig& config = exchange.shared_.config;
  CurlIdleLook& look = exchange.idle_look_;
  const int made = std::exchange(exchange.new_socket_, -1);
  if (made >= 0 && config.watch && config.connection_notes != nullptr) {
    note_resent_syns(made, *config.connection_notes);
  }
  if (!look.is_needed()) return CURL_PREREQFUNC_OK;
  if (made >= 0) {
    look.add(local_port, made);
  } else {
    exchange.stale_ = !exchange.header_complete_ && local_port > 0 && !look.is_good(local_port);
  }
  return exchange.stale_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

}  // namespace fanout

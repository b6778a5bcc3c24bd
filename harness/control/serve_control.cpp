#include "harness/control/serve_control.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/control/control_key.h"
#include "harness/control/control_protocol.h"
#include "harness/control/server_process.h"
#include "harness/machine/interrupt.h"
#include "wire/secure_channel.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

// Also for the handshake: so long can somebody without the key keep others waiting.
constexpr std::chrono::seconds kControllerAnswersWithin(5);

void say(const std::string& who, const std::string& what) {
  fmt::print("{}: {}\n", who, what);
  std::fflush(stdout);
}

std::string text_of(const sockaddr_in& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return text.data();
}

using NameOfSocket = int (*)(int, sockaddr*, socklen_t*);

// One end of a connection: its own (::getsockname), or the other (::getpeername).
sockaddr_in end_of(int socket, NameOfSocket name) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  name(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return address;
}

UniqueFd listen_at(const ControlAddress& at) {
  constexpr int kWaiting = 8;
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("socket");
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(at.port);
  ::inet_pton(AF_INET, at.address.c_str(), &address.sin_addr);
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(socket.get(), to, sizeof address) != 0 || ::listen(socket.get(), kWaiting) != 0) {
    throw UsageError(
        fmt::format("--control {}:{}: {}; name an address of this machine and a free "
                    "port",
                    at.address, at.port, std::strerror(errno)));
  }
  return socket;
}

// The controller's packet as the server is to have it: it listens where the controller came, on
// ports of the kernel's choice.
std::string localized(const std::string& packet, const std::string& address) {
  Json json = Json::parse(packet, nullptr, false);
  if (!json.is_object()) throw ChannelError("it says what is no JSON");
  const auto server = json.find("server");
  if (server == json.end() || !server->is_object()) return packet;
  (*server)["bind"] = address;
  (*server)["port"] = 0;
  return json.dump();
}

// Waits for the controller's next packet; false once this program is to end. The server may not end
// by itself.
bool wait_for_packet(const SecureChannel& channel, const ServerProcess& server,
                     const InterruptWatch& interrupt) {
  pollfd waiting[] = {
      {interrupt.fd(), POLLIN, 0}, {channel.fd(), POLLIN, 0}, {server.ended_fd(), POLLIN, 0}};
  while (::poll(waiting, std::size(waiting), -1) < 0) {
    if (errno != EINTR) throw_errno("poll");
  }
  if (waiting[2].revents != 0) throw RunError("the embedded server has ended");
  return waiting[0].revents == 0;
}

// Serves one controller until it leaves.
void serve_one(UniqueFd socket, const std::string& key, const std::string& who,
               const InterruptWatch& interrupt) {
  const std::string address = text_of(end_of(socket.get(), ::getsockname));
  SecureChannel channel(std::move(socket), TlsSide::server, key, kControllerAnswersWithin,
                        interrupt.fd());
  const Json other = Json::parse(channel.receive(), nullptr, false);
  channel.send(hello().dump());
  if (!is_same_build(other)) throw ChannelError("it is another build of fanout");
  say(who, "measures");
  ServerProcess server({});
  while (wait_for_packet(channel, server, interrupt)) {
    const std::string packet = channel.receive();
    channel.send(packet == kPing ? packet : server.exchange(localized(packet, address)));
  }
}

void serve_next(int listening, const std::string& key, const InterruptWatch& interrupt) {
  UniqueFd socket(::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return;  // it left at once
  const std::string who = text_of(end_of(socket.get(), ::getpeername));
  try {
    serve_one(std::move(socket), key, who, interrupt);
  } catch (const std::exception& error) {
    if (!interrupt.pending()) say(who, error.what());
  }
}

}  // namespace

int serve_control(const ControlAddress& at, const std::string& key_file) {
  const bool made = ensure_control_key(key_file);
  const std::string key = read_control_key(key_file);
  const UniqueFd listening = listen_at(at);
  const InterruptWatch interrupt;
  if (made) say(key_file, "made; copy it to the machine of the clients");
  const sockaddr_in bound = end_of(listening.get(), ::getsockname);
  say("controlled at", fmt::format("{}:{}", text_of(bound), ntohs(bound.sin_port)));
  for (;;) {
    pollfd waiting[] = {{interrupt.fd(), POLLIN, 0}, {listening.get(), POLLIN, 0}};
    if (::poll(waiting, std::size(waiting), -1) < 0 && errno != EINTR) throw_errno("poll");
    if (waiting[0].revents != 0) return 0;
    if (waiting[1].revents != 0) serve_next(listening.get(), key, interrupt);
  }
}

}  // namespace fanout

#include "harness/control/remote_server.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/clock.h"
#include "base/deleter.h"
#include "harness/control/control_protocol.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kConnectWithin(10);
constexpr std::chrono::seconds kAnswerWithin(30);

using Found = std::unique_ptr<addrinfo, Deleter<&::freeaddrinfo>>;

// The name's IPv4 addresses: the embedded server listens at no others.
Found look_up(const RemoteAddress& address) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure =
      ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (failure != 0)
    throw RunError(fmt::format("--server {}: {}", address.host, gai_strerror(failure)));
  return Found(found);
}

// Why the socket did not connect in time; 0: it did.
int wait_connected(int socket) {
  pollfd waiting{socket, POLLOUT, 0};
  const auto limit = std::chrono::milliseconds(kConnectWithin);
  if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return ETIMEDOUT;
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size);
  return failure;
}

UniqueFd connect_to(const RemoteAddress& address, const std::string& where) {
  const Found found = look_up(address);
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("socket");
  int failure = 0;
  if (::connect(socket.get(), found->ai_addr, found->ai_addrlen) != 0) {
    failure = errno == EINPROGRESS ? wait_connected(socket.get()) : errno;
  }
  if (failure == 0) return socket;
  throw RunError(fmt::format(
      "--server {}: {}; start 'fanout serve --control {} --key FILE' there, and let this machine "
      "reach it",
      where, std::strerror(failure), where));
}

std::string build_text(const Json& tool) {
  return fmt::format("fanout {} ({})", tool.value("version", "?"), tool.value("commit", "?"));
}

}  // namespace

RemoteServer::RemoteServer(const RemoteAddress& address) try
    : where_(fmt::format("{}:{}", address.host, address.port)),
      channel_(connect_to(address, where_), TlsSide::client, address.key, kAnswerWithin) {
  channel_.send(hello().dump());
  const Json answer = Json::parse(channel_.receive(), nullptr, false);
  if (!answer.is_object()) throw ChannelError("it is no fanout");
  if (!is_same_build(answer)) {
    throw ChannelError(fmt::format("it is {}, and this is {}; use one build on both machines",
                                   build_text(answer), build_text(hello())));
  }
  machine_.address = address.host;
  machine_.cpus = answer.value("cpus", 0.0);
  machine_.kernel = answer.value("kernel", "");
  machine_.cpu_model = answer.value("cpu_model", "");
} catch (const ChannelError& error) {
  throw RunError(fmt::format("--server {}:{}: {}", address.host, address.port, error.what()));
}

std::string RemoteServer::exchange(const std::string& packet) try {
  channel_.send(packet);
  return channel_.receive();
} catch (const ChannelError& error) {
  throw ServerDied(fmt::format("the server at {}: {}", where_, error.what()));
}

ServerMachine RemoteServer::describe() {
  constexpr unsigned kMessages = 20;
  exchange(kPing);  // the first waits until its server has started
  std::vector<std::int64_t> took_ns;
  for (unsigned i = 0; i < kMessages; ++i) {
    const std::int64_t begin_ns = now_ns();
    exchange(kPing);
    took_ns.push_back(now_ns() - begin_ns);
  }
  std::ranges::sort(took_ns);
  machine_.round_trip_ns = {
      .min = took_ns.front(), .median = took_ns[took_ns.size() / 2], .max = took_ns.back()};
  return machine_;
}

}  // namespace fanout

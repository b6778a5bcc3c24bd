#include "harness/control/server_process.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "local_server/ledger_json.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr int kAnswerWithinMs = 30'000;
constexpr std::size_t kMaxPacket = 1 << 18;

// Makes a call until no signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// Sends one command and returns the answer; throws ServerDied if there is none.
Json ask(int control, const Json& command) {
  const std::string text = command.dump();
  const auto sent =
      uninterrupted([&] { return ::send(control, text.data(), text.size(), MSG_NOSIGNAL); });
  if (sent < 0) throw ServerDied("the embedded server has ended");
  pollfd waiting{control, POLLIN, 0};
  const int ready = uninterrupted([&] { return ::poll(&waiting, 1, kAnswerWithinMs); });
  if (ready <= 0) throw ServerDied("the embedded server does not answer on its control channel");
  std::string answer(kMaxPacket, '\0');
  const auto size = uninterrupted([&] { return ::recv(control, answer.data(), answer.size(), 0); });
  if (size <= 0) throw ServerDied("the embedded server has ended");
  answer.resize(static_cast<std::size_t>(size));
  Json json = Json::parse(answer);
  if (json.contains("error")) {
    throw RunError("embedded server: " + json.at("error").get<std::string>());
  }
  return json;
}

ChildProcess start_child(UniqueFd theirs, std::vector<int> cpus) {
  return ChildProcess({.arguments = {"internal-server", std::to_string(theirs.get())},
                       .keep_fds = {theirs.get()},
                       .cpus = std::move(cpus),
                       .stderr_fd = {}});
}

}  // namespace

ServerProcess::Channel ServerProcess::make_channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw_errno("socketpair");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

ServerProcess::ServerProcess(std::vector<int> cpus)
    : ServerProcess(make_channel(), std::move(cpus)) {}

ServerProcess::ServerProcess(Channel channel, std::vector<int> cpus)
    : control_(std::move(channel.ours)),
      child_(start_child(std::move(channel.theirs), std::move(cpus))) {}

std::vector<Endpoint> ServerProcess::configure(const ServerConfig& config) {
  const Json answer = ask(control_.get(), {{"command", "configure"},
                                           {"server", to_json(config)},
                                           {"first_tokens", config.first_tokens}});
  certificate_ = answer.at("certificate");
  std::vector<Endpoint> endpoints;
  for (const Json& endpoint : answer.at("endpoints")) {
    endpoints.push_back({endpoint.at("address"), endpoint.at("port")});
  }
  return endpoints;
}

ServerCounters ServerProcess::finish() {
  return ask(control_.get(), {{"command", "finish"}}).at("counters").get<ServerCounters>();
}

}  // namespace fanout

#include "harness/control/server_process.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "base/error.h"

namespace fanout {
namespace {

constexpr int kAnswerWithinMs = 30'000;
constexpr std::size_t kMaxPacket = 1 << 18;

// Makes a call until no signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
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

std::string ServerProcess::exchange(const std::string& packet) {
  const int control = control_.get();
  const auto sent =
      uninterrupted([&] { return ::send(control, packet.data(), packet.size(), MSG_NOSIGNAL); });
  if (sent < 0) throw ServerDied("the embedded server has ended");
  pollfd waiting{control, POLLIN, 0};
  const int ready = uninterrupted([&] { return ::poll(&waiting, 1, kAnswerWithinMs); });
  if (ready <= 0) throw ServerDied("the embedded server does not answer on its control channel");
  std::string answer(kMaxPacket, '\0');
  const auto size = uninterrupted([&] { return ::recv(control, answer.data(), answer.size(), 0); });
  if (size <= 0) throw ServerDied("the embedded server has ended");
  answer.resize(static_cast<std::size_t>(size));
  return answer;
}

}  // namespace fanout

#include "harness/cell/program_talk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/clock.h"
#include "base/error.h"
#include "base/pipe.h"
#include "harness/catalogue/program_search.h"
#include "harness/cell/program_lines.h"
#include "harness/machine/process.h"
#include "harness/machine/process_tree.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr int kPipeBytes = 1 << 20;  // so that whoever writes while working is not held up

// Ours, but for proxies, which would lead away from the server, and what tells a Python to find
// fanout's helper, to leave no compiled files behind and to keep no line back.
std::vector<std::string> environment_of_programs() {
  static constexpr std::array<std::string_view, 6> kNotInherited{
      "all_proxy",  "http_proxy",       "https_proxy",
      "pythonpath", "pythonunbuffered", "pythondontwritebytecode"};
  const char* path = std::getenv("PYTHONPATH");
  std::vector<std::string> variables{
      "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
      "PYTHONPATH=" + peers_folder() + (path == nullptr ? "" : ":" + std::string(path))};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    std::string name(text.substr(0, text.find('=')));  // of either case, as proxies are
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::ranges::find(kNotInherited, name) == kNotInherited.end()) {
      variables.emplace_back(text);
    }
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

[[noreturn]] void become(char* const* argv, char* const* envp, const Pipe& input,
                         const Pipe& output, pid_t supervisor) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(127);
  ::signal(SIGPIPE, SIG_DFL);
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::dup2(input.read_end.get(), STDIN_FILENO);
  ::dup2(output.write_end.get(), STDOUT_FILENO);
  ::execve(argv[0], argv, envp);
  const std::string why = fmt::format("{}: {}\n", argv[0], std::strerror(errno));
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, why.data(), why.size());
  ::_exit(127);
}

}  // namespace

ProgramTalk::ProgramTalk(const std::vector<std::string>& command) {
  // If our parent ends we still have to end the program's family, so we do not die with it.
  parent_ = open_process(::getppid());
  ::prctl(PR_SET_PDEATHSIG, 0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = environment_of_programs();
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  ::fcntl(output.read_end.get(), F_SETPIPE_SZ, kPipeBytes);
  const pid_t supervisor = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("fork");
  if (pid_ == 0) become(argv.data(), envp.data(), input, output, supervisor);
  input_ = std::move(input.write_end);
  output_ = std::move(output.read_end);
  set_nonblocking(input_);
  set_nonblocking(output_);
  program_ = open_process(pid_);
}

ProgramTalk::~ProgramTalk() { end_descendants(); }

// What comes first. Whoever has ended is still read out.
ProgramTalk::Awaited ProgramTalk::await(int fd, short events, std::int64_t until_ns) {
  pollfd waiting[] = {{fd, events, 0}, {program_.get(), POLLIN, 0}, {parent_.get(), POLLIN, 0}};
  for (;;) {
    const std::int64_t left_ms = std::max<std::int64_t>(0, (until_ns - now_ns()) / 1'000'000 + 1);
    const int timeout_ms = static_cast<int>(std::min<std::int64_t>(left_ms, 60'000));
    if (::poll(waiting, std::size(waiting), timeout_ms) < 0 && errno != EINTR) {
      throw_errno("poll");
    }
    if (waiting[2].revents != 0) throw RunError("the controller has ended");
    if (waiting[0].revents != 0) return Awaited::this_end;
    if (waiting[1].revents != 0) return Awaited::end_of_program;
    if (now_ns() >= until_ns) return Awaited::nothing;
  }
}

void ProgramTalk::fail_ended() {
  constexpr std::int64_t kMoment = 1'000'000'000;
  if (await(-1, 0, now_ns() + kMoment) == Awaited::nothing) {
    throw RunError("it closed its standard input or output");
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  throw RunError("it ended: " + describe_exit(status));
}

bool ProgramTalk::say(std::string line, std::int64_t until_ns) {
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const Awaited came = await(input_.get(), POLLOUT, until_ns);
    if (came == Awaited::nothing) return false;
    if (came == Awaited::end_of_program) fail_ended();
    const auto written = ::write(input_.get(), rest.data(), rest.size());
    if (written >= 0) rest.remove_prefix(static_cast<std::size_t>(written));
    if (written < 0 && errno == EPIPE) fail_ended();
  }
  return true;
}

std::optional<std::string_view> ProgramTalk::listen(std::int64_t until_ns) {
  for (;;) {
    const std::size_t end = received_.find('\n', begin_);
    const std::string_view line = std::string_view(received_).substr(begin_, end - begin_);
    if (line.size() > kLongestLine) {
      throw RunError(
          fmt::format("it wrote a line of more than {} bytes: {}", kLongestLine, shown(line)));
    }
    if (end != std::string::npos) {
      begin_ = end + 1;
      return line;
    }
    received_.erase(0, std::exchange(begin_, 0));
    const Awaited came = await(output_.get(), POLLIN, until_ns);
    if (came == Awaited::nothing) return std::nullopt;
    if (came == Awaited::end_of_program) fail_ended();
    char buffer[1 << 16];
    const auto count = ::read(output_.get(), buffer, sizeof buffer);
    if (count == 0) fail_ended();
    if (count > 0) received_.append(buffer, static_cast<std::size_t>(count));
  }
}

bool ProgramTalk::part(std::int64_t until_ns) {
  input_.reset();
  if (await(-1, 0, until_ns) == Awaited::nothing) return false;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  if (status != 0) throw RunError("it ended after `done`: " + describe_exit(status));
  return true;
}

}  // namespace fanout

// Parse, plan, run, report; and the processes fanout starts of itself.
#include <csignal>
#include <cstdio>
#include <iostream>

#include "base/error.h"
#include "harness/commands/cli.h"
#include "harness/commands/commands.h"
#include "harness/commands/internal_commands.h"

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

int run_main(int argc, char** argv) {
  using namespace fanout;
  std::signal(SIGCHLD,
              SIG_DFL);  // ignored, which is inherited, the kernel would count no child's CPU
  if (const auto code = run_internal_command(argc, argv)) return *code;
  const auto options = parse_command_line(argc, argv);
  return options ? execute_command(*options) : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run_main(argc, argv);
    std::cout.flush();
    if (std::fflush(stdout) == 0 && std::cout) return code;
    throw fanout::RunError("standard output: cannot be written");
  } catch (const fanout::UsageError& error) {
    std::fprintf(stderr, "fanout: %s\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fanout: %s\n", error.what());
    return kExitFailed;
  }
}

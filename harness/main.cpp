// Parse, plan, run, report; and the two processes fanout starts of itself.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "base/error.h"
#include "harness/cell_process.h"
#include "harness/cli.h"
#include "harness/commands.h"
#include "local_server/server_main.h"

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

int run_main(int argc, char** argv) {
  using namespace fanout;
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "internal-cell" && argc == 4) {
    return run_cell_process(std::atoi(argv[2]), std::atoi(argv[3]));
  }
  if (first == "internal-server" && argc == 3) return serve_controller(std::atoi(argv[2]));
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
    fmt::print(stderr, "fanout: {}\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fanout: {}\n", error.what());
    return kExitFailed;
  }
}

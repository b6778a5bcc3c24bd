#include "harness/commands/internal_commands.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "harness/cell/cell_process.h"
#include "harness/commands/completion.h"
#include "harness/commands/manual.h"
#include "harness/control/other_build.h"
#include "harness/machine/environment.h"
#include "local_server/server_main.h"

namespace fanout {

std::optional<int> run_internal_command(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "internal-cell" && argc == 4) {
    return run_cell_process(std::atoi(argv[2]), std::atoi(argv[3]));
  }
  if (first == "internal-protocol" && argc == 2) {
    fmt::print("{}\n", protocol_line());
    return 0;
  }
  if (first == "internal-server" && argc == 3) {
    raise_descriptor_limit();
    return serve_controller(std::atoi(argv[2]));
  }
  if (first == "internal-complete") {
    fmt::print("{}", completions({argv + 2, argv + argc}));
    return 0;
  }
  if (first == "internal-manual") {
    fmt::print("{}", manual_page());
    return 0;
  }
  return std::nullopt;
}

}  // namespace fanout

#include "harness/commands/doctor_command.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/doctor/doctor_facts.h"
#include "harness/machine/interrupt.h"

namespace fanout {
namespace {

constexpr int kExitUnfit = 1;

}  // namespace

int doctor(bool json) {
  try {
    const auto checks = examine(gather_facts());
    fmt::print("{}", json ? to_json(checks).dump(1) + "\n" : to_text(checks));
    return any_failed(checks) ? kExitUnfit : 0;
  } catch (const Interrupted&) {
    return kExitInterrupted;
  }
}

}  // namespace fanout

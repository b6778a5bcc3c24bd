#include "harness/control/control_protocol.h"

#include "harness/machine/environment.h"

namespace fanout {

nlohmann::json hello() {
  const Tool tool = this_tool();
  const Environment machine = this_environment(Affinity::none);
  return {{"version", tool.version},
          {"commit", tool.commit},
          {"cpus", machine.cpus},
          {"kernel", machine.kernel},
          {"cpu_model", machine.cpu_model}};
}

bool is_same_build(const nlohmann::json& hello) {
  const Tool tool = this_tool();
  const nlohmann::json none;
  return hello.is_object() && hello.value("version", none) == tool.version &&
         hello.value("commit", none) == tool.commit;
}

}  // namespace fanout

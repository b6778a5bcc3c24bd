#include "harness/scenario/scenario.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "harness/scenario/scenario_json.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {

void scenario(std::string_view input) {
  const InputFile file(input);
  std::vector<Scenario> scenarios;
  try {
    scenarios = load_scenarios(file.path());
  } catch (const UsageError&) {
    return;
  }
  for (const Scenario& one : scenarios) {
    const nlohmann::json written = to_json(one);
    require(to_json(scenario_from_json(written, "again")).dump() == written.dump(),
            "written and read again, it is another scenario");
    (void)work_in_words(one);
    (void)work_on_an_answer(one);
    (void)hosts_of(one);
  }
}

}  // namespace fanout::fuzz

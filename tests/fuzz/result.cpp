#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/error.h"
#include "harness/analysis/analysis.h"
#include "harness/document/report_json.h"
#include "harness/print/render.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {

// A result as `fanout report` takes it: whole, of a measurement that runs, or one cut off.
void result(std::string_view input) {
  const InputFile file(input);
  std::optional<Report> report;
  try {
    report = load_report(file.path());
  } catch (const UsageError&) {
    return;
  }
  const Analysis analysis = analyse(*report);
  for (const auto& [name, format] : kFormatNames) (void)render(*report, analysis, format);
  const std::string written = to_json(*report, analysis).dump();
  const Report again = report_from_json(nlohmann::json::parse(written), "again");
  require(to_json(again, analyse(again)).dump() == written,
          "written and read again, it is another result");
}

}  // namespace fanout::fuzz

#include "harness/commands/step_summary.h"

#include <cstdlib>
#include <fstream>

#include "base/error.h"

namespace fanout {

std::string rendered(const Report& report, const Analysis& analysis, Format format) {
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
  if (format == Format::github && summary != nullptr && *summary != '\0') {
    std::ofstream file(summary, std::ios::app);
    file << render(report, analysis, Format::markdown) << "\n";
    if (!file.flush()) throw RunError(std::string("GITHUB_STEP_SUMMARY: cannot write ") + summary);
  }
  return render(report, analysis, format);
}

}  // namespace fanout

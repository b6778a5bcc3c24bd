#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "harness/cell/program_lines.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"
#include "transports/verify.h"

namespace fanout::fuzz {
namespace {

constexpr std::uint64_t kRequests = 100;

std::string line_of(const ProgramRecord& record) {
  return fmt::format("{} {} {} {} {} {} {}", record.index, record.start_ns, record.end_ns,
                     outcome_name(record.outcome), record.status, record.body_bytes,
                     record.token.empty() ? "-" : record.token);
}

}  // namespace

void program_line(std::string_view input) {
  std::optional<ProgramRecord> record;
  try {
    record = parse_record(input, kRequests);
  } catch (const RunError& error) {
    require(std::string_view(error.what()).find('\n') == std::string_view::npos,
            "the message has more than one line");
    return;
  }
  require(record->index < kRequests, "no such request");
  require(record->start_ns <= record->end_ns, "it ends before it begins");
  const std::string line = line_of(*record);
  require(line_of(parse_record(line, kRequests)) == line, "written again, it is another record");
}

}  // namespace fanout::fuzz

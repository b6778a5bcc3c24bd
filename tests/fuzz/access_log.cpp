#include "harness/recording/access_log.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/error.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {

// The first byte says how the log is written; one of its choices is that the first line does.
void access_log(std::string_view input) {
  AccessLog log;
  switch (take_byte(input) % 6) {
    case 1:
      log.format = "combined";
      break;
    case 2:
      log.format = "$time_iso8601 $msec $status $request_time $upstream_response_time";
      break;
    case 3:
      log.format = "json";
      log.fields = {"time=took:us"};
      break;
    case 4:
      log.format = "%h [%{sec}t] \"%r\" %>s %b %D";
      break;
    case 5: {
      const std::size_t end = std::min(input.find('\n'), input.size());
      log.format = input.substr(0, end);
      input.remove_prefix(end);
      break;
    }
    default:
      break;
  }
  const InputFile file(input);
  log.file = file.path();
  std::optional<Observations> seen;
  try {
    seen = read_access_log(log);
  } catch (const UsageError&) {
    return;
  }
  check_recording(*seen);
}

}  // namespace fanout::fuzz

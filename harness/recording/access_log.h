// What a server's access log shows of its answers.
#pragma once

#include <string>
#include <vector>

#include "harness/recording/observation.h"

namespace fanout {

struct AccessLog {
  std::string file;                   // "-": standard input
  std::string format{};               // of --log-format (log_format.h); "": by the first line
  std::vector<std::string> fields{};  // of --field
  [[nodiscard]] bool empty() const { return file.empty(); }
};

// However long the log, so many of its answers are observations, drawn by chance: memory is flat.
inline constexpr std::size_t kMostDrawn = 100'000;

// Reads the log: one host, and when its requests arrived. Throws UsageError naming the line if it
// is written otherwise, and if it has too few usable answers.
Observations read_access_log(const AccessLog& log);

}  // namespace fanout

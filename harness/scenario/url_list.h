// Real targets: the URLs a user names, read once and line by line. Only the distinct hosts are
// kept in memory, so a list may be of any length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "harness/scenario/list_notes.h"
#include "harness/scenario/name_lookup.h"
#include "harness/scenario/request_line.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/target_tls.h"

namespace fanout {

// Where the URLs come from, as named on the command line.
struct UrlSources {
  std::vector<std::string> urls;
  std::string file;                // one URL a line, after those; "-": standard input; empty: none
  bool skip_bad_lines = false;     // go on without the lines of the file that cannot be used
  std::vector<Resolve> resolve{};  // instead of looking names up
  bool follow = false;             // whether redirects are followed
  bool progress = false;           // whether a long look-up is reported on standard error
  [[nodiscard]] bool empty() const { return urls.empty() && file.empty(); }
};

struct UrlList {
  RealTargets about;
  std::vector<Target> targets;  // distinct scheme, host and port, in order of appearance
  TargetTls tls;
  UniqueFd spool;                  // harness/scenario/url_spool.h; invalid unless asked for
  LineNumbers lines;               // of the file, not of URLs named before it
  bool secrets = false;            // whether a request holds one (harness/scenario/secrets.h)
  std::vector<std::string> notes;  // what was made of lines that can be taken otherwise
};

inline constexpr std::size_t kMaxTargets = 10'000;

// Reads URLs, at most `most` (and no line beyond), and looks each host name up once. Blank lines
// and lines that begin with # are skipped. Throws UsageError naming all lines that cannot be used,
// unless they are to be left out, and if no name has an address.
UrlList read_urls(const UrlSources& sources, const RequestDefaults& defaults,
                  std::optional<std::uint64_t> most, bool keep_paths);

}  // namespace fanout

// What a browser noted of a page's requests: a HAR file (HTTP Archive 1.2).
#pragma once

#include <string>
#include <string_view>

#include "harness/recording/observation.h"

namespace fanout {

// The observations of the file's text; `where` names it in messages. Of URLs only scheme, host and
// port are kept, and no fields, cookies or bodies; `anonymous`: hosts are called host-1, host-2.
// Throws UsageError if it is no such file, has no times or too few usable entries.
Observations read_har(std::string_view text, const std::string& where, bool anonymous);

}  // namespace fanout

// Versions of HTTP against each other, for people.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/protocols.h"
#include "harness/print/table.h"

namespace fanout {

// Of a scenario with HTTP/2: ", HTTP/2: 100 streams a connection, windows 16 MiB (answers) and 1
// MiB (bodies of requests)". REQUIRED: the embedded server answers.
std::string http2_settings_text(const Scenario& scenario);

// A table and the verdicts for each number of requests in flight; "" if nothing was compared.
std::string render_protocols(const std::vector<ProtocolComparison>& comparisons, Draw draw);

}  // namespace fanout

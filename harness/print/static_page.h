// What the report page shows where a browser is not let run its script, as CI servers ask it to:
// headings, verdicts and tables, as plain HTML. The script puts its own in place of it.
#pragma once

#include <string>
#include <vector>

#include "harness/document/html_page.h"

namespace fanout {

std::string static_page(const std::vector<NamedReport>& reports);

}  // namespace fanout

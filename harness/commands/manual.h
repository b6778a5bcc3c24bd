// The manual page, fanout(1), made from the same definition as the help.
#pragma once

#include <string>

namespace fanout {

// The page's text as man reads it: harness/commands/fanout.1.in with the commands and their flags.
std::string manual_page();

}  // namespace fanout

// What a real server does with connections that makes a setting useless.
#pragma once

#include <string>

#include "harness/result/report.h"

namespace fanout {

// A line or two for each habit that was seen; "" if none was.
std::string render_server_habits(const Report& report);

}  // namespace fanout

// JSON as files hold it. Arguments and paths may hold bytes that are not UTF-8; JSON may not, so
// they are replaced. Including it compiles nlohmann/json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fanout {

// On one line, without its end.
std::string to_line(const nlohmann::json& json);

// A document over several lines, its last one ended: whatever fits into a line takes one, and each
// element of the arrays "runs", "set_aside" and "runs_so_far" takes one however long it is. So a
// change of one run is a change of one line.
std::string to_text(const nlohmann::json& document);

}  // namespace fanout

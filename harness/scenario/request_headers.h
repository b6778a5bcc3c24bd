// Header fields the user adds to every request (-H, a scenario's "headers"), or to that of one line
// of a list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// Throws UsageError if one has none of the forms of transports/request_form.h, if fanout has to set
// it itself, or if together they are longer than servers take.
void check_headers(const std::vector<std::string>& headers);

// The Content-Type of a body of the user's that names none: JSON if it begins like it, else what
// curl says.
std::string_view type_of_body(std::string_view body);
inline constexpr std::string_view kJsonType = "application/json";
// Adds it, unless a header names one.
void add_type_of_body(std::vector<std::string>& headers, std::string_view body);

}  // namespace fanout

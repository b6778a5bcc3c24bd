// What a result must not tell: the values of secrets in what a user typed. Pure functions; a text
// without secrets comes back as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// What stands in place of a secret.
inline constexpr std::string_view kMasked = "***";

// The URL without user and password, and without the values of parameters whose names say that they
// are secret: token, key, sig, password, session ... Also of a path with its query.
std::string masked_url(std::string_view url);

// "Authorization: ***": a header field whose name says that its value is secret.
std::string masked_header(std::string_view header);

// The words of an external program's command: URLs, --token=VALUE, --token VALUE, API_KEY=VALUE.
std::vector<std::string> masked_command(const std::vector<std::string>& words);

// What was typed, as a shell would read it: its header fields, URLs, bodies and commands masked.
std::string masked_command_line(const std::vector<std::string>& arguments);

}  // namespace fanout

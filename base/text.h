// Small text work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// The parts between commas, empty ones included: "a,,b," gives "a", "", "b", "".
std::vector<std::string> split_commas(std::string_view text);

// The same on one line: every run of white space becomes one blank, none at the ends.
std::string on_one_line(std::string_view text);

// As a shell takes it for one word: quoted if need be.
std::string shell_word(const std::string& text);

}  // namespace fanout

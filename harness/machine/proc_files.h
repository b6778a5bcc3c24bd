// Reading the text files of /proc and /sys (proc(5)), and others of their form. All but proc_file
// take a text, and return nothing, or an empty text, where it does not hold what is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// The content of such a file; empty if it is not there: processes end, kernels differ.
std::string proc_file(const std::string& name);

// Without its end.
std::string_view first_line(std::string_view text);

// The rest of the first line that begins with the word or words `key`, without what divides them
// and without quotes: "3" for "Threads" in "Threads:\t3", "1 2 3" for "cpu" in "cpu  1 2 3".
std::string_view value_of(std::string_view text, std::string_view key);

// Of two neighbouring lines that begin with `line`, titles above values: the value below `title`.
// "TcpExt: Sent Drops\nTcpExt: 7 9\n" has 9 below "Drops".
std::optional<std::int64_t> value_below(std::string_view text, std::string_view line,
                                        std::string_view title);

// The numbers that the text begins with, between blanks: 10 and 20 for "10 20 kB".
std::vector<std::int64_t> numbers_of(std::string_view text);
// The first of them.
std::optional<std::int64_t> number_of(std::string_view text);
// The number behind the first `label`: 3 behind "tw" in "orphan 0 tw 3".
std::optional<std::int64_t> number_behind(std::string_view text, std::string_view label);

}  // namespace fanout

// Small text work.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

// The parts between commas, empty ones included: "a,,b," gives "a", "", "b", "".
std::vector<std::string> split_commas(std::string_view text);

// The text without the blanks, tabs and line ends around it.
std::string_view trimmed(std::string_view text);

// The text on one line: every run of white space becomes one blank, and none is at its ends.
std::string on_one_line(std::string_view text);

// "1 request", "1,200 requests": a count and what is counted, in the singular.
std::string counted(std::uint64_t count, std::string_view what);

// The fields as a line of a CSV file (RFC 4180), quoted where needed.
std::string csv_line(const std::vector<std::string>& fields);

// The text as HTML shows it, in elements and in attributes.
std::string html_text(std::string_view text);

// The text as a shell reads it for one word, quoted if need be.
std::string shell_word(const std::string& text);

// The words that shell_word() made these of, with blanks between them. Nothing if a quote is open
// at the end.
std::optional<std::vector<std::string>> shell_words(std::string_view line);

}  // namespace fanout

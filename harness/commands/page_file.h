// The file that --html names.
#pragma once

#include <string>
#include <vector>

namespace fanout {

// Throws UsageError if it is one of the results, ends as results do, or cannot be written.
void check_page(const std::string& file, const std::vector<std::string>& results);

// Writes it, for no more eyes than the results it is made of, and says so.
void write_page(const std::string& file, const std::string& html,
                const std::vector<std::string>& results);

}  // namespace fanout

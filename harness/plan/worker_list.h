// Numbers of workers as people write them.
#pragma once

#include <string>
#include <vector>

namespace fanout {

// "1,5,10,20", "1..64" (powers of two from 1, and 64), "1..64:4" (1, 5, 9 ...). Ascending, each
// once, at most 64 of them. Throws UsageError.
std::vector<unsigned> parse_workers(const std::string& text);

}  // namespace fanout

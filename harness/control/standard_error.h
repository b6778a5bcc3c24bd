// What a run's process prints for people: its end is shown when the run fails.
#pragma once

#include <string>

namespace fanout {

// Appends what can be read now, and keeps the end of all; false at the end of the stream.
// `fd` does not block.
bool drain(int fd, std::string& text);

}  // namespace fanout

// Whole files as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace fanout {

// The content of a file; nothing if it cannot be read (or is a folder).
std::optional<std::string> read_file(const std::string& name);

// Writes all of the text; false if that fails, and errno says why.
[[nodiscard]] bool write_all(int fd, std::string_view text);

// Where temporary files go: TMPDIR, or /tmp. Throws UsageError if that is no folder to write to.
std::string temporary_folder();

// A new file in memory that holds the text, at its beginning, and is closed by exec; no descriptor
// if that fails, and errno says why. The name only shows in /proc/PID/fd.
[[nodiscard]] UniqueFd memory_file(const char* name, std::string_view text = {});

}  // namespace fanout

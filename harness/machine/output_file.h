// Files the user gets: there whole or not at all.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"

namespace fanout {

// Who may read a file: whom the user's umask lets, or the user alone.
enum class Readers : std::uint8_t { usual, owner };

// Writes beside the file and renames over it, so that readers see the old or the new one, whole. Of
// a link the file it leads to is written. Returns the new file, open for writing. Throws RunError.
UniqueFd replace_file(const std::string& file, const std::string& text,
                      Readers readers = Readers::usual);

// Marks a file that is open for writing, until this process closes any descriptor of it, or ends.
void mark_in_use(const UniqueFd& fd);
// Whether another process has marked the file so. Where a file system knows no such marks, none
// has.
bool is_in_use(const std::string& file);

// Throws UsageError naming the flag if replace_file could not write there; leaves nothing behind
// but the folder.
void check_writable(const std::string& flag, const std::string& file);

}  // namespace fanout

// A recording as a scenario file.
#pragma once

#include <string>

#include "harness/recording/recording.h"
#include "harness/scenario/mode.h"

namespace fanout {

// The scenario, with a key "recorded" that says where it comes from: hosts by name, and no path,
// query, header field or body. It is one that can be loaded. REQUIRED: mode batch, or mode open of
// a recording that has arrivals.
std::string scenario_text(const Recording& recording, Mode mode);

// Where the scenario of mode open goes: "x-open.json" beside "x.json". REQUIRED: such a name.
std::string open_file_of(const std::string& file);

// A name for the scenario that goes into this file: what of the file's name a scenario's may have.
std::string scenario_name(const std::string& file);

// Throws UsageError if the file exists and is anything but a scenario that was recorded, or is not
// named as a scenario file is.
void check_replaceable(const std::string& file);

}  // namespace fanout

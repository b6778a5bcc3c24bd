// A recording as a scenario file.
#pragma once

#include <string>

#include "harness/recording/recording.h"

namespace fanout {

// The scenario, with a key "recorded" that says where it comes from: hosts by name, and no path,
// query, header field or body. It is one that can be loaded.
std::string scenario_text(const Recording& recording);

// A name for the scenario that goes into this file: what of the file's name a scenario's may have.
std::string scenario_name(const std::string& file);

// Throws UsageError if the file exists and is anything but a scenario that was recorded, or is not
// named as a scenario file is.
void check_replaceable(const std::string& file);

}  // namespace fanout

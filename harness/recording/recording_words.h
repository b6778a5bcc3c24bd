// What a recording has shown, for people.
#pragma once

#include <string>

#include "harness/recording/recording.h"

namespace fanout {

// Tables of what was seen and of what the scenario makes of it, and what it does not say.
std::string in_words(const Recording& recording);

// How well the scenario predicted the API, where that was tried.
std::string check_in_words(const DoubleCheck& check);

}  // namespace fanout

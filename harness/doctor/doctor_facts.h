// Looks at the machine and makes short runs on it.
#pragma once

#include "harness/doctor/doctor.h"

namespace fanout {

// Takes a few seconds. Throws Interrupted (harness/machine/interrupt.h).
DoctorFacts gather_facts();

}  // namespace fanout

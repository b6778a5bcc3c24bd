// A scenario beside its variants, in one table.
#pragma once

#include <string>

#include "harness/analysis/family.h"
#include "harness/print/table.h"

namespace fanout {

// One row per cell: how fast, how much was refused and made again, what hedges cost, and how an
// adaptive strategy found its limit. Columns that say nothing of any cell are left out.
Table family_table(const Report& report, const Family& family);

// What its columns mean that other tables do not have.
std::string family_legend();

}  // namespace fanout

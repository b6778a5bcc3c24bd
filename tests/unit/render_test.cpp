#include "harness/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;
using unit_test::sample_report;
using unit_test::sample_run;

TEST(Render, TableIsThis) {
  EXPECT_EQ(render(sample_report(), Format::table, Layout::cells), "golden");
}

}  // namespace
}  // namespace fanout

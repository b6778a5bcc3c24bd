#include "harness/machine/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::StartsWith;
using unit_test::TempFolder;
using unit_test::text_of;
using unit_test::usage_error;

TEST(CheckWritable, MakesTheFolderAndLeavesNoFile) {
  const TempFolder folder;
  check_writable("--output", folder.path("a/b/result.json"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.path("a/b")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("a/b")));
}

TEST(CheckWritable, KeepsAFileThatIsThere) {
  const TempFolder folder;
  const std::string file = folder.file("result.json", "old");
  check_writable("--output", file);
  EXPECT_EQ(text_of(file), "old");
}

TEST(CheckWritable, RefusesAFolderAndAFileInTheWay) {
  const TempFolder folder;
  const std::string in_the_way = folder.file("result.json", "old");
  for (const std::string& file : {folder.path(""), in_the_way + "/result.json"}) {
    EXPECT_THAT(usage_error([&] { check_writable("--output", file); }),
                StartsWith("--output " + file + ": cannot be written; "));
  }
}

}  // namespace
}  // namespace fanout

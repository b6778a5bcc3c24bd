#include "harness/machine/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

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

// A relative link to a link in a folder beside.
std::string link_to(const TempFolder& folder, const std::string& target) {
  std::filesystem::create_directory(folder.path("kept"));
  std::filesystem::create_symlink(target, folder.path("kept/second.json"));
  std::filesystem::create_symlink("kept/second.json", folder.path("link.json"));
  return folder.path("link.json");
}

TEST(ReplaceFile, WritesWhatLinksLeadToAndKeepsThem) {
  for (const bool there : {true, false}) {
    const TempFolder folder;
    const std::string link = link_to(folder, "target.json");
    if (there) (void)folder.file("kept/target.json", "old");
    check_writable("--output", link);
    EXPECT_EQ(std::filesystem::exists(folder.path("kept/target.json")), there);
    (void)replace_file(link, "new");
    EXPECT_EQ(text_of(folder.path("kept/target.json")), "new");
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path("kept/second.json")));
    EXPECT_EQ(folder.files(), 2);  // no other is left
  }
}

TEST(CheckWritable, RefusesLinksThatLeadToNoFile) {
  for (const char* target : {"second.json", "pipe", ".", "/proc/self/fd/1"}) {
    const TempFolder folder;
    const std::string link = link_to(folder, target);
    ASSERT_EQ(::mkfifo(folder.path("kept/pipe").c_str(), 0600), 0);
    EXPECT_NE(usage_error([&] { check_writable("--output", link); }), "no error") << target;
    EXPECT_THROW((void)replace_file(link, "new"), RunError) << target;
    EXPECT_TRUE(std::filesystem::is_fifo(folder.path("kept/pipe")));
  }
}

}  // namespace
}  // namespace fanout

// Files written and read whole.
#include "base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>

#include "base/on_exit.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

std::string through_proc(const UniqueFd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

TEST(MemoryFile, HoldsItsTextAndIsAtItsBeginning) {
  const std::string text(100'000, 'x');
  const UniqueFd file = memory_file("fanout-test", text);
  EXPECT_EQ(read_file(through_proc(file)), text);
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 0);
  EXPECT_EQ(::fcntl(file.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(MemoryFile, IsNoneIfItCannotBeMade) {
  errno = 0;
  const std::string too_long(1'000, 'x');
  EXPECT_FALSE(memory_file(too_long.c_str()));
  EXPECT_EQ(errno, EINVAL);
}

TEST(WriteAll, SaysWhyItFails) {
  const UniqueFd file(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  errno = 0;
  EXPECT_FALSE(write_all(file.get(), "text"));
  EXPECT_EQ(errno, ENOSPC);
}

TEST(ReadFile, IsNothingForAFolderAndForAFileThatIsNotThere) {
  EXPECT_EQ(read_file("/proc/self"), std::nullopt);
  EXPECT_EQ(read_file("/nowhere"), std::nullopt);
  // It opens and fails when it is read, as the files of a process do that ends in between.
  EXPECT_EQ(read_file("/proc/self/mem"), std::nullopt);
}

// The folder for temporary files while TMPDIR has this value.
std::string temporary_with(const std::string& value) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "/tmp" : before;  // where those go without it
  ::setenv("TMPDIR", value.c_str(), 1);
  const OnExit restore([&] { ::setenv("TMPDIR", kept.c_str(), 1); });
  return temporary_folder();
}

TEST(TemporaryFolder, IsTheOneThatIsNamed) {
  EXPECT_EQ(temporary_with("/proc/../tmp"), "/proc/../tmp");
  EXPECT_EQ(temporary_with(""), "/tmp");
}

TEST(TemporaryFolder, IsRefusedByItsNameIfItIsNone) {
  for (const char* folder : {"/nowhere", "/dev/null"}) {
    const std::string error = unit_test::usage_error([&] { temporary_with(folder); });
    EXPECT_THAT(error, testing::StartsWith("TMPDIR: " + std::string(folder) + ": ")) << folder;
  }
}

}  // namespace
}  // namespace fanout

// What is thrown when a system call fails.
#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace fanout {
namespace {

TEST(ThrowErrno, SaysWhatFailedAndWhy) {
  errno = ENOENT;
  try {
    throw_errno("the list");
    FAIL() << "it returned";
  } catch (const RunError& error) {
    EXPECT_STREQ(error.what(), "the list: No such file or directory");
  }
}

}  // namespace
}  // namespace fanout

#include "transports/failure_words.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace fanout {
namespace {

TEST(FailureWordsTest, KeepsEachSentenceOnceAndNoneTwice) {
  FailureWords words;
  EXPECT_EQ(words.note(""), 0);
  const auto first = words.note("not HTTP");
  EXPECT_EQ(first, 1);
  EXPECT_EQ(words.note("header too large"), 2);
  EXPECT_EQ(words.note("not HTTP"), first);
  EXPECT_EQ(words.at(first), "not HTTP");
  EXPECT_EQ(words.at(0), "");
  EXPECT_EQ(words.at(3), "");
}

TEST(FailureWordsTest, CutsWhatIsLongAndDropsWhatIsTooMuch) {
  FailureWords words;
  EXPECT_EQ(words.at(words.note(std::string(500, 'x'))).size(), FailureWords::kLongest);
  for (std::size_t i = 1; i < FailureWords::kMost; ++i) words.note(std::to_string(i));
  EXPECT_EQ(words.note("one more"), 0);
}

TEST(FailureWordsTest, IsSharedByProcesses) {
  void* memory = ::mmap(nullptr, sizeof(FailureWords), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto& words = *static_cast<FailureWords*>(memory);  // zeroed memory is an empty table
  for (int child = 0; child < 4; ++child) {
    if (::fork() == 0) {
      for (int i = 0; i < 8; ++i) words.note("sentence " + std::to_string(i));
      ::_exit(0);
    }
  }
  while (::wait(nullptr) > 0) {
  }
  for (int i = 0; i < 8; ++i) {
    const std::string sentence = "sentence " + std::to_string(i);
    EXPECT_EQ(words.at(words.note(sentence)), sentence);
  }
  ::munmap(memory, sizeof(FailureWords));
}

}  // namespace
}  // namespace fanout

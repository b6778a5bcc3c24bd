#include "base/text.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using Parts = std::vector<std::string>;
using unit_test::TempFolder;

TEST(SplitCommas, KeepsEmptyParts) {
  EXPECT_EQ(split_commas("a,,b,"), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(split_commas("a"), Parts{"a"});
  EXPECT_EQ(split_commas(""), Parts{""});
}

TEST(Trimmed, LosesTheBlanksAroundAndNoneWithin) {
  EXPECT_EQ(trimmed(" \ta b\r\n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \r\n"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Counted, IsPluralButForOne) {
  EXPECT_EQ(counted(0, "round"), "0 rounds");
  EXPECT_EQ(counted(1, "round"), "1 round");
  EXPECT_EQ(counted(1200, "URL"), "1,200 URLs");
}

TEST(OnOneLine, MakesEveryRunOfWhiteSpaceOneBlank) {
  EXPECT_EQ(on_one_line(" one\r\n\ttwo  three\n"), "one two three");
  EXPECT_EQ(on_one_line("\n \n"), "");
}

TEST(ShellWord, QuotesOnlyWhatAShellWouldChange) {
  EXPECT_EQ(shell_word("--workers=1..64:4"), "--workers=1..64:4");
  EXPECT_EQ(shell_word("two words"), "'two words'");
  EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_word("$HOME"), "'$HOME'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(ShellWords, AreThoseThatWereJoined) {
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{"fanout", "run", "-n", "5"}, Words{"it's", "'", "''", "a\\b", "$(x) \"y\"", ""}}) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
    EXPECT_EQ(shell_words(line), words) << line;
  }
  EXPECT_EQ(shell_words(""), Words{});
  EXPECT_EQ(shell_words("an 'open quote"), std::nullopt);
}

TEST(CsvLine, QuotesWhatHasToBe) {
  EXPECT_EQ(csv_line({"a", "", "b,c", "d\"e", "f\ng"}), "a,,\"b,c\",\"d\"\"e\",\"f\ng\"\n");
}

TEST(HtmlText, HasNoMarkup) {
  EXPECT_EQ(html_text(R"(<a href="x">&</a>)"), "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
}

TEST(ReadFile, ReturnsAllBytesAndNothingForWhatIsNoFile) {
  const TempFolder folder;
  const std::string bytes("a\0b\r\n\xff", 6);
  EXPECT_EQ(read_file(folder.file("some", bytes)), bytes);
  EXPECT_EQ(read_file(folder.file("empty", "")), "");
  EXPECT_EQ(read_file(folder.path("absent")), std::nullopt);
  EXPECT_EQ(read_file(folder.path("")), std::nullopt);
}

}  // namespace
}  // namespace fanout

#include "harness/print/table.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

const Table kTable{.columns = {{"strategy", Column::Align::left}, {"time"}, {"note"}},
                   .rows = {{"event_loop", "1.5 s", "±2%"}, {"pool", "12 ms", "-"}}};

TEST(TableAsText, AlignsColumnsByCharactersNotBytes) {
  EXPECT_EQ(to_text(kTable),
            "strategy     time  note\n"
            "----------  -----  ----\n"
            "event_loop  1.5 s   ±2%\n"
            "pool        12 ms     -\n");
}

TEST(TableAsText, EndsNoLineInSpaces) {
  const Table table{.columns = {{"a", Column::Align::left}, {"b", Column::Align::left}},
                    .rows = {{"x", "long"}, {"y", ""}}};
  EXPECT_EQ(to_text(table),
            "a  b\n"
            "-  ----\n"
            "x  long\n"
            "y\n");
}

TEST(TableAsText, ShowsTitlesWithoutRows) {
  const Table table{.columns = {{"a"}, {"bc"}}, .rows = {}};
  EXPECT_EQ(to_text(table), "a  bc\n-  --\n");
}

TEST(TableAsMarkdown, IsAPipeTable) {
  EXPECT_EQ(to_markdown(kTable),
            "| strategy | time | note |\n"
            "| --- | ---: | ---: |\n"
            "| event_loop | 1.5 s | ±2% |\n"
            "| pool | 12 ms | - |\n");
}

TEST(TableAsCsv, QuotesOnlyWhereNeeded) {
  const Table table{.columns = {{"plain"}, {"with,comma"}},
                    .rows = {{"1", "a, b"}, {"±2%", "say \"no\""}, {"x y", "two\nlines"}}};
  EXPECT_EQ(to_csv(table),
            "plain,\"with,comma\"\n"
            "1,\"a, b\"\n"
            "±2%,\"say \"\"no\"\"\"\n"
            "x y,\"two\nlines\"\n");
}

TEST(TableAsCsv, KeepsEmptyFieldsInTheirPlace) {
  const Table table{.columns = {{"a"}, {"b"}, {"c"}}, .rows = {{"", "2", ""}, {"", "", "3"}}};
  EXPECT_EQ(to_csv(table), "a,b,c\n,2,\n,,3\n");
}

}  // namespace
}  // namespace fanout

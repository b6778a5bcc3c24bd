#include "harness/scenario/protocols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace fanout {
namespace {

using Document = nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Protocols, AreParsedFromFlags) {
  EXPECT_THAT(parse_versions("1.1,2"), ElementsAre(HttpVersion::http1, HttpVersion::http2));
  EXPECT_THAT(parse_connections("1,4,workers"), ElementsAre(1U, 4U, kOneForEach));
  for (const char* wrong : {"", "3", "2,2", "1.1,", "http2"}) {
    EXPECT_THROW(parse_versions(wrong), UsageError) << wrong;
  }
  for (const char* wrong : {"", "0", "1,1", "-1", "each"}) {
    EXPECT_THROW(parse_connections(wrong), UsageError) << wrong;
  }
}

TEST(Protocols, SayInOneLineWhatIsWrong) {
  try {
    parse_connections("1,none");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "--connections: expected numbers from 1 to 100000, or workers, each named once, "
                 "found \"1,none\"");
  }
}

TEST(Protocols, AreAValueOrAListInScenarios) {
  EXPECT_THAT(read_versions("http", "2"), ElementsAre(HttpVersion::http2));
  EXPECT_THAT(read_versions("http", Document{"1.1", "2"}),
              ElementsAre(HttpVersion::http1, HttpVersion::http2));
  EXPECT_THAT(read_connections("connections", 3), ElementsAre(3U));
  EXPECT_THAT(read_connections("connections", Document{1, "workers"}),
              ElementsAre(1U, kOneForEach));
  EXPECT_THAT(read_connections("connections", nullptr), IsEmpty());
  for (const Document& wrong :
       {Document(3), Document("1"), Document::array(), Document{"2", "2"}}) {
    EXPECT_THROW(read_versions("http", wrong), UsageError) << wrong;
  }
}

TEST(Protocols, AreWrittenAsTheyAreRead) {
  for (const Protocols& protocols :
       {Protocols{}, Protocols{{HttpVersion::http2}, {1}},
        Protocols{{HttpVersion::http1, HttpVersion::http2}, {1, 2, kOneForEach}}}) {
    EXPECT_EQ(read_versions("", versions_to_json(protocols)), protocols.versions);
    EXPECT_EQ(read_connections("", connections_to_json(protocols)), protocols.connections);
  }
}

}  // namespace
}  // namespace fanout

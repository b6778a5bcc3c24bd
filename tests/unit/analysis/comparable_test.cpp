// What differs between two results and changes no figure, and what only looks like that.
#include "harness/analysis/comparable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/document/report_json.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The conditions of a result with these targets.
nlohmann::json on_list(const char* source, const char* digest) {
  nlohmann::json json = conditions_to_json(unit_test::bare_report());
  json["plan"]["scenarios"][0]["targets"] = {{"source", source}, {"digest", digest}};
  return json;
}

TEST(Trifles, AreWhereAListCameFromIfItIsTheSame) {
  const Differences same = differences(on_list("here.txt", "ab"), on_list("there.txt", "ab"));
  EXPECT_THAT(same.grave, IsEmpty());
  EXPECT_THAT(same.trifles, ElementsAre(HasSubstr(R"(targets.source: "here.txt" in BASE)")));
  EXPECT_THAT(differences(on_list("here.txt", "ab"), on_list("here.txt", "cd")).grave,
              ElementsAre(HasSubstr("targets.digest: ")));
  EXPECT_THAT(differences(on_list("here.txt", ""), on_list("there.txt", "")).grave, SizeIs(1))
      << "nothing else tells the lists apart";
}

TEST(Differences, AreNoneWhereOnlyOneHoldsProgramsAgainstABaseline) {
  const Report base = unit_test::bare_report();
  Report next = base;
  next.plan.baseline = Baseline{"old", {"new"}, 0.05};
  EXPECT_THAT(differences(conditions_to_json(base), conditions_to_json(next)).grave, IsEmpty());
}

TEST(Differences, NameTheTwoAsTheyAreToldTo) {
  const Report base = unit_test::bare_report();
  Report next = base;
  next.environment.kernel = "another";
  EXPECT_THAT(
      differences(conditions_to_json(base), conditions_to_json(next), {"then", "now"}).grave,
      ElementsAre(testing::MatchesRegex(R"(environment\.kernel: ".*" then, "another" now)")));
}

TEST(Trifles, AreAFewKibibytesOfMemory) {
  Report base = unit_test::bare_report();
  Report next = base;
  next.environment.memory_bytes += 4096;
  const auto found = [&] {
    return differences(conditions_to_json(base), conditions_to_json(next));
  };
  EXPECT_THAT(found().grave, IsEmpty());
  EXPECT_THAT(found().trifles, SizeIs(1));
  next.environment.memory_bytes = base.environment.memory_bytes / 2;
  EXPECT_THAT(found().grave, SizeIs(1));
}

}  // namespace
}  // namespace fanout

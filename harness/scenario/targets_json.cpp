#include "harness/scenario/targets_json.h"

#include "base/json_read.h"
#include "harness/scenario/bounds.h"

namespace fanout {

using json_read::Json;

void read_targets(Scenario& scenario, const std::string& path, const Json& json) {
  if (json.is_null()) return;
  using namespace json_read;
  check_object(
      path, json,
      {"urls", "origins", "skipped_lines", "source", "digest", "first_url", "addresses", "follow"});
  const auto number = [&](const char* key) {
    return whole_number(path + "." + key, required(path, json, key, "of real targets"), 1,
                        kMaxUrls);
  };
  const auto skipped = json.find("skipped_lines");  // earlier versions left none out
  scenario.answered_by = RealTargets{
      .urls = number("urls"),
      .origins = number("origins"),
      .skipped = skipped == json.end()
                     ? 0
                     : whole_number(path + ".skipped_lines", *skipped, 0, kUnboundedQueue),
      .source = text(path + ".source", required(path, json, "source", "of the list")),
      // absent in earlier versions
      .digest = json.value("digest", ""),
      .first_url = json.value("first_url", ""),
      .follow = json.value("follow", false),
      .addresses = json.value("addresses", decltype(RealTargets::addresses)())};
}

Json targets_to_json(const RealTargets* targets) {
  if (targets == nullptr) return nullptr;
  return {{"urls", targets->urls},
          {"origins", targets->origins},
          {"skipped_lines", targets->skipped},
          {"source", targets->source},
          {"digest", targets->digest},
          {"first_url", targets->first_url},
          {"addresses", targets->addresses},
          {"follow", targets->follow}};
}

}  // namespace fanout

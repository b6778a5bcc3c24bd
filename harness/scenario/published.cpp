#include "harness/scenario/published.h"

#include "base/json_read.h"
#include "harness/scenario/bounds.h"

namespace fanout {
namespace {

using json_read::Json;

Published one_from_json(const std::string& path, const Json& json) {
  using namespace json_read;
  check_object(path, json, {"name", "strategy", "peer", "workers", "makespan"});
  constexpr const char* kNeeds = "a published figure has name, strategy and workers";
  Published published;
  published.name = text(path + ".name", required(path, json, "name", kNeeds));
  published.strategy = text(path + ".strategy", required(path, json, "strategy", kNeeds));
  published.workers = static_cast<unsigned>(
      whole_number(path + ".workers", required(path, json, "workers", kNeeds), 1, kMaxWorkers));
  if (json.contains("peer")) published.peer = text(path + ".peer", json["peer"]);
  if (json.contains("makespan") && !json["makespan"].is_null()) {
    published.makespan = duration(path + ".makespan", json["makespan"]);
  }
  return published;
}

}  // namespace

std::vector<Published> published_from_json(const std::string& path, const Json& json) {
  if (!json.is_array()) json_read::fail(path, json, "an array of published figures");
  std::vector<Published> published;
  for (const Json& one : json) {
    published.push_back(one_from_json(fmt::format("{}[{}]", path, published.size()), one));
  }
  return published;
}

Json to_json(const std::vector<Published>& published) {
  Json list = Json::array();
  for (const Published& one : published) {
    Json& json = list.emplace_back(Json{{"name", one.name},
                                        {"strategy", one.strategy},
                                        {"peer", one.peer},
                                        {"workers", one.workers}});
    json["makespan"] = nullptr;
    if (one.makespan.count() > 0) json["makespan"] = json_read::nanoseconds_text(one.makespan);
  }
  return list;
}

}  // namespace fanout

#include "local_server/delay_json.h"

#include "local_server/fault_json.h"

namespace fanout {
namespace {

using json_read::check_object;
using json_read::duration;
using json_read::fail;
using json_read::Json;
using json_read::nanoseconds_text;
using json_read::one_of;
using json_read::required;

constexpr EnumNames<Delay::Kind, 5> kDelayKinds{{{"fixed", Delay::Kind::fixed},
                                                 {"uniform", Delay::Kind::uniform},
                                                 {"lognormal", Delay::Kind::lognormal},
                                                 {"bimodal", Delay::Kind::bimodal},
                                                 {"list", Delay::Kind::list}}};
constexpr double kMaxSigma = 5;

Delay uniform_delay(const std::string& path, const Json& json) {
  check_object(path, json, {"kind", "min", "max"});
  Delay delay{.kind = Delay::Kind::uniform};
  delay.min = duration(path + ".min", required(path, json, "min", "uniform needs min and max"));
  delay.max = duration(path + ".max", required(path, json, "max", "uniform needs min and max"));
  if (delay.min > delay.max) fail(path + ".min", json["min"], "no more than max");
  return delay;
}

Delay lognormal_delay(const std::string& path, const Json& json) {
  check_object(path, json, {"kind", "mean", "sigma"});
  constexpr const char* kNeeds = "lognormal needs mean and sigma";
  Delay delay{.kind = Delay::Kind::lognormal};
  delay.mean = duration(path + ".mean", required(path, json, "mean", kNeeds));
  const Json& sigma = required(path, json, "sigma", kNeeds);
  const bool fits =
      sigma.is_number() && sigma.get<double>() >= 0 && sigma.get<double>() <= kMaxSigma;
  if (!fits) fail(path + ".sigma", sigma, fmt::format("a number from 0 to {}", kMaxSigma));
  delay.sigma = sigma.get<double>();
  return delay;
}

Delay bimodal_delay(const std::string& path, const Json& json) {
  check_object(path, json, {"kind", "fast", "slow", "slow_share"});
  constexpr const char* kNeeds = "bimodal needs fast, slow and slow_share";
  Delay delay{.kind = Delay::Kind::bimodal};
  delay.min = duration(path + ".fast", required(path, json, "fast", kNeeds));
  delay.max = duration(path + ".slow", required(path, json, "slow", kNeeds));
  delay.slow_share =
      share_from_json(path + ".slow_share", required(path, json, "slow_share", kNeeds));
  if (delay.min > delay.max) fail(path + ".fast", json["fast"], "no more than slow");
  return delay;
}

Delay list_delay(const std::string& path, const Json& json) {
  check_object(path, json, {"kind", "values"});
  const Json& values = required(path, json, "values", "list needs values");
  if (!values.is_array() || values.empty()) fail(path + ".values", values, "an array of durations");
  Delay delay{.kind = Delay::Kind::list};
  for (const Json& value : values) {
    delay.values.push_back(
        duration(fmt::format("{}.values[{}]", path, delay.values.size()), value));
  }
  return delay;
}

}  // namespace

Delay delay_from_json(const std::string& path, const Json& json) {
  if (!json.is_object()) return Delay{.mean = duration(path, json)};
  const Json& kind =
      required(path, json, "kind", "one of fixed, uniform, lognormal, bimodal, list");
  switch (one_of(path + ".kind", kind, kDelayKinds)) {
    case Delay::Kind::uniform:
      return uniform_delay(path, json);
    case Delay::Kind::lognormal:
      return lognormal_delay(path, json);
    case Delay::Kind::bimodal:
      return bimodal_delay(path, json);
    case Delay::Kind::list:
      return list_delay(path, json);
    case Delay::Kind::fixed:
      break;
  }
  check_object(path, json, {"kind", "mean"});
  return Delay{.mean = duration(path + ".mean", required(path, json, "mean", "fixed needs mean"))};
}

Json delay_to_json(const Delay& delay) {
  const std::string kind = std::string(enum_name(delay.kind, kDelayKinds));
  switch (delay.kind) {
    case Delay::Kind::uniform:
      return {{"kind", kind},
              {"min", nanoseconds_text(delay.min)},
              {"max", nanoseconds_text(delay.max)}};
    case Delay::Kind::lognormal:
      return {{"kind", kind}, {"mean", nanoseconds_text(delay.mean)}, {"sigma", delay.sigma}};
    case Delay::Kind::bimodal:
      return {{"kind", kind},
              {"fast", nanoseconds_text(delay.min)},
              {"slow", nanoseconds_text(delay.max)},
              {"slow_share", delay.slow_share}};
    case Delay::Kind::list: {
      Json values = Json::array();
      for (const auto value : delay.values) values.push_back(nanoseconds_text(value));
      return {{"kind", kind}, {"values", std::move(values)}};
    }
    case Delay::Kind::fixed:
      break;
  }
  return nanoseconds_text(delay.mean);
}

}  // namespace fanout
